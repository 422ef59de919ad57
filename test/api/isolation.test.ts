// Two companies, every route: another company's id is answered byte for byte like one that nobody has, and nothing of the
// other company is told or changed. Driven by the route table: a route without a case here fails.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Notification } from '../../src/agents/notice.ts';
import { routes } from '../../src/api/routes.ts';
import { putNotification } from '../operations/put-notification.ts';
import { openTestApi, tokenOf } from './open-test-api.ts';
import type { TestApi } from './open-test-api.ts';

let t: TestApi;
let base: string;
const ids: Record<'seven' | 'eight', { id: string; fingerprint: string; trace: string }> = {
  seven: { id: '', fingerprint: '', trace: '7'.repeat(32) },
  eight: { id: '', fingerprint: '', trace: '8'.repeat(32) },
};
const fixes = { seven: '', eight: '' };
const tasks = { seven: '', eight: '' };
const UNKNOWN_ID = '0b7f9a52-41b4-4a3c-9f0e-1d2c3b4a5968';
const UNKNOWN_FINGERPRINT = 'd'.repeat(32);

beforeAll(async () => {
  t = await openTestApi({ tokens: [tokenOf(7, 'seven'), tokenOf(8, 'eight'), tokenOf('*', 'operator')] });
  base = `http://127.0.0.1:${(await t.api.start()).port}`;
  for (const token of ['seven', 'eight'] as const) {
    const error = (await call('POST', '/api/errors/log', token, logOf(token))).json();
    ids[token] = { ...ids[token], id: error.id, fingerprint: error.fingerprint };
    // A second error in the same trace, so that neighbours would show.
    await call('POST', '/api/errors/log', token, { ...logOf(token), message: `neighbour of ${token}` });
    fixes[token] = (await call('POST', `/api/errors/${error.id}/fix`, token, {})).json().attempt.id;
    const asked = { error_id: error.id, agents: ['morgan'], reason: `reason of ${token}` };
    tasks[token] = (await call('POST', '/api/delegations', token, asked)).json().delegations[0].id;
    await putNotification(t.store, notificationOf(token));
  }
});
afterAll(async () => {
  await t.close();
});

type Token = 'seven' | 'eight' | 'operator';

const logOf = (token: 'seven' | 'eight') => ({
  service: `service-of-${token}`,
  severity: 'error',
  error_type: 'timeout',
  message: `message of ${token}`,
  release: `of ${token}`,
  trace_id: ids[token].trace,
});

const notificationOf = (token: 'seven' | 'eight'): Notification => ({
  id: randomUUID(),
  seq: 1,
  channel: 'ops',
  state: 'sent',
  notice: {
    companyId: token === 'seven' ? 7 : 8,
    kind: 'critical_error',
    key: 'k',
    severity: 'critical',
    title: `title of ${token}`,
    service: `service-of-${token}`,
    message: `message of ${token}`,
    fields: [],
    path: '',
    atMs: Date.now(),
    agent: '',
  },
  tries: 1,
  nextTryAtMs: undefined,
  note: '',
  createdAtMs: Date.now(),
  updatedAtMs: Date.now(),
});

const call = (method: 'GET' | 'POST', url: string, token: Token, payload?: object) =>
  t.api.server.inject({
    method,
    url,
    headers: { authorization: `Bearer ${token}` },
    ...(payload === undefined ? {} : { payload }),
  });

/** For routes with an id: the same call on a given id or fingerprint. For the others: how the other company is asked for. */
interface Asked {
  readonly url: string;
  readonly payload?: object;
}

interface Case {
  readonly route: string;
  readonly onId?: (id: string) => Asked;
  readonly onFix?: (id: string) => Asked;
  readonly onTask?: (id: string) => Asked;
  readonly onFingerprint?: (fingerprint: string) => Asked;
  readonly own?: { readonly ok: number };
  readonly whole?: () => Promise<void>;
}

const tellsNothingOf = (body: string) => {
  expect(body).not.toContain('eight');
  expect(body).not.toContain(ids.eight.id);
  expect(body).not.toContain(fixes.eight);
  expect(body).not.toContain(tasks.eight);
  expect(body).not.toContain(ids.eight.fingerprint);
};

const listed = async (url: string, foreign: string, key: 'errors' | 'groups') => {
  const own = await call('GET', url, 'seven');
  expect(own.json()[key].length).toBe(2);
  for (const more of ['company_id=8', foreign, `company_id=8&${foreign}`]) {
    const answer = await call('GET', `${url}?${more}`, 'seven');
    expect(answer.statusCode, answer.body).toBe(200);
    tellsNothingOf(answer.body);
    if (more === 'company_id=8') expect(answer.body).toBe(own.body);
    else expect(answer.json()).toMatchObject({ total: 0, [key]: [], next_cursor: null });
  }
};

