import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { freePort } from '../../collector/collector-process.ts';
import { createMarks, runProbe, targetAt } from './probe-setup.ts';

test('an open port is open, over one marked connection that is closed', async () => {
  const server = createServer((socket) => socket.resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { marks, mark } = createMarks();
  const target = targetAt((server.address() as AddressInfo).port);
  expect(await runProbe('tcp.connect', { target, mark, now: () => 5_000 })).toEqual({ ok: true, verdict: 'open' });
  expect(marks).toEqual([
    { targetName: 'orders-db', atMs: 5_000, containerId: undefined, aliases: ['orders-db', '127.0.0.1'] },
  ]);
  server.close();
  await once(server, 'close');
});

test('a closed port is refused', async () => {
  expect(await runProbe('tcp.connect', { target: targetAt(await freePort()) })).toEqual({
    ok: false,
    error: 'ECONNREFUSED',
    verdict: 'refused',
  });
});

test('a process that accepts nothing any more is full, and no firewall', async () => {
  // A full backlog drops further SYNs, as a firewall does; another port of the host refuses at once. The thread never accepts: its loop is blocked.
  const blocked = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
     });`,
    { eval: true },
  );
  const [port] = (await once(blocked, 'message')) as [number];
  const sockets: Socket[] = [];
  try {
    for (let taken = 0; taken < 2; taken += 1) {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      sockets.push(socket);
      await once(socket, 'connect');
    }
    const fromMs = performance.now();
    expect(await runProbe('tcp.connect', { target: targetAt(port) })).toEqual({
      ok: false,
      error: 'ETIMEDOUT',
      verdict: 'full',
    });
    expect(performance.now() - fromMs).toBeLessThan(2_000);
  } finally {
    for (const socket of sockets) socket.destroy();
    await blocked.terminate();
  }
});

test('a network without a route is unreachable', async () => {
  // Linux has no TCP to a multicast address.
  const target = targetAt(0, { address: { host: '224.0.0.1', port: 80 } });
  const facts = await runProbe('tcp.connect', { target });
  expect(facts).toEqual({ ok: false, error: 'ENETUNREACH', verdict: 'unreachable' });
});

test('a name that nobody knows is a matter of DNS, not of the port', async () => {
  const target = targetAt(0, { address: { host: 'orders-db.invalid', port: 5432 } });
  const facts = await runProbe('tcp.connect', { target });
  expect(facts['verdict']).toBe('dns');
  const resolved = await runProbe('dns.resolve', { target });
  expect(resolved['ok']).toBe(false);
  expect(resolved['error']).toBe(facts['error']);
});

test('a known name has an address', async () => {
  const target = targetAt(0, { address: { host: 'localhost', port: 80 } });
  const facts = await runProbe('dns.resolve', { target });
  expect(facts['ok']).toBe(true);
  expect(facts['address']).toMatch(/^(?:127\.0\.0\.1|::1)$/);
});

test('without an address nothing is found out', async () => {
  const target = { ...targetAt(0), service: { ...targetAt(0).service, address: undefined } };
  for (const name of ['dns.resolve', 'protocol.sniff', 'http.get', 'redis.ping', 'postgres.login']) {
    expect(await runProbe(name, { target })).toEqual({});
  }
  expect(await runProbe('tcp.connect', { target })).toEqual({ verdict: 'no_address' });
});
