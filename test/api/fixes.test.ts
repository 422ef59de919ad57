// Fixes over REST: what may be asked, what is answered, and who may decide.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Attempt } from '../../src/healing/attempt.ts';
import type { Scope } from '../../src/access/principal.ts';
import type { Rule } from '../../src/healing/rule.ts';
import type { StoredError } from '../../src/store/error-store.ts';
import { attemptOn, rule } from '../operations/memory-healing.ts';
import { openTestApi, tokenOf } from './open-test-api.ts';
import type { TestApi } from './open-test-api.ts';

let t: TestApi;
const UNKNOWN = '0b7f9a52-41b4-4a3c-9f0e-1d2c3b4a5968';
const startedAtMs = Date.UTC(2026, 10, 24, 12, 30, 0);

beforeAll(async () => {
  const only = (...scopes: Scope[]) => scopes;
  t = await openTestApi({
    tokens: [
      tokenOf(1, 'all'),
      tokenOf('*', 'operator'),
      // Of a company without fixes.
      tokenOf(9, 'idle'),
      tokenOf(1, 'reader', only('read')),
      tokenOf(1, 'agent', only('read', 'write', 'fix')),
      // Of the roster, with more than it should have.
      tokenOf(1, 'morgan'),
    ],
  });
});
afterAll(() => t.close());

const call = (method: 'GET' | 'POST', url: string, payload?: object, token = 'all') =>
  t.api.server.inject({
    method,
    url,
    headers: { authorization: `Bearer ${token}` },
    ...(payload === undefined ? {} : { payload }),
  });

let logged = 0;
async function log(service = 'checkout'): Promise<StoredError> {
  logged += 1;
  const answer = await call('POST', '/api/errors/log', {
    service,
    severity: 'error',
    error_type: 'timeout',
    message: `no answer ${'x'.repeat(logged)}`,
  });
  const error = await t.store.getError(1, answer.json().id);
  if (error === undefined) throw new Error('it was not stored');
  return error;
}

test('a fix is answered at once with its attempt, which is then found by its id and in the list', async () => {
  const error = await log();
  const answer = await call('POST', `/api/errors/${error.id}/fix`, undefined, 'agent');
  expect(answer.statusCode, answer.body).toBe(202);
  const { status, attempt } = answer.json();
  expect(status).toBe('attempt');
  expect(attempt).toMatchObject({ requested_by: 'agent', error_id: error.id, state: 'awaiting_approval' });
  expect((await call('GET', `/api/fixes/${attempt.id}`)).json()).toMatchObject(attempt);
  const listed = (await call('GET', `/api/fixes?fingerprint=${error.fingerprint.toUpperCase()}`)).json();
  expect(listed).toMatchObject({ fixes: [{ id: attempt.id }], next_cursor: null });
});

test('what holds a fix back is said, with its reason', async () => {
  const error = await log();
  const fix = async (payload: object = {}) => (await call('POST', `/api/errors/${error.id}/fix`, payload)).json();
  t.healing.answerNext({ kind: 'no_rule', unavailable: [] });
  expect(await fix()).toEqual({ status: 'no_rule', note: 'no rule knows this error' });
  const unavailable = 'no Docker engine is configured, and it is needed for container.inspect';
  const other = { ...rule, id: 'start-stopped', title: 'Start a container that stopped' };
  t.healing.answerNext({
    kind: 'no_rule',
    unavailable: [
      { rule, unavailable },
      { rule: other, unavailable },
    ],
  });
  expect(await fix({ dry_run: true })).toEqual({
    status: 'no_rule',
    note:
      `the rule restart-hung knows this error, but can't work here: ${unavailable}; ` +
      `the rule start-stopped knows this error, but can't work here: ${unavailable}`,
    unavailable: [
      { rule_id: 'restart-hung', rule_title: 'Restart a service that hangs', unavailable },
      { rule_id: 'start-stopped', rule_title: 'Start a container that stopped', unavailable },
    ],
  });
  t.healing.answerNext({ kind: 'suppressed', reason: 'cooldown', note: '4 minutes are left', attempt: undefined });
  expect(await fix()).toEqual({ status: 'suppressed', reason: 'cooldown', note: '4 minutes are left' });
});