const cases: readonly Case[] = [
  {
    route: 'POST /api/errors/log',
    async whole() {
      const before = (await call('GET', '/api/errors?company_id=8', 'operator')).body;
      const refused = await call('POST', '/api/errors/log', 'seven', { ...logOf('seven'), company_id: 8 });
      expect(refused.statusCode).toBe(403);
      // The other company's id is free here: it makes an error of our own, and theirs stays what it was.
      const own = await call('POST', '/api/errors/log', 'seven', { ...logOf('seven'), id: ids.eight.id });
      expect(own.statusCode).toBe(201);
      expect(own.json()).toMatchObject({ id: ids.eight.id, company_id: 7, message: 'message of seven' });
      expect((await call('GET', '/api/errors?company_id=8', 'operator')).body).toBe(before);
    },
  },
  { route: 'GET /api/errors', whole: () => listed('/api/errors', 'service=service-of-eight', 'errors') },
  { route: 'GET /api/errors/:id', onId: (id) => ({ url: `/api/errors/${id}` }), own: { ok: 200 } },
  {
    route: 'POST /api/errors/:id/resolve',
    onId: (id) => ({ url: `/api/errors/${id}/resolve`, payload: { resolution_notes: 'n', scope: 'error' } }),
    own: { ok: 200 },
  },
  {
    route: 'POST /api/errors/:id/reopen',
    onId: (id) => ({ url: `/api/errors/${id}/reopen`, payload: { scope: 'error' } }),
    own: { ok: 200 },
  },
  {
    route: 'POST /api/errors/:id/fix',
    onId: (id) => ({ url: `/api/errors/${id}/fix`, payload: {} }),
    own: { ok: 202 },
  },
  { route: 'GET /api/errors/:id/similar', onId: (id) => ({ url: `/api/errors/${id}/similar` }), own: { ok: 200 } },
  { route: 'GET /api/groups', whole: () => listed('/api/groups', 'service=service-of-eight', 'groups') },
  {
    route: 'GET /api/groups/:fingerprint',
    onFingerprint: (fingerprint) => ({ url: `/api/groups/${fingerprint}` }),
    own: { ok: 200 },
  },
  {
    route: 'GET /api/releases',
    async whole() {
      const own = await call('GET', '/api/releases', 'seven');
      expect(own.json()).toMatchObject({ total: 1, releases: [{ service: 'service-of-seven', release: 'of seven' }] });
      expect((await call('GET', '/api/releases?company_id=8', 'seven')).body).toBe(own.body);
      const foreign = await call('GET', '/api/releases?service=service-of-eight', 'seven');
      expect(foreign.json()).toEqual({ total: 0, releases: [] });
    },
  },
  {
    route: 'GET /api/trends',
    async whole() {
      const count = (body: { points: { count: number }[] }) => body.points.reduce((sum, point) => sum + point.count, 0);
      expect(count((await call('GET', '/api/trends', 'seven')).json())).toBe(2);
      const asked = await call('GET', '/api/trends?company_id=8&group_by=service', 'seven');
      expect(asked.json().points).toMatchObject([{ key: 'service-of-seven', count: 2 }]);
      expect((await call('GET', '/api/trends?service=service-of-eight', 'seven')).json().points).toEqual([]);
    },
  },
  {
    route: 'GET /api/fixes',
    async whole() {
      const own = await call('GET', '/api/fixes', 'seven');
      expect(own.json().fixes.map((fix: { id: string }) => fix.id)).toContain(fixes.seven);
      tellsNothingOf(own.body);
      expect((await call('GET', '/api/fixes?company_id=8', 'seven')).body).toBe(own.body);
      const foreign = await call('GET', `/api/fixes?fingerprint=${ids.eight.fingerprint}`, 'seven');
      expect(foreign.json()).toEqual({ fixes: [], next_cursor: null });
    },
  },
  { route: 'GET /api/fixes/:id', onFix: (id) => ({ url: `/api/fixes/${id}` }), own: { ok: 200 } },
  {
    route: 'POST /api/fixes/:id/approve',
    onFix: (id) => ({ url: `/api/fixes/${id}/approve`, payload: {} }),
    own: { ok: 200 },
  },
  {
    route: 'POST /api/fixes/:id/reject',
    onFix: (id) => ({ url: `/api/fixes/${id}/reject`, payload: { reason: 'n' } }),
    // It was approved by the case before.
    own: { ok: 409 },
  },
  {
    route: 'POST /api/fixes/:id/rollback',
    onFix: (id) => ({ url: `/api/fixes/${id}/rollback`, payload: {} }),
    // It has no step.
    own: { ok: 409 },
  },
  {
    route: 'GET /api/rules',
    async whole() {
      const unknown = await call('GET', `/api/rules?error_id=${UNKNOWN_ID}`, 'seven');
      expect(unknown.statusCode).toBe(404);
      for (const query of [`error_id=${ids.eight.id}`, `error_id=${ids.eight.id}&company_id=8`]) {
        const answer = await call('GET', `/api/rules?${query}`, 'seven');
        expect([answer.statusCode, answer.body]).toEqual([404, unknown.body]);
      }
      expect((await call('GET', `/api/rules?error_id=${ids.seven.id}`, 'seven')).statusCode).toBe(200);
    },
  },
  {
    route: 'GET /api/healing',
    whole: async () => tellsNothingOf((await call('GET', '/api/healing', 'seven')).body),
  },
  {
    route: 'POST /api/healing/pause',
    async whole() {
      expect((await call('POST', '/api/healing/pause', 'eight', { paused: true })).statusCode).toBe(403);
      expect((await call('GET', '/api/healing', 'seven')).json()).toMatchObject({ paused: false });
    },
  },
  {
    route: 'POST /api/backups',
    async whole() {
      const refused = await call('POST', '/api/backups', 'eight', {});
      expect([refused.statusCode, refused.json().code]).toEqual([403, 'FORBIDDEN']);
    },
  },
  {
    route: 'GET /api/delegations',
    async whole() {
      const own = await call('GET', '/api/delegations', 'seven');
      expect(own.json().delegations).toMatchObject([{ id: tasks.seven }]);
      tellsNothingOf(own.body);
      expect((await call('GET', '/api/delegations?company_id=8', 'seven')).body).toBe(own.body);
      const foreign = await call('GET', `/api/delegations?error_id=${ids.eight.id}`, 'seven');
      expect(foreign.body).toBe((await call('GET', `/api/delegations?error_id=${UNKNOWN_ID}`, 'seven')).body);
      expect(foreign.json()).toEqual({ delegations: [], next_cursor: null });
    },
  },
  {
    route: 'POST /api/delegations',
    onId: (error_id) => ({ url: '/api/delegations', payload: { error_id, reason: 'r' } }),
    // It was asked for before.
    own: { ok: 200 },
  },
  { route: 'GET /api/delegations/:id', onTask: (id) => ({ url: `/api/delegations/${id}` }), own: { ok: 200 } },
  {
    route: 'POST /api/delegations/:id/ack',
    onTask: (id) => ({ url: `/api/delegations/${id}/ack`, payload: {} }),
    own: { ok: 200 },
  },
  {
    route: 'POST /api/delegations/:id/report',
    onTask: (id) => ({ url: `/api/delegations/${id}/report`, payload: { status: 'found', summary: 's' } }),
    own: { ok: 200 },
  },
  {
    route: 'POST /api/delegations/:id/release',
    onTask: (id) => ({ url: `/api/delegations/${id}/release`, payload: { reason: 'r' } }),
    // It was reported by the case before.
    own: { ok: 409 },
  },
  {
    route: 'GET /api/agents',
    async whole() {
      const own = await call('GET', '/api/agents', 'seven');
      tellsNothingOf(own.body);
      expect((await call('GET', '/api/agents?company_id=8', 'seven')).body).toBe(own.body);
    },
  },
  {
    route: 'GET /api/activity',
    async whole() {
      // Both companies have called by now; rows are written within a second.
      await vi.waitFor(
        async () => {
          for (const token of ['seven', 'eight'] as const) {
            const { activities } = (await call('GET', '/api/activity?limit=1', token)).json();
            expect(activities).toHaveLength(1);
          }
        },
        { timeout: 10_000, interval: 50 },
      );
      for (const query of ['', 'company_id=8', 'actor=eight', `error_id=${ids.eight.id}&actor=eight`]) {
        const { activities } = (await call('GET', `/api/activity?limit=1000&${query}`, 'seven')).json();
        expect(activities.map((row: { actor: string }) => row.actor)).not.toContain('eight');
        // What it asked for itself may stand there; what was made for the other company may not.
        for (const row of activities) expect([row.fix_id, row.outcome]).not.toEqual([fixes.eight, 'OK']);
      }
    },
  },
  {
    route: 'GET /api/notifications',
    async whole() {
      const own = await call('GET', '/api/notifications', 'seven');
      expect(own.json().notifications).toMatchObject([{ title: 'title of seven' }]);
      tellsNothingOf(own.body);
      expect((await call('GET', '/api/notifications?company_id=8', 'seven')).body).toBe(own.body);
    },
  },
  {
    route: 'GET /api/me',
    whole: async () =>
      expect((await call('GET', '/api/me', 'seven')).json()).toMatchObject({ name: 'seven', company: 7 }),
  },
  {
    route: 'GET /api/stream',
    async whole() {
      const from = '0.00000000-0000-0000-0000-000000000000';
      for (const query of [`last_event_id=${from}`, `last_event_id=${from}&company_id=8`]) {
        const reader = new AbortController();
        const answer = await fetch(`${base}/api/stream?${query}`, {
          headers: { authorization: 'Bearer seven' },
          signal: reader.signal,
        });
        let text = '';
        for await (const chunk of answer.body ?? []) {
          text += Buffer.from(chunk).toString('utf8');
          if (text.split('data: ').length > 2) break;
        }
        reader.abort();
        expect(text).toContain('message of seven');
        tellsNothingOf(text);
      }
    },
  },
];

