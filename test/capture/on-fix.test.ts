// The fix endpoint, over real HTTP, in Fastify and in node:http.
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { captureFastify, fixFastify, fixHandler, onFix, startCapture } from '../../src/capture/capture.ts';
import type { FixOptions } from '../../src/capture/capture.ts';
import { createFixRuns } from '../../src/capture/fix-runs.ts';
import type { SignedParts } from './sign-fix.ts';
import { SECRET, signedHeaders } from './sign-fix.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serveFastify(options: FixOptions): Promise<string> {
  const app = fastify();
  await app.register(captureFastify);
  await app.register(fixFastify, options);
  app.post('/orders', (request) => request.body);
  closers.push(() => app.close());
  return app.listen({ port: 0, host: '127.0.0.1' });
}

async function serveHttp(options: FixOptions): Promise<string> {
  const server = createServer(fixHandler(options));
  return listen(server);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function ask(base: string, fix: unknown, parts: Partial<SignedParts> = {}) {
  const body = typeof fix === 'string' ? fix : JSON.stringify(fix);
  const answer = await fetch(`${base}/errata/fix`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signedHeaders({ key: 'attempt-1/reset', body, ...parts }) },
    body,
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function look(base: string, key: string, parts: Partial<SignedParts> = {}) {
  const answer = await fetch(`${base}/errata/fix/${encodeURIComponent(key)}`, {
    headers: signedHeaders({ key, ...parts }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** Registers pool.reset; gives what it was called with, and lets it end. */
function countingFix() {
  const calls: unknown[] = [];
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  onFix('pool.reset', async (params) => {
    calls.push(params);
    await opened;
    return { closed: 3 };
  });
  return { calls, open };
}

const reset = { fix: 'pool.reset', params: { pool: 'redis' } };

describe.each([
  ['Fastify', serveFastify],
  ['node:http', serveHttp],
])('%s', (_name, serve) => {
  test('a signed call runs the fix and answers its result', async () => {
    const { calls, open } = countingFix();
    open();
    const base = await serve({ secret: SECRET });
    expect(await ask(base, reset)).toEqual({ status: 200, body: { applied: true, result: { closed: 3 } } });
    expect(calls).toEqual([{ pool: 'redis' }]);
  });

  test('equal keys run once: at the same time they share the run, later they get its answer', async () => {
    const { calls, open } = countingFix();
    const base = await serve({ secret: SECRET });
    const together = [ask(base, reset), ask(base, reset), ask(base, reset)];
    await vi.waitFor(async () => {
      expect((await look(base, 'attempt-1/reset')).body['state']).toBe('running');
    });
    open();
    const answers = [...(await Promise.all(together)), await ask(base, reset)];
    const once = { status: 200, body: { applied: true, result: { closed: 3 } } };
    expect(answers).toEqual([once, once, once, once]);
    expect(calls).toHaveLength(1);
    expect((await ask(base, reset, { key: 'attempt-2/reset' })).status).toBe(200);
    expect(calls).toHaveLength(2);
  });

  test('a wrong secret, an old timestamp, one from the future and a changed body are refused, and nothing runs', async () => {
    const { calls } = countingFix();
    const base = await serve({ secret: SECRET });
    const tooOld = 'signed too long ago, or the clocks differ by more than five minutes';
    const foreign = 'the signature is not of this request';
    const refused = (error: string) => ({ status: 401, body: { applied: false, error } });
    expect(await ask(base, reset, { secret: 'another secret, as long' })).toEqual(refused(foreign));
    expect(await ask(base, reset, { atMs: Date.now() - 302_000 })).toEqual(refused(tooOld));
    expect(await ask(base, reset, { atMs: Date.now() + 302_000 })).toEqual(refused(tooOld));
    expect(await ask(base, reset, { body: '{}' })).toEqual(refused(foreign));
    const unsigned = await fetch(`${base}/errata/fix`, { method: 'POST', body: '{}' });
    expect(unsigned.status).toBe(401);
    expect(calls).toEqual([]);
  });

  test('a key under which something else was asked is a conflict', async () => {
    countingFix().open();
    const base = await serve({ secret: SECRET });
    await ask(base, reset);
    expect(await ask(base, { ...reset, params: { pool: 'postgres' } })).toEqual({
      status: 409,
      body: { applied: false, error: 'this key was used for another fix' },
    });
  });

  test('an unknown fix, a malformed one and one that is too large are refused', async () => {
    const base = await serve({ secret: SECRET });
    expect((await ask(base, { fix: 'disk.format' })).status).toBe(404);
    expect((await ask(base, 'no json')).status).toBe(400);
    expect((await ask(base, { fix: 'pool.reset', params: { pool: ['redis'] } })).status).toBe(400);
    expect((await ask(base, { fix: 'pool.reset', params: { pool: 'x'.repeat(65_536) } })).status).toBe(413);
  });

  test('a fix that throws changed nothing: it says so, and the key may run again', async () => {
    let broken = true;
    onFix('cache.clear', () => {
      if (broken) throw new Error('the cache is away');
      return undefined;
    });
    const base = await serve({ secret: SECRET });
    const clear = { fix: 'cache.clear', params: { cache: 'prices' } };
    const failed = { status: 500, body: { applied: false, error: 'the cache is away' } };
    expect(await ask(base, clear)).toEqual(failed);
    expect((await look(base, 'attempt-1/reset')).body).toMatchObject({ state: 'failed', error: 'the cache is away' });
    broken = false;
    expect(await ask(base, clear)).toEqual({ status: 200, body: { applied: true } });
  });

  test('a fix that takes too long leaves open what becomes of it, and GET tells when it is done', async () => {
    const { open } = countingFix();
    const base = await serve({ secret: SECRET, timeoutMs: 20 });
    const late = await ask(base, reset);
    expect(late).toEqual({ status: 504, body: { error: 'it still runs; GET tells what becomes of it' } });
    open();
    await vi.waitFor(async () => {
      expect((await look(base, 'attempt-1/reset')).body).toMatchObject({ state: 'applied', result: { closed: 3 } });
    });
  });

  test('GET is signed too, and a signature for one key opens no other', async () => {
    const base = await serve({ secret: SECRET });
    expect((await look(base, 'attempt-9/reset')).body).toMatchObject({ state: 'unseen' });
    expect((await look(base, 'attempt-9/reset', { secret: 'another secret, as long' })).status).toBe(401);
    const other = await fetch(`${base}/errata/fix/attempt-8`, { headers: signedHeaders({ key: 'attempt-9/reset' }) });
    expect(other.status).toBe(401);
  });

  test('without a secret worth the name every call is refused', async () => {
    const { calls } = countingFix();
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const base = await serve({ secret: '' });
    expect((await ask(base, reset, { secret: '' })).status).toBe(503);
    expect((await warned).message).toBe('fixes are refused: the secret has fewer than 16 characters');
    expect(calls).toEqual([]);
  });
});

test("the app's own routes keep their parsers, and a fix that fails is not captured as an error of the service", async () => {
  const capture = startCapture({ service: 'orders', endpoint: 'http://127.0.0.1:9', crashes: false, tracing: false });
  closers.push(() => capture.stop(10));
  onFix('pool.reset', () => Promise.reject(new Error('no such pool')));
  const base = await serveFastify({ secret: SECRET });
  expect((await ask(base, reset)).status).toBe(500);
  const orders = await fetch(`${base}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"id":4711}',
  });
  expect(await orders.json()).toEqual({ id: 4711 });
  expect(capture.stats().captured).toBe(0);
});

test('in front of other handlers it takes its own path and leaves the others', async () => {
  countingFix().open();
  const fix = fixHandler({ secret: SECRET });
  const base = await listen(createServer((request, response) => fix(request, response, () => response.end('"ours"'))));
  expect((await ask(base, reset)).status).toBe(200);
  expect(await (await fetch(`${base}/errata/fixes`)).json()).toBe('ours');
});

test('a result that JSON cannot hold does not make an applied fix a failed one', async () => {
  onFix('pool.reset', () => ({
    get closed() {
      throw new Error('hostile');
    },
  }));
  const base = await serveHttp({ secret: SECRET });
  expect(await ask(base, reset)).toEqual({ status: 200, body: { applied: true, result: { closed: '[unreadable]' } } });
});

test('no key is forgotten while its request could be replayed, and the memory says when one was', async () => {
  let now = 1_000_000;
  const runs = createFixRuns(() => now);
  const start = async (key: string) => {
    const started = runs.start({ key, digest: 'd' }, () => Promise.resolve({ state: 'applied', result: key }));
    return 'run' in started ? started.run : started;
  };
  for (let index = 0; index < 256; index++) await start(`key-${index}`);
  const memory = runs.memory();
  now += 600_000;
  expect(await start('one-more')).toEqual({ refused: 'full' });
  expect(runs.memory()).toBe(memory);
  now += 1;
  expect(await start('one-more')).toEqual({ state: 'applied', result: 'one-more' });
  expect(runs.stateOf('key-0')).toBeUndefined();
  expect(runs.stateOf('key-1')).toEqual({ state: 'applied', result: 'key-1' });
  expect(runs.memory()).not.toBe(memory);
});
