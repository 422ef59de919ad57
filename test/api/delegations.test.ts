// Delegations over REST: what may be asked, by whom, and what is answered.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putNotification } from '../operations/put-notification.ts';
import { openTestApi, tokenOf } from './open-test-api.ts';
import type { TestApi } from './open-test-api.ts';

let t: TestApi;
const UNKNOWN = '0b7f9a52-41b4-4a3c-9f0e-1d2c3b4a5968';

beforeAll(async () => {
  t = await openTestApi({
    tokens: [
      tokenOf(1, 'all'),
      tokenOf(1, 'reader', ['read']),
      tokenOf(1, 'writer', ['read', 'write']),
      tokenOf(1, 'morgan', ['read', 'write']),
      tokenOf(1, 'alex', ['read', 'write']),
      tokenOf('*', 'operator'),
      // One company for each test that counts.
      tokenOf(2, 'two'),
      tokenOf(3, 'three'),
      tokenOf(4, 'four'),
      tokenOf(5, 'five'),
    ],
  });
});
afterAll(() => t.close());

const call = (method: 'GET' | 'POST' | 'HEAD', url: string, payload?: object, token = 'all') =>
  t.api.server.inject({
    method,
    url,
    headers: { authorization: `Bearer ${token}` },
    ...(payload === undefined ? {} : { payload }),
  });

let logged = 0;
/** Each a group of its own. */
async function log(token = 'all'): Promise<string> {
  logged += 1;
  const answer = await call(
    'POST',
    '/api/errors/log',
    { service: 'billing', severity: 'critical', error_type: 'api_error', message: `no payment ${'x'.repeat(logged)}` },
    token,
  );
  return answer.json().id;
}

const delegate = (payload: object, token = 'all') => call('POST', '/api/delegations', payload, token);

async function taskFor(agent: string): Promise<string> {
  const answer = await delegate({ error_id: await log(), agents: [agent], reason: 'r' });
  return answer.json().delegations[0].id;
}

test('a delegation is answered 201 with who was asked about what, and found by its id and in the list', async () => {
  const errorId = await log();
  const answer = await delegate(
    {
      error_id: errorId.toUpperCase(),
      agents: ['alex'],
      questions: ['Since when?'],
      reason: 'money',
      priority: 'urgent',
    },
    'writer',
  );
  expect(answer.statusCode, answer.body).toBe(201);
  const { created, delegations } = answer.json();
  expect(created).toBe(true);
  expect(delegations).toMatchObject([
    {
      agent: 'alex',
      state: 'open',
      questions: ['Since when?'],
      held_by: null,
      acknowledged_at: null,
      report: null,
      case: {
        state: 'open',
        kind: 'by_hand',
        error_id: errorId,
        fix_id: null,
        service: 'billing',
        severity: 'critical',
        reason: 'money',
        opened_by: 'writer',
        priority: 'urgent',
        join: 'all',
        closed_at: null,
      },
    },
  ]);
  const { id } = delegations[0];
  expect((await call('GET', `/api/delegations/${id}`)).json()).toMatchObject({ id, company_id: 1, others: [] });
  expect((await call('GET', `/api/delegations?error_id=${errorId}`)).json()).toEqual({
    delegations,
    next_cursor: null,
  });
});

test('asking again is answered 200 and asks nobody twice; another agent joins the same case', async () => {
  const error_id = await log();
  const first = await delegate({ error_id, agents: ['morgan'], reason: 'r' });
  const again = await delegate({ error_id, agents: ['morgan', 'morgan'], reason: 'r' });
  expect([first.statusCode, again.statusCode]).toEqual([201, 200]);
  expect(again.json()).toMatchObject({ created: false, delegations: [{ id: first.json().delegations[0].id }] });
  const both = await delegate({ error_id, agents: ['morgan', 'alex'], reason: 'r' });
  expect(both.statusCode).toBe(201);
  expect(both.json().delegations.map((one: { agent: string }) => one.agent)).toEqual(['morgan', 'alex']);
  const shown = (await call('GET', `/api/delegations/${first.json().delegations[0].id}`)).json();
  expect(shown.others).toMatchObject([{ agent: 'alex', state: 'open', report: null }]);
});