test('every route of the table has a case', () => {
  expect(cases.map((entry) => entry.route)).toEqual(routes.map((route) => `${route.method} ${route.path}`));
});

for (const { route, onId, onFix, onTask, onFingerprint, own, whole } of cases.filter(
  (entry) => entry.route !== 'POST /api/errors/log',
)) {
  const method = route.startsWith('POST') ? 'POST' : 'GET';
  if (whole !== undefined) test(`${route} tells nothing of another company`, whole);

  const asks = [
    { on: onId, foreign: () => ids.eight.id, unknown: UNKNOWN_ID, ours: () => ids.seven.id },
    { on: onTask, foreign: () => tasks.eight, unknown: UNKNOWN_ID, ours: () => tasks.seven },
    { on: onFix, foreign: () => fixes.eight, unknown: UNKNOWN_ID, ours: () => fixes.seven },
    {
      on: onFingerprint,
      foreign: () => ids.eight.fingerprint,
      unknown: UNKNOWN_FINGERPRINT,
      ours: () => ids.seven.fingerprint,
    },
  ];
  for (const { on, foreign, unknown, ours } of asks) {
    if (on === undefined) continue;
    test(`${route} answers another company's id byte for byte like an unknown one`, async () => {
      const ask = (id: string, more: object = {}) => {
        const { url, payload } = on(id);
        const query = method === 'GET' && 'company_id' in more ? '?company_id=8' : '';
        return call(method, `${url}${query}`, 'seven', payload === undefined ? undefined : { ...payload, ...more });
      };
      const nobody = await ask(unknown);
      expect(nobody.statusCode).toBe(404);
      for (const theirs of [
        await ask(foreign()),
        await ask(foreign(), { company_id: 8 }),
        await ask(foreign().toUpperCase()),
      ]) {
        expect(theirs.statusCode).toBe(nobody.statusCode);
        expect(theirs.body).toBe(nobody.body);
        expect(stableHeaders(theirs.headers)).toEqual(stableHeaders(nobody.headers));
      }
      const mine = await ask(ours());
      expect(mine.statusCode, mine.body).toBe(own?.ok);
      if (mine.statusCode === 200) expect(mine.body).toMatch(/of[ -]seven/);
      tellsNothingOf(mine.body);
    });
  }
}

