// The door itself: what it says no to, and how; what it tells about itself; how it stops.
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failures } from '../../src/failure.ts';
import { openTestApi, tokenOf } from './open-test-api.ts';
import type { TestApi } from './open-test-api.ts';

let t: TestApi;
let port: number;
beforeAll(async () => {
  t = await openTestApi({ tokens: [tokenOf(7, 'seven'), tokenOf(7, 'ingester', ['ingest'])] });
  ({ port } = await t.api.start());
});
afterAll(async () => {
  await t.close();
});

const bearer = { authorization: 'Bearer seven' };
const inject = (method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD' | 'PATCH' | 'OPTIONS', url: string, headers = {}) =>
  t.api.server.inject({ method, url, headers: { ...bearer, ...headers } });

test.each([
  ['GET', '/', 404, 'NOT_FOUND'],
  ['GET', '/api', 404, 'NOT_FOUND'],
  ['GET', '/api/errors/', 404, 'NOT_FOUND'],
  ['GET', '/api/errors/x/y/z', 404, 'NOT_FOUND'],
  ['GET', '/api/errors/not-a-uuid', 404, 'NOT_FOUND'],
  ['GET', '/api/errors/%zz', 400, 'MALFORMED'],
  ['GET', '/api/groups/not-a-fingerprint', 404, 'NOT_FOUND'],
  ['GET', `/api/errors/${'x'.repeat(500)}`, 404, 'NOT_FOUND'],
] as const)('%s %s is answered %i %s', async (method, url, status, code) => {
  const answer = await inject(method, url);
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(answer.json()).toMatchObject({ status, code, type: `/docs#${code}` });
});

test.each([
  ['GET', '/api/errors/log', 'POST'],
  ['DELETE', '/api/errors', 'GET, HEAD'],
  ['POST', '/api/errors', 'GET, HEAD'],
  ['PUT', '/api/errors/0b7f9a52-41b4-8a3c-9f0e-1d2c3b4a5968', 'GET, HEAD'],
  ['GET', '/api/errors/0b7f9a52-41b4-8a3c-9f0e-1d2c3b4a5968/fix', 'POST'],
  ['PATCH', '/api/groups', 'GET, HEAD'],
  ['OPTIONS', '/api/trends', 'GET, HEAD'],
  ['POST', '/api/stream', 'GET'],
  ['HEAD', '/api/stream', 'GET'],
  ['POST', '/healthz', 'GET, HEAD'],
  ['DELETE', '/docs', 'GET, HEAD'],
] as const)('%s %s is answered 405 with what the path takes: %s', async (method, url, allow) => {
  const answer = await inject(method, url);
  expect(answer.statusCode).toBe(405);
  expect(answer.headers.allow).toBe(allow);
  if (method !== 'HEAD') expect(answer.json()).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
});

test.each([
  ['text/plain', 'text/plain'],
  ['a form', 'application/x-www-form-urlencoded'],
  ['protobuf', 'application/x-protobuf'],
])('a body that is %s is answered 415', async (_what, type) => {
  const answer = await t.api.server.inject({
    method: 'POST',
    url: '/api/errors/log',
    headers: { ...bearer, 'content-type': type },
    payload: '{}',
  });
  expect(answer.statusCode).toBe(415);
  expect(answer.json()).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
});

test('a compressed body is answered 415, not taken for broken JSON', async () => {
  const answer = await inject('POST', '/api/errors/log', {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
  });
  expect(answer.statusCode).toBe(415);
  expect(answer.json()).toMatchObject({ code: 'UNSUPPORTED_ENCODING' });
});

test('without a token the answer is 401 and says which scheme', async () => {
  const answer = await t.api.server.inject({ url: '/api/errors' });
  expect(answer.statusCode).toBe(401);
  expect(answer.headers['www-authenticate']).toBe('Bearer realm="errata"');
  expect(answer.json()).toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a stranger is refused before the body is read', async () => {
  const answer = await t.api.server.inject({
    method: 'POST',
    url: '/api/errors/log',
    headers: { 'content-type': 'application/json' },
    payload: 'x'.repeat(2_000_000),
  });
  expect(answer.statusCode).toBe(401);
});

test('a request id comes back; one that could harm a log is replaced', async () => {
  expect((await inject('GET', '/healthz', { 'x-request-id': 'abc-1' })).headers['x-request-id']).toBe('abc-1');
  expect((await inject('GET', '/healthz', { 'x-request-id': 'a b\tc' })).headers['x-request-id']).toMatch(
    /^[0-9a-f-]{36}$/,
  );
});

test('every answer forbids to be framed, sniffed or run', async () => {
  for (const url of ['/api/errors', '/nowhere', '/healthz']) {
    const { headers } = await inject('GET', url);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  }
});

test('the docs page explains every code and call, and takes nothing from elsewhere', async () => {
  const { body, headers } = await t.api.server.inject({ url: '/docs' });
  for (const code of Object.keys(failures)) expect(body).toContain(`id="${code}"`);
  for (const name of [
    'log-error',
    'list-errors',
    'get-error',
    'resolve-error',
    'fix-error',
    'get-fix',
    'stream-errors',
  ]) {
    expect(body).toContain(`id="${name}"`);
  }
  expect(body).not.toMatch(/<script|src=|https?:/);
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]{43}='; /);
});

test('healthz and readyz answer anyone', async () => {
  expect((await t.api.server.inject({ url: '/healthz' })).json()).toEqual({ status: 'ok' });
  expect((await t.api.server.inject({ url: '/readyz' })).json()).toEqual({ status: 'ready' });
});

test('metrics ask for the scope read, and count requests by route', async () => {
  expect((await t.api.server.inject({ url: '/metrics' })).statusCode).toBe(401);
  expect((await inject('GET', '/metrics', { authorization: 'Bearer ingester' })).statusCode).toBe(403);
  await inject('GET', '/api/errors/0b7f9a52-41b4-8a3c-9f0e-1d2c3b4a5968');
  const answer = await inject('GET', '/metrics');
  expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(answer.body).toMatch(
    /^errata_http_requests_total\{route="\/api\/errors\/:id",method="GET",status="404"\} \d+$/m,
  );
  expect(answer.body).not.toContain('0b7f9a52');
});

test.each([
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00', 'HTTP/1.1 400 Bad Request'],
  [
    'a header without end',
    `GET / HTTP/1.1\r\nx: ${'y'.repeat(100_000)}`,
    'HTTP/1.1 431 Request Header Fields Too Large',
  ],
  [
    'two lengths',
    'POST /api/errors/log HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx',
    'HTTP/1.1 400 Bad Request',
  ],
])('bytes that are %s are answered with a reason, and the door stays open', async (_what, bytes, statusLine) => {
  const answer = await sendRaw(bytes);
  expect(answer.split('\r\n')[0]).toBe(statusLine);
  expect(answer).toContain('application/problem+json');
  expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toMatchObject({ code: 'MALFORMED' });
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
});

function sendRaw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (answer += chunk));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