test.each([[undefined], [[]], [['ada']]])('with %j as agents the routes decide', async (agents) => {
  const answer = await delegate({ error_id: await log(), reason: 'r', ...(agents === undefined ? {} : { agents }) });
  expect(answer.json().delegations.map((one: { agent: string }) => one.agent)).toEqual(['morgan']);
});

test.each([
  ['an agent that nobody is', { agents: ['morgan', 'nobody'] }, 'agents'],
  ['ada beside another', { agents: ['ada', 'alex'] }, 'agents'],
  ['nine agents', { agents: Array.from({ length: 9 }, () => 'morgan') }, 'agents'],
  ['eleven questions', { questions: Array.from({ length: 11 }, () => 'q') }, 'questions'],
  ['a question of 501 characters', { questions: ['q'.repeat(501)] }, 'questions.0'],
  ['no reason', { reason: ' ' }, 'reason'],
  ['a reason of 1,001 characters', { reason: 'r'.repeat(1_001) }, 'reason'],
  ['an unknown priority', { priority: 'soon' }, 'priority'],
  ['an unknown join', { join: 'most' }, 'join'],
  ['an unknown field', { agent: 'morgan' }, 'agent'],
])('%s is refused, and the field named', async (_what, change, field) => {
  const answer = await delegate({ error_id: UNKNOWN, reason: 'r', ...change });
  expect(answer.statusCode, answer.body).toBe(400);
  expect(answer.json()).toMatchObject({ code: 'INVALID_INPUT', field });
});

test('an error that is not there can be nobody’s task', async () => {
  const unknown = await delegate({ error_id: UNKNOWN, reason: 'r' });
  expect([unknown.statusCode, unknown.json().code]).toEqual([404, 'NOT_FOUND']);
  expect((await delegate({ error_id: '1', reason: 'r' })).body).toBe(unknown.body);
});

test('taken, kept and reported: each answer shows the delegation as it is then', async () => {
  const id = await taskFor('morgan');
  const taken = await call('POST', `/api/delegations/${id}/ack`, undefined, 'morgan');
  expect(taken.statusCode, taken.body).toBe(200);
  expect(taken.json()).toMatchObject({ id, state: 'acknowledged', held_by: 'morgan' });
  expect(taken.json().due_at).not.toBeNull();
  expect((await call('POST', `/api/delegations/${id}/ack`, {}, 'morgan')).statusCode).toBe(200);
  const reported = await call(
    'POST',
    `/api/delegations/${id}/report`,
    { status: 'resolved', summary: 'The pool was too small.', evidence: ['20 of 20 in use'] },
    'morgan',
  );
  expect(reported.json()).toMatchObject({
    state: 'reported',
    held_by: null,
    report: { status: 'resolved', summary: 'The pool was too small.', evidence: ['20 of 20 in use'], by: 'morgan' },
  });
});

test('a delegation that is handed back says why', async () => {
  const id = await taskFor('morgan');
  await call('POST', `/api/delegations/${id}/ack`, {}, 'morgan');
  const released = await call('POST', `/api/delegations/${id}/release`, { reason: 'a network matter' }, 'morgan');
  expect(released.json()).toMatchObject({
    state: 'open',
    held_by: null,
    note: 'handed back by morgan: a network matter',
  });
});

test('another agent’s delegation is forbidden; a token with admin acts for all', async () => {
  const id = await taskFor('morgan');
  for (const [path, payload] of [
    ['ack', {}],
    ['report', { status: 'unable', summary: 's' }],
    ['release', { reason: 'r' }],
  ] as const) {
    const answer = await call('POST', `/api/delegations/${id}/${path}`, payload, 'alex');
    expect([path, answer.statusCode, answer.json().code]).toEqual([path, 403, 'FORBIDDEN']);
  }
  expect((await call('POST', `/api/delegations/${id}/ack`, {}, 'all')).json()).toMatchObject({ held_by: 'all' });
});