test('nothing of the other company was changed by all of this', async () => {
  const theirs = (await call('GET', `/api/errors/${ids.eight.id}`, 'eight')).json();
  expect(theirs).toMatchObject({ resolved: false, resolution_notes: null, message: 'message of eight' });
  expect(theirs.trace).toMatchObject([{ message: 'neighbour of eight' }]);
  const fix = (await call('GET', `/api/fixes/${fixes.eight}`, 'eight')).json();
  expect(fix).toMatchObject({ state: 'awaiting_approval', outcome: null, error_id: ids.eight.id });
  const task = (await call('GET', `/api/delegations/${tasks.eight}`, 'eight')).json();
  expect(task).toMatchObject({ state: 'open', report: null, case: { reason: 'reason of eight' } });
});

// Last, because it makes an error of company 7 under an id that company 8 has.
test('POST /api/errors/log writes to no other company', async () => {
  await cases[0]?.whole?.();
});

test('an operator sees each company when it says which', async () => {
  for (const [company, token] of [
    [7, 'seven'],
    [8, 'eight'],
  ] as const) {
    const answer = await call('GET', `/api/errors/${ids[token].id}?company_id=${company}`, 'operator');
    expect(answer.json()).toMatchObject({ message: `message of ${token}`, company_id: company });
  }
  expect((await call('GET', `/api/errors/${ids.eight.id}`, 'operator')).statusCode).toBe(404);
});

/** Without what differs between any two answers. */
function stableHeaders(headers: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { 'x-request-id': _id, date: _date, ...rest } = headers;
  return rest;
}
