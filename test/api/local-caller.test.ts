// Without tokens: loopback is the guard, and a web page in the user's browser stands behind it too.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestApi } from './open-test-api.ts';
import type { TestApi } from './open-test-api.ts';

let t: TestApi;
beforeAll(async () => {
  t = await openTestApi({ perSecond: 1, burst: 40 });
});
afterAll(async () => {
  await t.close();
});

test.each(['localhost:8092', '127.0.0.1:8092', '[::1]:8092', 'localhost', 'LOCALHOST:1'])(
  '%s is this machine',
  async (host) => {
    expect((await t.api.server.inject({ url: '/api/errors', headers: { host } })).statusCode).toBe(200);
  },
);

test.each([
  'evil.example:8092',
  'localhost.evil.example',
  '127.0.0.1.evil.example:8092',
  '10.0.0.5:8092',
  'x@localhost',
])('a name that was rebound to this machine is refused: %s', async (host) => {
  const answer = await t.api.server.inject({ url: '/api/errors', headers: { host } });
  expect(answer.statusCode).toBe(403);
  expect(answer.json()).toMatchObject({ code: 'FORBIDDEN' });
});

test.each(['https://evil.example', 'null', 'http://localhost.evil.example'])(
  'a page of another site is refused: %s',
  async (origin) => {
    const answer = await t.api.server.inject({
      method: 'POST',
      url: '/api/errors/0b7f9a52-41b4-8a3c-9f0e-1d2c3b4a5968/reopen',
      headers: { host: 'localhost:8092', origin },
    });
    expect(answer.statusCode).toBe(403);
  },
);

test('a page of this machine is let in', async () => {
  const answer = await t.api.server.inject({ url: '/api/errors', headers: { origin: 'http://localhost:8080' } });
  expect(answer.statusCode).toBe(200);
});

test('who calls too often is told to wait, and counted', async () => {
  const answers = await Promise.all(
    Array.from({ length: 60 }, () => t.api.server.inject({ method: 'POST', url: '/api/errors/log', payload: {} })),
  );
  const limited = answers.filter((answer) => answer.statusCode === 429);
  expect(limited.length).toBeGreaterThanOrEqual(19);
  expect(limited[0]?.headers['retry-after']).toBe('1');
  expect(limited[0]?.json()).toMatchObject({ code: 'RATE_LIMITED' });
});
