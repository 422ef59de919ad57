// The store goes away, and the server stops: every caller hears of it.
import { expect, test } from 'vitest';
import { openTestApi } from './open-test-api.ts';

test('with the store away, readiness is false and calls are told to come back', async () => {
  const t = await openTestApi();
  await t.store.stop(5_000);
  for (const url of ['/readyz', '/api/errors', '/api/groups']) {
    const answer = await t.api.server.inject({ url });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.json()).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  }
  const logged = await t.api.server.inject({
    method: 'POST',
    url: '/api/errors/log',
    payload: { service: 's', severity: 'error', message: 'm' },
  });
  expect(logged.statusCode).toBe(503);
  expect((await t.api.server.inject({ url: '/healthz' })).statusCode).toBe(200);
  await t.close();
});

test('stop is safe before start and twice; idle connections do not hold it up', async () => {
  const before = await openTestApi();
  await before.api.stop(1_000);
  await before.close();

  const t = await openTestApi();
  const { port } = await t.api.start();
  await (await fetch(`http://127.0.0.1:${port}/healthz`)).text();
  const startedMs = performance.now();
  await Promise.all([t.api.stop(10_000), t.api.stop(10_000)]);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  await t.close();
});

test('open streams end when the server stops', async () => {
  const t = await openTestApi();
  const { port } = await t.api.start();
  const stream = await fetch(`http://127.0.0.1:${port}/api/stream`);
  const text = stream.text();
  await t.api.stop(5_000);
  expect(await text).toBe('retry: 1000\n: connected\n\n');
  await t.close();
});
