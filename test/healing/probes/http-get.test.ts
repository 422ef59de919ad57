import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { requirement } from '../../require.ts';
import { serversMissing, startRedis } from '../servers.ts';
import { runProbe, targetAt } from './probe-setup.ts';

const withServers = await requirement('servers', serversMissing);

async function withHttp(listener: RequestListener, work: (port: number) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await work((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test.each([
  [200, true],
  [302, true],
  [404, false],
  [503, false],
])('status %i is ok: %s', async (status, ok) => {
  const asked: unknown[] = [];
  await withHttp(
    (request, response) => {
      asked.push(request.url, request.headers['user-agent']);
      response.writeHead(status, { location: '/elsewhere' }).end('x');
    },
    async (port) => {
      const facts = await runProbe('http.get', { target: targetAt(port), params: { path: '/health?deep=1' } });
      expect(facts).toEqual({ ok, status, took_ms: expect.any(Number) as number });
    },
  );
  // A redirect is an answer: it is not followed.
  expect(asked).toEqual(['/health?deep=1', 'errata-probe']);
});

test("the catalogue's health check gives the path", async () => {
  let path: string | undefined;
  await withHttp(
    (request, response) => {
      path = request.url;
      response.end();
    },
    async (port) => {
      await runProbe('http.get', { target: targetAt(port, { healthCheck: { protocol: 'http', path: '/ready' } }) });
    },
  );
  expect(path).toBe('/ready');
});

test('an endless answer is cut off, its status counts', async () => {
  await withHttp(
    (_request, response) => {
      response.on('error', () => {});
      response.write('x'.repeat(200_000));
    },
    async (port) => {
      expect(await runProbe('http.get', { target: targetAt(port) })).toMatchObject({ ok: true, status: 200 });
    },
  );
});

test('no answer is a time-out at the abort', async () => {
  await withHttp(
    () => {},
    async (port) => {
      const facts = await runProbe('http.get', { target: targetAt(port), signal: AbortSignal.timeout(200) });
      expect(facts).toMatchObject({ ok: false, error: 'ETIMEDOUT' });
    },
  );
});

test.each(['http://169.254.169.254/', 'health', '/a b', '/a\r\nX: y', '/ä'])('%j is no path', async (path) => {
  await expect(runProbe('http.get', { target: targetAt(1), params: { path } })).rejects.toThrow('path');
});

withServers('a server that does not speak HTTP gives no status', async () => {
  const redis = await startRedis();
  expect(await runProbe('http.get', { target: targetAt(redis.port) })).toMatchObject({
    ok: false,
    error: 'ECONNRESET',
  });
  await redis.stop();
});
