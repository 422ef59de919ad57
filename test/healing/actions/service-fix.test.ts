// pool.reset and cache.clear against a real service with errata/capture, over HTTP.
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { afterEach, expect, test, vi } from 'vitest';
import { fixFastify, onFix } from '../../../src/capture/capture.ts';
import type { Action, ActionContext } from '../../../src/healing/action.ts';
import { finishStep } from '../../../src/healing/run-step.ts';
import { targetAt } from '../probes/probe-setup.ts';
import { act, actionNamed, contextOf, intend } from './action-setup.ts';

const SECRET = 'a secret of the two of them';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startService(port = 0) {
  const app = fastify();
  await app.register(fixFastify, { secret: SECRET });
  const url = await app.listen({ port, host: '127.0.0.1' });
  closers.push(() => app.close());
  return { app, url: `${url}/errata/fix`, port: Number(new URL(url).port) };
}

/** Something else than our endpoint. */
async function startServer(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/errata/fix`;
}

function contextFor(url: string, more: Partial<ActionContext> = {}): ActionContext {
  return contextOf(targetAt(1, { fixEndpoint: { url, secret: `env:${SECRET}` } }), more);
}

function countFixes(name: string, result: unknown) {
  const calls: unknown[] = [];
  onFix(name, (params) => {
    calls.push(params);
    return result;
  });
  return calls;
}

test('a fix that the service does not have is refused', async () => {
  const { url } = await startService();
  expect(await actionNamed('pool.reset').prepare({ pool: 'redis' }, contextFor(url))).toEqual({
    refused: 'the service has no fix pool.reset',
  });
});

test('the service resets its pool once, and says what came of it', async () => {
  const calls = countFixes('pool.reset', { closed: 3 });
  const { url } = await startService();
  const { ran, observed } = await act('pool.reset', { pool: 'redis' }, contextFor(url));
  const after = { applied: true, result: '{"closed":3}' };
  expect(ran).toEqual({ kind: 'done', after });
  expect(observed).toEqual({ kind: 'applied', after });
  expect(calls).toEqual([{ pool: 'redis' }]);
});

test('cache.clear has a cache cleared; without a result there is none', async () => {
  const calls = countFixes('cache.clear', undefined);
  const { url } = await startService();
  const { ran } = await act('cache.clear', { cache: 'prices' }, contextFor(url));
  expect(ran).toEqual({ kind: 'done', after: { applied: true, result: '' } });
  expect(calls).toEqual([{ cache: 'prices' }]);
});

test('two executors with one key have it done once', async () => {
  const calls = countFixes('pool.reset', 'ok');
  const { url } = await startService();
  const context = contextFor(url);
  const intent = await intend('pool.reset', { pool: 'redis' }, context);
  const action = actionNamed('pool.reset');
  const done = { kind: 'done', after: { applied: true, result: '"ok"' } };
  expect(await Promise.all([action.run(intent, context), action.run(intent, context)])).toEqual([done, done]);
  expect(await action.run(intent, context)).toEqual(done);
  expect(calls).toHaveLength(1);
});

test('a crash between the call and its answer: the service tells that it was done, and it is not done again', async () => {
  const calls = countFixes('pool.reset', 'ok');
  const { url } = await startService();
  const context = contextFor(url);
  const action = actionNamed('pool.reset');
  const { params, before, atMs } = await intend('pool.reset', { pool: 'redis' }, context);
  // The answer is lost with the process that waited for it.
  await action.run({ params, before, atMs }, context);
  expect(await finish(action, { params, before, atMs }, context)).toMatchObject({
    state: 'done',
    after: { applied: true, result: '"ok"' },
  });
  expect(calls).toHaveLength(1);
});

test('a crash before the call: the service never saw the key, so it is done now', async () => {
  const calls = countFixes('pool.reset', 'ok');
  const { url } = await startService();
  const context = contextFor(url);
  const intent = await intend('pool.reset', { pool: 'redis' }, context);
  expect(await actionNamed('pool.reset').observe(intent, context)).toEqual({ kind: 'not_applied' });
  expect(await finish(actionNamed('pool.reset'), intent, context)).toMatchObject({ state: 'done' });
  expect(calls).toHaveLength(1);
});

test('a service that restarted meanwhile can not know: it is not done again', async () => {
  const calls = countFixes('pool.reset', 'ok');
  const { app, url, port } = await startService();
  const context = contextFor(url);
  const intent = await intend('pool.reset', { pool: 'redis' }, context);
  await actionNamed('pool.reset').run(intent, context);
  await app.close();
  expect(await actionNamed('pool.reset').observe(intent, context)).toEqual({ kind: 'unknown' });
  await startService(port);
  expect(await finish(actionNamed('pool.reset'), intent, context)).toMatchObject({ state: 'unknown' });
  expect(calls).toHaveLength(1);
});

test('a fix that outlasts its call is waited for, and its end counts', async () => {
  let finishFix = (): void => undefined;
  onFix('pool.reset', () => new Promise<void>((resolve) => (finishFix = resolve)));
  const { url } = await startService();
  const context = contextFor(url);
  const intent = await intend('pool.reset', { pool: 'redis' }, context);
  const action = actionNamed('pool.reset');
  const impatient = { ...context, signal: AbortSignal.timeout(200) };
  expect(await action.run(intent, impatient)).toEqual({ kind: 'unknown', reason: 'the fix endpoint: ETIMEDOUT' });
  const brief = { ...context, signal: AbortSignal.timeout(200) };
  expect(await action.observe(intent, brief)).toEqual({ kind: 'unknown' });
  const observing = action.observe(intent, context);
  finishFix();
  expect(await observing).toEqual({ kind: 'applied', after: { applied: true, result: '' } });
});

test('a fix that fails changed nothing; after it the same key may succeed', async () => {
  let broken = true;
  onFix('pool.reset', () => {
    if (broken) throw new Error('no such pool');
    return 'ok';
  });
  const { url } = await startService();
  const context = contextFor(url);
  const { ran, observed } = await act('pool.reset', { pool: 'redis' }, context);
  expect(ran).toEqual({ kind: 'failed', reason: 'the service answered 500: no such pool' });
  expect(observed).toEqual({ kind: 'not_applied' });
  broken = false;
  expect((await act('pool.reset', { pool: 'redis' }, context)).ran).toMatchObject({ kind: 'done' });
});

test('no endpoint, a wrong secret, an old timestamp and a service that is away are refused before anything is done', async () => {
  const { url, app } = await startService();
  const action = actionNamed('pool.reset');
  const prepared = (context: ActionContext) => action.prepare({ pool: 'redis' }, context);
  expect(await prepared(contextOf(targetAt(1)))).toEqual({
    refused: 'the service has no fix endpoint in the catalogue',
  });
  expect(await prepared(contextFor(url, { secret: () => 'another secret, as long' }))).toEqual({
    refused: 'the service answered 401: the signature is not of this request',
  });
  expect(await prepared(contextFor(url, { now: () => Date.now() - 302_000 }))).toEqual({
    refused: 'the service answered 401: signed too long ago, or the clocks differ by more than five minutes',
  });
  await app.close();
  expect(await prepared(contextFor(url))).toEqual({ refused: 'the fix endpoint: ECONNREFUSED' });
});

test('what did not connect failed; what was not answered may have happened', async () => {
  const action = actionNamed('pool.reset');
  const intent = { params: { pool: 'redis' }, before: {}, atMs: Date.now() };
  const { app, url } = await startService();
  await app.close();
  expect(await action.run(intent, contextFor(url))).toEqual({
    kind: 'failed',
    reason: 'the fix endpoint: ECONNREFUSED',
  });
  const heard = vi.fn<() => void>();
  const silent = await startServer(createServer(heard));
  const gaveUp = AbortSignal.timeout(300);
  const waiting = action.run(intent, contextFor(silent, { signal: gaveUp }));
  expect(await waiting).toEqual({ kind: 'unknown', reason: 'the fix endpoint: ETIMEDOUT' });
  expect(heard).toHaveBeenCalledTimes(1);
  const cutting = await startServer(createServer((request) => request.socket.destroy()));
  expect(await action.run(intent, contextFor(cutting))).toEqual({
    kind: 'unknown',
    reason: 'the fix endpoint: ECONNRESET',
  });
});

test('a redirect is not followed, and answers that are none of ours are no success', async () => {
  const action = actionNamed('pool.reset');
  const intent = { params: { pool: 'redis' }, before: {}, atMs: Date.now() };
  const elsewhere = vi.fn<() => void>();
  const trap = await startServer(createServer(elsewhere));
  const redirecting = await startServer(
    createServer((_request, response) => response.writeHead(307, { location: trap }).end()),
  );
  expect(await action.run(intent, contextFor(redirecting))).toEqual({
    kind: 'failed',
    reason: 'the service answered 307',
  });
  expect(elsewhere).not.toHaveBeenCalled();
  const gateway = await startServer(createServer((_request, response) => response.writeHead(502).end('<html>')));
  expect(await action.run(intent, contextFor(gateway))).toEqual({
    kind: 'unknown',
    reason: 'the service answered 502',
  });
  const website = await startServer(createServer((_request, response) => response.end('welcome')));
  expect(await action.run(intent, contextFor(website))).toEqual({
    kind: 'unknown',
    reason: 'the service answered 200',
  });
  const flood = await startServer(
    createServer((_request, response) => response.end(`{"applied":true,"result":"${'x'.repeat(100_000)}"}`)),
  );
  expect(await action.run(intent, contextFor(flood))).toEqual({ kind: 'unknown', reason: 'the service answered 200' });
});

function finish(action: Action, intent: Awaited<ReturnType<typeof intend>>, context: ActionContext) {
  const { signal: _signal, ...rest } = context;
  return finishStep(
    {
      action,
      call: { id: 'reset', action: action.name, with: {}, timeoutMs: 5000, retries: 0, onFail: 'next' },
      params: {},
      context: rest,
      write: () => Promise.resolve(),
      now: Date.now,
    },
    {
      id: 'reset',
      action: action.name,
      params: intent.params as Record<string, string>,
      state: 'intent',
      before: intent.before,
      after: {},
      intentAtMs: intent.atMs,
      endedAtMs: undefined,
      note: '',
    },
  );
}
