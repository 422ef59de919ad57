// Who called what: every call of an agent, and every change that anybody asked for, and nothing of what was said in it.
import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openTestApi, tokenOf } from './open-test-api.ts';
import type { TestApi } from './open-test-api.ts';

let t: TestApi;
let base: string;
const UNKNOWN = '0b7f9a52-41b4-4a3c-9f0e-1d2c3b4a5968';
const TRACE = '5b8efff798038103d269b633813fc60c';

/** Each test has a company of its own: what others are recorded does not count there. */
const companies = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const tokens = companies.flatMap((company) => [
  { company, name: 'morgan' },
  { company, name: 'person' },
]);

beforeAll(async () => {
  t = await openTestApi({
    tokens: [
      ...tokens.map(({ company, name }) => ({ ...tokenOf(company, `${name}-${company}`), name })),
      { ...tokenOf(1, 'reader-1', ['read']), name: 'reader' },
      tokenOf('*', 'operator'),
    ],
  });
  base = `http://127.0.0.1:${(await t.api.start()).port}`;
});
afterAll(() => t.close());

const call = (method: 'GET' | 'POST', url: string, token: string, more: { payload?: object; headers?: object } = {}) =>
  t.api.server.inject({
    method,
    url,
    headers: { authorization: `Bearer ${token}`, ...more.headers },
    ...(more.payload === undefined ? {} : { payload: more.payload }),
  });

interface Row {
  readonly call: string;
  readonly outcome: string;
  readonly actor: string;
}

/** Waits for as many rows as are named, oldest first. The asking itself is of a person, and no change. */
async function rowsOf(company: number, count: number, query = ''): Promise<readonly Row[]> {
  return vi.waitFor(
    async () => {
      const { activities } = (await call('GET', `/api/activity?limit=100${query}`, `person-${company}`)).json();
      expect(activities).toHaveLength(count);
      return activities.reverse();
    },
    { timeout: 10_000, interval: 50 },
  );
}

const log = async (company: number) =>
  (
    await call('POST', '/api/errors/log', `person-${company}`, {
      payload: { service: 'billing', severity: 'error', error_type: 'timeout', message: 'a secret message' },
    })
  ).json().id as string;

test('each call of an agent is a row, also one that only looks and one that is refused', async () => {
  const id = await log(1);
  await call('GET', '/api/errors', 'morgan-1');
  const shown = await call('GET', `/api/errors/${id.toUpperCase()}`, 'morgan-1', {
    headers: { traceparent: `00-${TRACE}-eee19b7ec3c1b174-01` },
  });
  await call('GET', `/api/errors/${UNKNOWN}`, 'morgan-1');
  await call('GET', '/api/errors?severity=loud', 'morgan-1');
  const rows = await rowsOf(1, 4);
  const plain = {
    actor: 'morgan',
    agent: 'morgan',
    via: 'rest',
    error_id: null,
    fix_id: null,
    delegation_id: null,
    truncated: false,
    trace_id: null,
  };
  expect(rows).toMatchObject([
    { ...plain, call: 'list-errors', outcome: 'OK' },
    { ...plain, call: 'get-error', outcome: 'OK', error_id: id, chars: shown.body.length, trace_id: TRACE },
    { ...plain, call: 'get-error', outcome: 'NOT_FOUND', error_id: UNKNOWN },
    { ...plain, call: 'list-errors', outcome: 'INVALID_INPUT' },
  ]);
  expect(JSON.stringify(rows)).not.toContain('secret');
});

test('of anybody else each change is a row, but neither what only looks nor errors that come in', async () => {
  const id = await log(2);
  await call('GET', '/api/errors', 'person-2');
  await call('POST', `/api/errors/${id}/resolve`, 'person-2', { payload: { resolution_notes: 'n' } });
  await call('POST', `/api/errors/${id}/reopen`, 'person-2', { payload: { scope: 'all' } });
  expect(await rowsOf(2, 2)).toMatchObject([
    { call: 'resolve-error', actor: 'person', agent: null, error_id: id, outcome: 'OK' },
    { call: 'reopen-error', actor: 'person', agent: null, error_id: id, outcome: 'INVALID_INPUT' },
  ]);
});

test('a row names the delegation, the fix and the error, from the path, the question or the answer', async () => {
  const id = await log(3);
  const asked = await call('POST', '/api/delegations', 'person-3', {
    payload: { error_id: id, agents: ['morgan'], reason: 'r' },
  });
  const delegation = asked.json().delegations[0].id;
  await call('POST', `/api/delegations/${delegation}/ack`, 'morgan-3');
  const fix = (await call('POST', `/api/errors/${id}/fix`, 'morgan-3')).json().attempt.id;
  await call('GET', `/api/fixes/${fix}`, 'morgan-3');
  await call('GET', '/api/delegations/not-an-id', 'morgan-3');
  expect(await rowsOf(3, 5)).toMatchObject([
    { call: 'delegate-error', error_id: id, delegation_id: delegation, fix_id: null },
    { call: 'acknowledge-delegation', error_id: id, delegation_id: delegation, fix_id: null },
    { call: 'fix-error', error_id: id, delegation_id: null, fix_id: fix },
    { call: 'get-fix', error_id: id, fix_id: fix },
    { call: 'get-delegation', delegation_id: null, outcome: 'NOT_FOUND' },
  ]);
});

