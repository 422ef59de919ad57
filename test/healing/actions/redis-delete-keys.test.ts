// redis.delete_keys against a real Redis.
import { createClient } from '@redis/client';
import { afterAll, beforeAll, beforeEach, describe, expect } from 'vitest';
import { requirement } from '../../require.ts';
import { targetAt } from '../probes/probe-setup.ts';
import type { Server } from '../servers.ts';
import { serversMissing, startRedis } from '../servers.ts';
import { act, actionNamed, contextOf, intend } from './action-setup.ts';

const test = await requirement('servers', serversMissing);

describe('redis.delete_keys', () => {
  let server: Server;
  const connect = () => createClient({ socket: { host: '127.0.0.1', port: server.port } });
  let redis: ReturnType<typeof connect>;
  beforeAll(async () => {
    server = await startRedis('--requirepass', 'right-horse');
    redis = createClient({ password: 'right-horse', socket: { host: '127.0.0.1', port: server.port } });
    await redis.connect();
  });
  afterAll(async () => {
    await redis.close();
    await server.stop();
  });
  beforeEach(async () => {
    await redis.flushAll();
  });

  const credentials = { user: 'default', password: 'env:right-horse', database: '0' };
  const context = () => contextOf(targetAt(server.port, { protocol: 'redis', credentials }));
  const left = async () => (await redis.keys('*')).sort();

  test('it deletes the keys under the prefix and no others', async () => {
    await redis.mSet({ 'price:1': 'a', 'price:2': 'b', prices: 'c', 'x:price:1': 'd', 'PRICE:1': 'e' });
    expect(await act('redis.delete_keys', { prefix: 'price:' }, context())).toEqual({
      before: { keys: 2 },
      ran: { kind: 'done', after: { deleted: 2 } },
      observed: { kind: 'applied', after: { left: 0 } },
    });
    expect(await left()).toEqual(['PRICE:1', 'prices', 'x:price:1']);
  });

  test('glob characters in the prefix mean themselves', async () => {
    await redis.mSet({ '*[a-z]?\\^:1': '1', 'q[a-z]x\\^:1': '1', 'am:1': '1', '**': '1', ab: '1' });
    await act('redis.delete_keys', { prefix: '*[a-z]?\\^:' }, context());
    expect(await left()).toEqual(['**', 'ab', 'am:1', 'q[a-z]x\\^:1']);
    await act('redis.delete_keys', { prefix: '**' }, context());
    expect(await left()).toEqual(['ab', 'am:1', 'q[a-z]x\\^:1']);
  });

  test('it deletes at most max, and the rest does not count as a failure', async () => {
    await redis.mSet(Object.fromEntries(Array.from({ length: 2500 }, (_, index) => [`cart:${index}`, '1'])));
    expect(await act('redis.delete_keys', { prefix: 'cart:', max: 700 }, context())).toEqual({
      before: { keys: 2500 },
      ran: { kind: 'done', after: { deleted: 700 } },
      observed: { kind: 'applied', after: { left: 1800 } },
    });
    expect(await redis.dbSize()).toBe(1800);
  });

  test('a key that is no text is deleted as it is', async () => {
    await redis.set(Buffer.from([0x62, 0x3a, 0xff, 0x00, 0xfe]), '1');
    expect((await act('redis.delete_keys', { prefix: 'b:' }, context())).ran).toEqual({
      kind: 'done',
      after: { deleted: 1 },
    });
    expect(await redis.dbSize()).toBe(0);
  });

  test('after a crash it is seen whether nothing, a part or all was deleted', async () => {
    await redis.mSet({ 'price:1': 'a', 'price:2': 'b' });
    const action = actionNamed('redis.delete_keys');
    const intent = await intend('redis.delete_keys', { prefix: 'price:' }, context());
    expect(await action.observe(intent, context())).toEqual({ kind: 'not_applied' });
    await redis.del('price:1');
    expect(await action.observe(intent, context())).toEqual({ kind: 'partial' });
    expect(await action.complete?.(intent, context())).toEqual({ kind: 'done', after: { deleted: 1 } });
    expect(await action.observe(intent, context())).toEqual({ kind: 'applied', after: { left: 0 } });
  });

  test('nothing to delete, a wrong password and a database that is no number are refused', async () => {
    const action = actionNamed('redis.delete_keys');
    const params = { prefix: 'price:', max: 10 };
    const as = (more: Partial<typeof credentials>) =>
      contextOf(targetAt(server.port, { credentials: { ...credentials, ...more } }));
    expect(await action.prepare(params, context())).toEqual({ refused: 'no key begins with price:' });
    expect(await action.prepare(params, as({ password: 'env:wrong' }))).toEqual({ refused: 'Redis: WRONGPASS' });
    expect(await action.prepare(params, as({ database: 'orders' }))).toEqual({
      refused: "the credentials' database is no number, as those of Redis are",
    });
  });

  test('no prefix is no selection', () => {
    const action = actionNamed('redis.delete_keys');
    expect(action.parameters.safeParse({}).success).toBe(false);
    expect(action.parameters.safeParse({ prefix: '' }).success).toBe(false);
    expect(action.parameters.safeParse({ prefix: '*' }).success).toBe(false);
  });
});