test('a dry run answers diagnosis and plan, and no attempt', async () => {
  const error = await log();
  t.healing.answerNext({
    kind: 'dry_run',
    rule,
    targetName: 'checkout',
    facts: { 'http.status': 503, 'tcp.open': true },
    branch: 'hung',
    finding: 'SERVICE_HANGS',
    steps: [
      {
        id: 'restart',
        action: 'container.restart',
        with: { stop_timeout_s: 10 },
        timeoutMs: 1,
        retries: 0,
        onFail: 'next',
      },
    ],
    verify: 'no error of the same groups for 1 min, from 5 s after the change on',
    handOver: undefined,
    mode: 'approve',
    suppression: 'paused',
  });
  const answer = await call('POST', `/api/errors/${error.id}/fix`, { dry_run: true });
  expect(answer.statusCode).toBe(202);
  expect(answer.json()).toEqual({
    status: 'dry_run',
    reason: 'paused',
    plan: {
      rule_id: 'restart-hung',
      rule_title: 'Restart a service that hangs',
      target: 'checkout',
      facts: { 'http.status': 503, 'tcp.open': true },
      branch: 'hung',
      finding: 'SERVICE_HANGS',
      steps: [{ id: 'restart', action: 'container.restart', with: { stop_timeout_s: 10 } }],
      mode: 'approve',
      verify: 'no error of the same groups for 1 min, from 5 s after the change on',
      hands_over: null,
    },
  });
});

test('a dry run that would only hand over says which agents would be asked, and what', async () => {
  const error = await log();
  const rehearse = async (handOver: Rule['escalate']) => {
    t.healing.answerNext({
      kind: 'dry_run',
      rule,
      mode: 'observe',
      targetName: 'checkout',
      facts: {},
      branch: '',
      finding: 'PAYMENTS_FAILING',
      steps: [],
      verify: '',
      handOver,
      suppression: undefined,
    });
    return (await call('POST', `/api/errors/${error.id}/fix`, { dry_run: true })).json().plan;
  };
  const ask = ['Is it billed twice?', 'Since when?'];
  expect(await rehearse({ to: 'ada', ask })).toMatchObject({
    steps: [],
    mode: 'observe',
    verify: '',
    // In the order of the roster, not of the route.
    hands_over: { to: ['morgan', 'alex'], questions: ['Is it billed twice?', 'Since when?', 'alex: who is charged?'] },
  });
  expect(await rehearse({ to: 'alex', ask })).toMatchObject({ hands_over: { to: ['alex'], questions: ask } });
});