test('a body that can’t be read is recorded with its code', async () => {
  await t.api.server.inject({
    method: 'POST',
    url: '/api/delegations',
    headers: { authorization: 'Bearer person-4', 'content-type': 'application/json' },
    payload: '{"error_id":',
  });
  expect(await rowsOf(4, 1)).toMatchObject([{ call: 'delegate-error', outcome: 'MALFORMED' }]);
});

test('a call without the scope is recorded, one without a token is not', async () => {
  await t.api.server.inject({ method: 'POST', url: '/api/delegations', payload: {} });
  await call('POST', '/api/delegations', 'reader-1', { payload: {} });
  expect(await rowsOf(1, 1, '&actor=reader')).toMatchObject([{ call: 'delegate-error', outcome: 'FORBIDDEN' }]);
});

test('who serves all companies is recorded with the one that was asked for', async () => {
  const id = await log(5);
  const url = `/api/errors/${id}/resolve`;
  await call('POST', url, 'operator', { payload: { resolution_notes: 'n', company_id: 5 } });
  expect(await rowsOf(5, 1)).toMatchObject([{ call: 'resolve-error', actor: 'operator', outcome: 'OK' }]);
});

test('rows are found by agent, actor, error and time, and pages hold each once', async () => {
  const id = await log(6);
  for (let count = 0; count < 3; count += 1) await call('GET', `/api/errors/${id}`, 'morgan-6');
  await call('POST', `/api/errors/${UNKNOWN}/reopen`, 'person-6', { payload: {} });
  const all = await rowsOf(6, 4);
  expect(await rowsOf(6, 3, '&agent=morgan')).toEqual(all.slice(0, 3));
  expect(await rowsOf(6, 1, '&actor=person')).toEqual(all.slice(3));
  expect(await rowsOf(6, 3, `&error_id=${id.toUpperCase()}`)).toEqual(all.slice(0, 3));
  expect(await rowsOf(6, 0, '&error_id=1')).toEqual([]);
  expect(await rowsOf(6, 4, '&since=1h')).toEqual(all);
  expect(await rowsOf(6, 0, '&since=2199-01-01')).toEqual([]);
  const seen: Row[] = [];
  let cursor = '';
  do {
    const url = `/api/activity?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const page = (await call('GET', url, 'person-6')).json();
    seen.push(...page.activities);
    cursor = page.next_cursor ?? '';
  } while (cursor !== '');
  expect(seen.reverse()).toEqual(all);
});

test.each([
  ['no trace', '00-00000000000000000000000000000000-eee19b7ec3c1b174-01'],
  ['a version that is none', `ff-${TRACE}-eee19b7ec3c1b174-01`],
  ['text', "'; drop table"],
])('a traceparent with %s leaves no trace id', async (_what, traceparent) => {
  await call('GET', '/api/agents', 'morgan-7', { headers: { traceparent } });
  const rows = await vi.waitFor(
    async () => {
      const { activities } = (await call('GET', '/api/activity', 'person-7')).json();
      expect(activities.length).toBeGreaterThan(0);
      return activities;
    },
    { timeout: 10_000, interval: 50 },
  );
  expect(rows).toMatchObject(rows.map(() => ({ call: 'list-agents', trace_id: null })));
});

test('an agent’s stream is a row once it has ended', async () => {
  const reader = new AbortController();
  const answer = await fetch(`${base}/api/stream`, {
    headers: { authorization: 'Bearer morgan-8' },
    signal: reader.signal,
  });
  expect(answer.status).toBe(200);
  reader.abort();
  expect(await rowsOf(8, 1)).toMatchObject([{ call: 'stream-errors', actor: 'morgan', outcome: 'OK' }]);
});

test('what a caller asked for is recorded also when it did not wait for the answer', async () => {
  const id = await log(9);
  const healing = { ...t.healing };
  const steps = new EventEmitter();
  const asked = once(steps, 'asked');
  t.healing.fix = async (error, options) => {
    const left = once(steps, 'left');
    steps.emit('asked');
    await left;
    return healing.fix(error, options);
  };
  const caller = new AbortController();
  const answer = fetch(`${base}/api/errors/${id}/fix`, {
    method: 'POST',
    headers: { authorization: 'Bearer morgan-9' },
    signal: caller.signal,
  });
  await asked;
  caller.abort();
  await expect(answer).rejects.toThrow('aborted');
  steps.emit('left');
  Object.assign(t.healing, healing);
  expect(await rowsOf(9, 1)).toMatchObject([{ call: 'fix-error', actor: 'morgan', error_id: id, outcome: 'OK' }]);
});
