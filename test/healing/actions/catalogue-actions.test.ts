// check.correct and task.open, and the list of all.
import { expect, test } from 'vitest';
import { actions } from '../../../src/healing/actions/catalogue.ts';
import type { Protocol } from '../../../src/healing/target.ts';
import { targetAt } from '../probes/probe-setup.ts';
import { act, actionNamed, contextOf, intend } from './action-setup.ts';

function createCatalogue(first: Protocol | undefined) {
  let protocol = first;
  return {
    healthCheckOf: () => protocol,
    correctHealthCheck(_service: unknown, wanted: Protocol) {
      const before = protocol;
      protocol = wanted;
      return Promise.resolve({ before, after: wanted });
    },
  };
}

test('check.correct changes what the health check asks, and undo restores it', async () => {
  const catalogue = createCatalogue('http');
  const context = contextOf(targetAt(5432), { catalogue });
  const intent = await intend('check.correct', { protocol: 'postgresql' }, context);
  const action = actionNamed('check.correct');
  expect(await action.observe(intent, context)).toEqual({ kind: 'not_applied' });
  expect(await action.run(intent, context)).toEqual({ kind: 'done', after: { protocol: 'postgresql' } });
  expect(await action.observe(intent, context)).toEqual({ kind: 'applied', after: { protocol: 'postgresql' } });
  expect(await action.undo?.(intent, context)).toEqual({ kind: 'done', after: { protocol: 'http' } });
  expect(catalogue.healthCheckOf()).toBe('http');
  // Once more, as after a crash: it is as it was.
  expect(await action.undo?.(intent, context)).toEqual({ kind: 'done', after: { protocol: 'http' } });
});

test('undoing check.correct leaves alone what somebody changed since', async () => {
  const catalogue = createCatalogue('http');
  const context = contextOf(targetAt(5432), { catalogue });
  const intent = await intend('check.correct', { protocol: 'postgresql' }, context);
  const action = actionNamed('check.correct');
  await action.run(intent, context);
  await catalogue.correctHealthCheck(undefined, 'tls');
  expect(await action.undo?.(intent, context)).toEqual({
    kind: 'failed',
    reason: 'its health check asks tls now: somebody changed it since',
  });
  expect(catalogue.healthCheckOf()).toBe('tls');
});

test('check.correct refuses when there is nothing to correct', async () => {
  const action = actionNamed('check.correct');
  const params = { protocol: 'redis' };
  const target = targetAt(6379);
  expect(await action.prepare(params, contextOf(target))).toEqual({ refused: 'the catalogue can not be changed here' });
  expect(await action.prepare(params, contextOf(target, { catalogue: createCatalogue(undefined) }))).toEqual({
    refused: 'the catalogue has no health check of the service to correct',
  });
  expect(await action.prepare(params, contextOf(target, { catalogue: createCatalogue('redis') }))).toEqual({
    refused: 'its health check asks redis already',
  });
  expect(actionNamed('check.correct').parameters.safeParse({ protocol: 'gopher' }).success).toBe(false);
});

test('task.open is its own record', async () => {
  const task = { to: 'morgan', title: 'Give orders-db more connections' };
  expect(await act('task.open', task, contextOf(targetAt(5432)))).toEqual({
    before: {},
    ran: { kind: 'done', after: task },
    observed: { kind: 'applied', after: task },
  });
});

test('the catalogue lists each action under its own name, and says what it does', () => {
  expect([...actions.keys()].sort()).toEqual([
    'cache.clear',
    'check.correct',
    'container.memory.raise',
    'container.restart',
    'container.start',
    'container.stop',
    'pool.reset',
    'postgres.close_idle',
    'redis.delete_keys',
    'task.open',
  ]);
  for (const [name, action] of actions) {
    expect(action.name).toBe(name);
    expect(action.summary).not.toBe('');
  }
});