test('reading takes read, all else write', async () => {
  const id = await taskFor('morgan');
  const payloads = {
    ack: {},
    report: { status: 'unable', summary: 's' },
    release: { reason: 'r' },
  };
  for (const [path, payload] of Object.entries(payloads)) {
    expect((await call('POST', `/api/delegations/${id}/${path}`, payload, 'reader')).statusCode, path).toBe(403);
  }
  expect((await delegate({ error_id: UNKNOWN, reason: 'r' }, 'reader')).statusCode).toBe(403);
  for (const url of [
    '/api/delegations',
    `/api/delegations/${id}`,
    '/api/agents',
    '/api/activity',
    '/api/notifications',
    '/api/me',
  ]) {
    expect((await call('GET', url, undefined, 'reader')).statusCode, url).toBe(200);
    expect((await call('HEAD', url, undefined, 'reader')).statusCode, url).toBe(200);
  }
});

test.each([
  ['no status', { summary: 's' }, 'status'],
  ['an unknown status', { status: 'done', summary: 's' }, 'status'],
  ['no summary', { status: 'found' }, 'summary'],
  ['a summary of 4,001 characters', { status: 'found', summary: 's'.repeat(4_001) }, 'summary'],
  [
    '21 pieces of evidence',
    { status: 'found', summary: 's', evidence: Array.from({ length: 21 }, () => 'e') },
    'evidence',
  ],
  ['evidence of 1,001 characters', { status: 'found', summary: 's', evidence: ['e'.repeat(1_001)] }, 'evidence.0'],
])('a report with %s is refused, and the field named', async (_what, payload, field) => {
  const answer = await call('POST', `/api/delegations/${UNKNOWN}/report`, payload);
  expect(answer.json()).toMatchObject({ code: 'INVALID_INPUT', field });
});

test('an id that is none is answered like an unknown one', async () => {
  const unknown = (await call('GET', `/api/delegations/${UNKNOWN}`)).body;
  expect((await call('GET', '/api/delegations/1')).body).toBe(unknown);
  expect((await call('POST', '/api/delegations/1/ack')).body).toBe(unknown);
  expect((await call('POST', `/api/delegations/1/report`, { status: 'found', summary: 's' })).body).toBe(unknown);
  expect((await call('POST', `/api/delegations/1/release`, { reason: 'r' })).body).toBe(unknown);
});

