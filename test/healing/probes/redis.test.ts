import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createProbeEcho } from '../../../src/healing/probe-echo.ts';
import { freePort } from '../../collector/collector-process.ts';
import { requirement } from '../../require.ts';
import { serversMissing, startRedis, type Server } from '../servers.ts';
import { errorOf } from './error-of.ts';
import { runProbe, targetAt } from './probe-setup.ts';

const withServers = await requirement('servers', serversMissing);
const credentials = { user: '', password: 'env:REDIS_PASSWORD', database: '' };
const env = { REDIS_PASSWORD: 'right-horse' };

let server: Server | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.stop();
  server = undefined;
});

async function start(...flags: readonly string[]): Promise<number> {
  server = await startRedis(...flags);
  return server.port;
}

async function occupy(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
}

withServers('a Redis that answers is ok', async () => {
  expect(await runProbe('redis.ping', { target: targetAt(await start()) })).toEqual({ ok: true });
});

withServers('a password that is missing, wrong and right is NOAUTH, WRONGPASS and ok', async () => {
  const port = await start('--requirepass', 'right-horse');
  const target = targetAt(port, { credentials });
  expect(await runProbe('redis.ping', { target: targetAt(port) })).toEqual({ ok: false, error: 'NOAUTH' });
  const wrong = { REDIS_PASSWORD: 'wrong-horse' };
  expect(await runProbe('redis.ping', { target, env: wrong })).toEqual({ ok: false, error: 'WRONGPASS' });
  expect(await runProbe('redis.ping', { target, env })).toEqual({ ok: true });
  expect((await runProbe('redis.info', { target, env }))['ok']).toBe(true);
  expect(await runProbe('redis.info', { target: targetAt(port) })).toEqual({ ok: false });
});

withServers('clients and memory are counted against their limits', async () => {
  const port = await start('--maxclients', '10', '--maxmemory', '100mb');
  for (let count = 0; count < 4; count += 1) await occupy(port);
  const info = () => runProbe('redis.info', { target: targetAt(port) });
  await expect.poll(info).toMatchObject({ ok: true, clients: 4, max_clients: 10, clients_ratio: 0.4 });
  const { used_memory_bytes: used, used_memory_ratio: ratio } = await info();
  expect(Number(used)).toBeGreaterThan(100_000);
  expect(Number(ratio)).toBeCloseTo(Number(used) / 104_857_600, 3);
});

withServers('a Redis that refuses more clients is full', async () => {
  const port = await start('--maxclients', '2');
  const target = targetAt(port);
  const occupyAndPing = async () => {
    await occupy(port);
    return await runProbe('redis.ping', { target });
  };
  await expect.poll(occupyAndPing).toEqual({ ok: false, error: 'MAXCLIENTS' });
  expect(await runProbe('redis.info', { target })).toEqual({ ok: false, clients_ratio: 1 });
});

withServers('without a maxmemory there is no ratio', async () => {
  const facts = await runProbe('redis.info', { target: targetAt(await start()) });
  expect(Object.keys(facts).sort()).toEqual(['clients', 'clients_ratio', 'max_clients', 'ok', 'used_memory_bytes']);
});

withServers('what an HTTP check makes Redis log is an echo', async () => {
  const port = await start();
  const echo = createProbeEcho({ now: Date.now });
  await runProbe('http.get', { target: targetAt(port), mark: (traffic) => echo.mark(traffic) });
  await expect.poll(() => server?.log()).toContain('Possible SECURITY ATTACK detected');
  const line =
    server
      ?.log()
      .split('\n')
      .find((line) => line.includes('SECURITY ATTACK')) ?? '';
  expect(echo.isEcho(errorOf({ message: line, service: 'orders-db', timestampMs: Date.now() }))).toBe(true);
});

test('a Redis that is away is its connection failure', async () => {
  const target = targetAt(await freePort());
  expect(await runProbe('redis.ping', { target })).toEqual({ ok: false, error: 'ECONNREFUSED' });
  expect(await runProbe('redis.info', { target })).toEqual({ ok: false });
});