test('a fix tells each step with its evidence and time, and its moves in order', async () => {
  const error = await log();
  const matched = attemptOn(error, { startedAtMs, updatedAtMs: startedAtMs, state: 'matched', dueAtMs: undefined });
  const step = {
    id: 'restart',
    action: 'container.restart',
    params: { stop_timeout_s: 10 },
    before: { startedAt: '2026-11-24T08:00:00Z' },
    after: {},
    intentAtMs: startedAtMs + 1_000,
    endedAtMs: undefined,
    note: '',
  };
  const acting: Attempt = {
    ...matched,
    seq: 2,
    state: 'acting',
    updatedAtMs: startedAtMs + 1_000,
    steps: [{ ...step, state: 'intent' }],
  };
  const ended: Attempt = {
    ...acting,
    seq: 3,
    state: 'ended',
    outcome: 'succeeded',
    steps: [{ ...step, state: 'done', after: { startedAt: '2026-11-24T12:30:02Z' }, endedAtMs: startedAtMs + 2_500 }],
    verification: { 'http.status': 200, errors: 0 },
    note: 'restarted; silent for 60 s',
    actedAtMs: startedAtMs + 2_500,
    updatedAtMs: startedAtMs + 63_000,
    endedAtMs: startedAtMs + 63_000,
  };
  for (const attempt of [matched, acting, ended]) await t.healing.put(attempt);
  const { timeline, ...fix } = (await call('GET', `/api/fixes/${matched.id}`)).json();
  expect(fix).toMatchObject({
    outcome: 'succeeded',
    suppression: null,
    target: 'checkout',
    acted_at: '2026-11-24T12:30:02.500Z',
    ended_at: '2026-11-24T12:31:03.000Z',
    due_at: null,
    escalated_to: null,
    container_id: null,
    facts: { 'http.status': 503 },
    verification: { 'http.status': 200, errors: 0 },
    cause: { key: 'checkout', count: 3, first_error_at: '2026-11-24T12:29:58.000Z' },
    timings_ms: { fired: 1_500, started: 2_000, acted: 4_500, ended: 65_000 },
  });
  expect(fix.steps).toEqual([
    {
      id: 'restart',
      action: 'container.restart',
      params: { stop_timeout_s: 10 },
      state: 'done',
      before: { startedAt: '2026-11-24T08:00:00Z' },
      after: { startedAt: '2026-11-24T12:30:02Z' },
      intent_at: '2026-11-24T12:30:01.000Z',
      ended_at: '2026-11-24T12:30:02.500Z',
      took_ms: 1_500,
      note: '',
    },
  ]);
  const move = (state: string, step_state: string | null, lasted_ms: number | null) =>
    expect.objectContaining({ state, step_state, lasted_ms });
  expect(timeline).toEqual([
    move('matched', null, 1_000),
    move('acting', 'intent', 62_000),
    move('ended', 'done', null),
  ]);
});

test('a fix that acted shows on its error and its group', async () => {
  const error = await log();
  const acted = { actedAtMs: error.timestampMs + 1, endedAtMs: error.timestampMs + 2, state: 'ended' as const };
  await t.healing.put(attemptOn(error, { ...acted, outcome: 'succeeded' }));
  const marks = { auto_fix_attempted: true, auto_fix_successful: true };
  expect((await call('GET', `/api/errors/${error.id}`)).json()).toMatchObject(marks);
  expect((await call('GET', `/api/groups/${error.fingerprint}`)).json()).toMatchObject(marks);
});

test('the list is filtered and paged, newest first', async () => {
  const error = await log('paged');
  for (let n = 0; n < 5; n += 1) {
    const outcome = n % 2 === 0 ? ('succeeded' as const) : ('worse' as const);
    await t.healing.put(
      attemptOn(error, { ruleId: 'paged', state: 'ended', outcome, startedAtMs: startedAtMs + n, note: `${n}` }),
    );
  }
  const notes = async (query: string) => {
    const page = (await call('GET', `/api/fixes?rule_id=paged&${query}`)).json();
    return [page.fixes.map((fix: { note: string }) => fix.note).join(''), page.next_cursor];
  };
  const [first, cursor] = await notes('limit=2');
  expect(first).toBe('43');
  const [second, next] = await notes(`limit=2&cursor=${cursor}`);
  expect(second).toBe('21');
  expect(await notes(`limit=2&cursor=${next}`)).toEqual(['0', null]);
  expect(await notes('outcome=worse')).toEqual(['31', null]);
  expect(await notes('outcome=worse,succeeded&state=ended')).toEqual(['43210', null]);
  expect(await notes('state=acting')).toEqual(['', null]);
});

test.each([
  ['outcome=great', 'outcome'],
  ['state=done', 'state'],
  ['cursor=abc', 'cursor'],
  ['fingerprint=1', 'fingerprint'],
])('a list asked for with %s is refused', async (query, field) => {
  const answer = await call('GET', `/api/fixes?${query}`);
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ code: 'INVALID_INPUT', field });
});