test('pages hold every delegation once, newest case first', async () => {
  const ids: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    t.clock.aheadMs += 1_000;
    const error_id = await log('two');
    const answer = await delegate({ error_id, agents: ['morgan', 'alex'], reason: 'r' }, 'two');
    ids.unshift(
      ...answer
        .json()
        .delegations.map((one: { id: string }) => one.id)
        .sort()
        .reverse(),
    );
  }
  const seen: string[] = [];
  let cursor = '';
  do {
    const url = `/api/delegations?limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const page = (await call('GET', url, undefined, 'two')).json();
    seen.push(...page.delegations.map((one: { id: string }) => one.id));
    cursor = page.next_cursor ?? '';
  } while (cursor !== '');
  expect(seen).toEqual(ids);
});

test('the list is narrowed by agent and by one or several states', async () => {
  const of = async (agent: string) =>
    (await delegate({ error_id: await log('three'), agents: [agent], reason: 'r' }, 'three')).json().delegations[0].id;
  const [open, taken, other] = [await of('morgan'), await of('morgan'), await of('alex')];
  await call('POST', `/api/delegations/${taken}/ack`, {}, 'three');
  const listed = async (query: string) => {
    const { delegations } = (await call('GET', `/api/delegations?${query}`, undefined, 'three')).json();
    return new Set(delegations.map((one: { id: string }) => one.id));
  };
  expect(await listed('agent=morgan')).toEqual(new Set([open, taken]));
  expect(await listed('state=open')).toEqual(new Set([open, other]));
  expect(await listed('state=open,acknowledged')).toEqual(new Set([open, taken, other]));
  expect(await listed('agent=alex&state=acknowledged')).toEqual(new Set());
  expect(await listed('error_id=1')).toEqual(new Set());
});

test.each([
  ['/api/delegations?agent=nobody', 'agent'],
  ['/api/activity?agent=nobody', 'agent'],
  ['/api/delegations?state=lost', 'state'],
  ['/api/delegations?cursor=x', 'cursor'],
  ['/api/delegations?limit=201', 'limit'],
  ['/api/activity?cursor=x', 'cursor'],
  // 2^64: no row can have it.
  [`/api/activity?cursor=${Buffer.from('1.18446744073709551616').toString('base64url')}`, 'cursor'],
  ['/api/activity?since=soon', 'since'],
  ['/api/notifications?state=lost', 'state'],
  ['/api/notifications?limit=0', 'limit'],
  ['/api/agents?agent=morgan', 'agent'],
  ['/api/me?name=x', 'name'],
])('%s is refused, naming %s', async (url, field) => {
  const answer = await call('GET', url);
  expect(answer.statusCode, answer.body).toBe(400);
  expect(answer.json()).toMatchObject({ code: 'INVALID_INPUT', field });
});

test('agents are told with what they hold and how they did, without the address of a webhook', async () => {
  const error_id = await log('operator');
  const asked = await delegate({ error_id, agents: ['alex'], reason: 'r', company_id: 1 }, 'operator');
  const { id } = asked.json().delegations[0];
  await call('POST', `/api/delegations/${id}/ack`, {}, 'alex');
  const answer = await call('GET', '/api/agents');
  const { agents } = answer.json();
  expect(agents.map((agent: { name: string }) => agent.name)).toEqual(['morgan', 'alex', 'ada']);
  expect(agents[1]).toMatchObject({ role: 'Finance: billing', has_webhook: true });
  expect(agents[1].works_on).toContainEqual(
    expect.objectContaining({ delegation_id: id, error_id, service: 'billing', held_by: 'alex' }),
  );
  expect(agents[2]).toMatchObject({ name: 'ada', has_webhook: false, works_on: [], waiting: 0 });
  expect(answer.body).not.toContain('alex.example.com');
});

test('the caller learns its name, company, scopes, and which agent it is', async () => {
  expect((await call('GET', '/api/me', undefined, 'morgan')).json()).toEqual({
    name: 'morgan',
    company: 1,
    scopes: ['read', 'write'],
    agent: 'morgan',
  });
  expect((await call('GET', '/api/me', undefined, 'operator')).json()).toEqual({
    name: 'operator',
    company: '*',
    scopes: ['ingest', 'read', 'write', 'fix', 'approve', 'admin'],
    agent: null,
  });
});

test('notifications tell what was sent and what could not be, newest first', async () => {
  const put = (state: 'sent' | 'failed', createdAtMs: number) =>
    putNotification(t.store, {
      id: randomUUID(),
      seq: 1,
      channel: 'ops',
      state,
      notice: {
        companyId: 4,
        kind: 'fix_failed',
        key: 'k',
        severity: 'error',
        title: 'A fix failed',
        service: 'billing',
        message: 'no payment',
        fields: [['rule', 'restart-hung']],
        path: '/admin',
        atMs: createdAtMs,
        agent: '',
      },
      tries: 1,
      nextTryAtMs: undefined,
      note: state === 'failed' ? '410 Gone' : '200 OK',
      createdAtMs,
      updatedAtMs: createdAtMs,
    });
  const at = Date.now() - 60_000;
  await put('sent', at);
  await put('failed', at + 1_000);
  const all = (await call('GET', '/api/notifications', undefined, 'four')).json();
  expect(all.notifications.map((one: { state: string }) => one.state)).toEqual(['failed', 'sent']);
  const failed = (await call('GET', '/api/notifications?state=failed', undefined, 'four')).json();
  expect(failed.notifications).toMatchObject([
    {
      channel: 'ops',
      kind: 'fix_failed',
      title: 'A fix failed',
      fields: [{ name: 'rule', value: 'restart-hung' }],
      agent: null,
      tries: 1,
      next_try_at: null,
      note: '410 Gone',
    },
  ]);
});

test('the message that announces a delegation to its agent is on the list', async () => {
  await delegate({ error_id: await log('five'), agents: ['alex', 'morgan'], reason: 'r' }, 'five');
  const { notifications } = (await call('GET', '/api/notifications', undefined, 'five')).json();
  expect(notifications).toMatchObject([
    { channel: 'agent:alex', state: 'pending', kind: 'delegation_opened', agent: 'alex', service: 'billing', tries: 0 },
  ]);
});