test('a fix that waits is approved once, by whom the token names', async () => {
  const { id } = await t.healing.put(attemptOn(await log()));
  const approved = await call('POST', `/api/fixes/${id.toUpperCase()}/approve`);
  expect(approved.statusCode, approved.body).toBe(200);
  expect(approved.json()).toMatchObject({ id, state: 'acting', note: 'approved by all' });
  const again = await call('POST', `/api/fixes/${id}/approve`);
  expect(again.statusCode).toBe(409);
  expect(again.json()).toMatchObject({ code: 'CONFLICT' });
});

test('a fix that waits shows each step with the values that it would be taken with', async () => {
  const planned = [
    { id: 'raise', action: 'container.memory.raise', params: { factor: 1.5, max: 536_870_912 } },
    { id: 'restart', action: 'container.restart', params: { stop_timeout: 20_000 } },
  ];
  const { id } = await t.healing.put(attemptOn(await log(), { planned }));
  expect((await call('GET', `/api/fixes/${id}`)).json()).toMatchObject({
    state: 'awaiting_approval',
    planned,
    steps: [],
  });
});

test('a rejection needs a reason', async () => {
  const { id } = await t.healing.put(attemptOn(await log()));
  expect((await call('POST', `/api/fixes/${id}/reject`, {})).json()).toMatchObject({
    code: 'INVALID_INPUT',
    field: 'reason',
  });
  const rejected = await call('POST', `/api/fixes/${id}/reject`, { reason: 'a deploy is under way' });
  expect(rejected.json()).toMatchObject({ outcome: 'rejected', note: 'all: a deploy is under way' });
});

test('an agent may fix, but neither approve, nor reject, nor pause', async () => {
  const { id } = await t.healing.put(attemptOn(await log()));
  for (const [url, payload] of [
    [`/api/fixes/${id}/approve`, {}],
    [`/api/fixes/${id}/reject`, { reason: 'r' }],
    ['/api/healing/pause', { paused: true }],
  ] as const) {
    expect((await call('POST', url, payload, 'agent')).statusCode, url).toBe(403);
  }
  for (const path of ['fix', 'rollback']) {
    const url = path === 'fix' ? `/api/errors/${UNKNOWN}/fix` : `/api/fixes/${id}/rollback`;
    expect((await call('POST', url, {}, 'reader')).statusCode, url).toBe(403);
  }
});

test('approval is never an agent’s, whatever its token may do; it may say no', async () => {
  const { id } = await t.healing.put(attemptOn(await log()));
  const approved = await call('POST', `/api/fixes/${id}/approve`, {}, 'morgan');
  expect(approved.statusCode).toBe(403);
  expect(approved.json()).toMatchObject({
    code: 'FORBIDDEN',
    detail: 'morgan is an agent of the roster: a person must do it',
  });
  expect((await call('GET', `/api/fixes/${id}`)).json()).toMatchObject({ state: 'awaiting_approval' });
  const rejected = await call('POST', `/api/fixes/${id}/reject`, { reason: 'not now' }, 'morgan');
  expect(rejected.json()).toMatchObject({ outcome: 'rejected' });
});

test('where consent is asked for an undo takes a person’s too, and keeps why', async () => {
  const step = {
    id: 'raise',
    action: 'container.memory.raise',
    params: {},
    state: 'done',
    before: {},
    after: {},
    intentAtMs: startedAtMs,
    endedAtMs: startedAtMs,
    note: '',
  } as const;
  const { id } = await t.healing.put(attemptOn(await log(), { state: 'ended', outcome: 'succeeded', steps: [step] }));
  const undo = (payload: object, token?: string) => call('POST', `/api/fixes/${id}/rollback`, payload, token);
  for (const [payload, token] of [
    [{}, 'agent'],
    [{ consent: true }, 'agent'],
    [{}, 'morgan'],
    [{ consent: false }, 'all'],
  ] as const) {
    const refused = await undo(payload, token);
    expect(refused.statusCode, token).toBe(403);
    expect(refused.json().detail).toContain('a person must do it');
  }
  expect((await undo({ reason: 'x'.repeat(1_001) })).json()).toMatchObject({ code: 'INVALID_INPUT', field: 'reason' });
  expect((await undo({ reason: 'too much memory' })).json()).toMatchObject({
    outcome: 'rolled_back',
    note: 'undone by all: too much memory',
  });
});

test('an id that is none is answered like an unknown one', async () => {
  const unknown = (await call('GET', `/api/fixes/${UNKNOWN}`)).body;
  expect((await call('GET', '/api/fixes/1')).body).toBe(unknown);
  expect((await call('POST', '/api/fixes/1/approve', {})).body).toBe(unknown);
  expect((await call('POST', '/api/errors/1/fix', {})).statusCode).toBe(404);
});

test('rules tell their limits and what they have brought, and of an error whether they match it', async () => {
  const bare = (await call('GET', '/api/rules')).json();
  expect(bare).toEqual({
    rules: [
      {
        id: 'restart-hung',
        title: 'Restart a service that hangs',
        hash: '0123456789abcdef',
        mode: 'auto',
        effective_mode: 'approve',
        available: false,
        unavailable: 'no Docker engine is configured',
        priority: 50,
        limits: {
          cooldown_ms: 300_000,
          attempts: { max: 3, within_ms: 3_600_000 },
          breaker: { failures: 2, within_ms: 3_600_000, open_ms: 7_200_000 },
        },
        efficacy: {
          attempts: 4,
          succeeded: 3,
          ineffective: 1,
          relapsed: 0,
          median_recovery_ms: 42_000,
          recovery_without_fix: null,
        },
      },
    ],
  });
  const [matching, other] = [await log(), await log('billing')];
  const asked = async (id: string) => (await call('GET', `/api/rules?error_id=${id}`)).json().rules[0];
  expect(await asked(matching.id)).toMatchObject({ matches: true, mismatch: null });
  expect(await asked(other.id)).toMatchObject({ matches: false, mismatch: 'service is not checkout' });
  expect((await call('GET', `/api/rules?error_id=${UNKNOWN}`)).statusCode).toBe(404);
});

test('the switch stops all companies, so it takes a token that serves all', async () => {
  expect((await call('GET', '/api/healing', undefined, 'idle')).json()).toEqual({
    paused: false,
    by: null,
    at: null,
    reason: null,
    mode: 'approve',
    awaiting_approval: 0,
  });
  expect((await call('POST', '/api/healing/pause', { paused: true })).statusCode).toBe(403);
  const paused = await call('POST', '/api/healing/pause', { paused: true, reason: 'maintenance' }, 'operator');
  expect(paused.json()).toMatchObject({ paused: true, by: 'operator', reason: 'maintenance', mode: 'approve' });
  expect((await call('GET', '/api/healing')).json()).toEqual(paused.json());
});

test('what waits for a person is counted, for the company that is asked about', async () => {
  const waiting = async (token: string, query = '') =>
    (await call('GET', `/api/healing${query}`, undefined, token)).json().awaiting_approval;
  const before = await waiting('all');
  const [first, second] = [await t.healing.put(attemptOn(await log())), await t.healing.put(attemptOn(await log()))];
  expect(await waiting('all')).toBe(before + 2);
  expect(await waiting('idle')).toBe(0);
  expect(await waiting('operator', '?company_id=9')).toBe(0);
  expect(await waiting('operator', '?company_id=1')).toBe(before + 2);
  const asked = { paused: false, company_id: 9 };
  expect((await call('POST', '/api/healing/pause', asked, 'operator')).json()).toMatchObject({ awaiting_approval: 0 });
  for (const { id } of [first, second]) await call('POST', `/api/fixes/${id}/approve`);
  expect(await waiting('all')).toBe(before);
});
