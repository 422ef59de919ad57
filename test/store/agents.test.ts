import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ActivityRow, CaseEvent, NotificationEvent } from '../../src/store/agent-store.ts';
import { createClickHouseStore } from '../../src/store/clickhouse-store.ts';
import type { Store } from '../../src/store/clickhouse-store.ts';
import { openClients } from '../../src/store/open-client.ts';
import { eventOf, fingerprintOf, idOf } from './open-store.ts';

let store: Store;
let dataDir: string;
const nowMs = Date.UTC(2026, 10, 24, 12, 30, 0);

function openAgain(): Promise<void> {
  store = createClickHouseStore(
    { target: { kind: 'embedded', dataDir }, cluster: undefined, retentionDays: 30 },
    { now: () => nowMs, logger: { warn: () => undefined } },
  );
  return store.start();
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'errata-agents-'));
  await openAgain();
});
afterAll(async () => {
  await store.stop(5_000);
  await rm(dataDir, { recursive: true, force: true });
});

type Task = CaseEvent['delegations'][number];

/** `agent/state` for each delegation; the ids are `case-1`, `case-2`, ... */
function caseOf(id: string, seq: number, change: Partial<CaseEvent> & { tasks?: readonly string[] } = {}): CaseEvent {
  const { tasks = ['morgan/open'], ...rest } = change;
  const delegations: Task[] = tasks.map((task, index) => {
    const [agent = '', state = ''] = task.split('/');
    return { id: `${id}-${index + 1}`, agent, state };
  });
  return {
    companyId: 1,
    caseId: id,
    seq,
    atMs: nowMs + seq,
    state: 'open',
    openedAtMs: nowMs,
    attemptId: '',
    errorId: idOf(1),
    fingerprints: [fingerprintOf(1)],
    delegations,
    case: `${id}.${seq}`,
    ...rest,
  };
}

test('a case is what its newest event says, whatever the order of writing and however often it was written', async () => {
  const companyId = 10;
  for (const seq of [1, 3, 3, 2]) await store.appendCase(caseOf('a', seq, { companyId }));
  expect(await store.listCases({ companyId, limit: 10 })).toEqual(['a.3']);
  expect(await store.getCaseOf(companyId, 'a-1')).toBe('a.3');
  expect(await store.listDelegations({ companyId, limit: 10 })).toEqual([{ delegationId: 'a-1', case: 'a.3' }]);
});

test('cases are filtered by how they are now, newest first', async () => {
  const companyId = 11;
  await store.appendCase(caseOf('old', 1, { companyId, openedAtMs: nowMs - 5_000, attemptId: idOf(7) }));
  await store.appendCase(caseOf('mid', 1, { companyId, openedAtMs: nowMs - 3_000, fingerprints: [fingerprintOf(2)] }));
  await store.appendCase(
    caseOf('mid', 2, { companyId, openedAtMs: nowMs - 3_000, fingerprints: [fingerprintOf(2), fingerprintOf(3)] }),
  );
  await store.appendCase(caseOf('new', 1, { companyId }));
  await store.appendCase(caseOf('new', 2, { companyId, state: 'resolved' }));
  const listed = (filter: object) => store.listCases({ companyId, limit: 10, ...filter });
  expect(await listed({})).toEqual(['new.2', 'mid.2', 'old.1']);
  expect(await listed({ state: ['open'] })).toEqual(['mid.2', 'old.1']);
  expect(await listed({ state: ['resolved', 'escalated'] })).toEqual(['new.2']);
  expect(await listed({ attemptId: idOf(7) })).toEqual(['old.1']);
  expect(await listed({ fingerprints: [fingerprintOf(2)] })).toEqual(['mid.2']);
  expect(await listed({ fingerprints: [fingerprintOf(3), fingerprintOf(1)], state: ['open'] })).toEqual([
    'mid.2',
    'old.1',
  ]);
  expect(await listed({ fingerprints: [] })).toEqual([]);
  expect(await listed({ openedSinceMs: nowMs - 3_000 })).toEqual(['new.2', 'mid.2']);
  expect(await listed({ limit: 2 })).toEqual(['new.2', 'mid.2']);
});

test('without a company the cases of all are listed, also those that share an id', async () => {
  for (const companyId of [12, 13]) {
    await store.appendCase(caseOf('all', 1, { companyId, state: 'of_all', case: `all of ${companyId}` }));
  }
  await store.appendCase(caseOf('all', 2, { companyId: 12, state: 'of_all', case: 'all of 12, later' }));
  const listed = await store.listCases({ state: ['of_all'], limit: 10 });
  expect(listed.toSorted()).toEqual(['all of 12, later', 'all of 13']);
});

test('a case of a group that was joined to another is found by both', async () => {
  const companyId = 14;
  await store.insert([1, 2].map((n) => eventOf(n, { companyId, fingerprint: fingerprintOf(n) })));
  await store.appendCase(caseOf('joined', 1, { companyId, fingerprints: [fingerprintOf(1)] }));
  await store.aliasGroups(companyId, [{ from: fingerprintOf(1), to: fingerprintOf(2), reason: 'test' }]);
  expect(await store.listCases({ companyId, fingerprints: [fingerprintOf(2)], limit: 10 })).toEqual(['joined.1']);
});

test('another company has no such case and no such delegation', async () => {
  await store.appendCase(caseOf('mine', 1, { companyId: 15 }));
  expect(await store.getCaseOf(16, 'mine-1')).toBeUndefined();
  expect(await store.getCaseOf(15, "no'such")).toBeUndefined();
  expect(await store.listCases({ companyId: 16, limit: 10 })).toEqual([]);
  expect(await store.listDelegations({ companyId: 16, limit: 10 })).toEqual([]);
});

test('delegations are filtered by how they are now, each with its case', async () => {
  const companyId = 17;
  await store.appendCase(caseOf('pay', 1, { companyId, tasks: ['morgan/open', 'alex/open', 'devon/open'] }));
  await store.appendCase(
    caseOf('pay', 2, { companyId, tasks: ['morgan/reported', 'alex/acknowledged', 'devon/open'] }),
  );
  await store.appendCase(
    caseOf('old', 1, { companyId, openedAtMs: nowMs - 5_000, errorId: idOf(2), tasks: ['morgan/expired'] }),
  );
  const listed = async (filter: object) =>
    (await store.listDelegations({ companyId, limit: 10, ...filter })).map((row) => `${row.delegationId} ${row.case}`);
  expect(await listed({})).toEqual(['pay-3 pay.2', 'pay-2 pay.2', 'pay-1 pay.2', 'old-1 old.1']);
  expect(await listed({ agent: 'morgan' })).toEqual(['pay-1 pay.2', 'old-1 old.1']);
  expect(await listed({ agent: 'alex', state: ['open'] })).toEqual([]);
  expect(await listed({ state: ['open', 'expired'] })).toEqual(['pay-3 pay.2', 'old-1 old.1']);
  expect(await listed({ errorId: idOf(2) })).toEqual(['old-1 old.1']);
  expect(await listed({ openedSinceMs: nowMs, agent: 'morgan' })).toEqual(['pay-1 pay.2']);
});

test('pages hold every delegation once, also those of one case and of one moment', async () => {
  const companyId = 18;
  await store.appendCase(caseOf('a', 1, { companyId, tasks: ['x/open', 'y/open', 'z/open'] }));
  await store.appendCase(caseOf('b', 1, { companyId, tasks: ['x/open', 'y/open'] }));
  await store.appendCase(caseOf('c', 1, { companyId, openedAtMs: nowMs - 1, tasks: ['x/open'] }));
  const page = async (after?: { openedAtMs: number; id: string }) =>
    (await store.listDelegations({ companyId, limit: 3, ...(after === undefined ? {} : { after }) })).map(
      (row) => row.delegationId,
    );
  expect(await page()).toEqual(['b-2', 'b-1', 'a-3']);
  expect(await page({ openedAtMs: nowMs, id: 'a-3' })).toEqual(['a-2', 'a-1', 'c-1']);
  expect(await page({ openedAtMs: nowMs - 1, id: 'c-1' })).toEqual([]);
});

function noticeOf(id: string, seq: number, change: Partial<NotificationEvent> = {}): NotificationEvent {
  return {
    companyId: 1,
    notificationId: id,
    seq,
    atMs: nowMs + seq,
    createdAtMs: nowMs,
    state: 'pending',
    channel: 'ops',
    kind: 'critical_error',
    key: 'group',
    notification: `${id}.${seq}`,
    ...change,
  };
}

test('a notification is what its newest event says, newest first, of its company only', async () => {
  const companyId = 20;
  await store.appendNotification(noticeOf('old', 1, { companyId, createdAtMs: nowMs - 5_000 }));
  for (const seq of [2, 1, 2]) {
    await store.appendNotification(noticeOf('new', seq, { companyId, state: seq === 2 ? 'sent' : 'pending' }));
  }
  await store.appendNotification(noticeOf('foreign', 1, { companyId: 21 }));
  const listed = (filter: object) => store.listNotifications({ companyId, limit: 10, ...filter });
  expect(await listed({})).toEqual(['new.2', 'old.1']);
  expect(await listed({ state: ['pending'] })).toEqual(['old.1']);
  expect(await listed({ state: ['sent', 'failed'] })).toEqual(['new.2']);
  expect(await listed({ createdSinceMs: nowMs })).toEqual(['new.2']);
  expect(await listed({ limit: 1 })).toEqual(['new.2']);
  expect((await store.listNotifications({ state: ['pending'], limit: 10 })).toSorted()).toEqual(['foreign.1', 'old.1']);
});

function callOf(change: Partial<ActivityRow> = {}): ActivityRow {
  return {
    companyId: 1,
    atMs: nowMs,
    actor: 'morgan',
    agent: 'morgan',
    via: 'mcp',
    call: 'devops.errors.list',
    errorId: '',
    attemptId: '',
    delegationId: '',
    outcome: 'OK',
    tookMs: 12,
    chars: 340,
    truncated: false,
    traceId: '',
    ...change,
  };
}

async function written(companyId: number, rows: number): Promise<void> {
  const count = async () => (await store.listActivity({ companyId, limit: 1_000 })).length;
  await vi.waitFor(async () => expect(await count()).toBe(rows), { timeout: 5_000 });
}

test('a call is noted down within a second, whole', async () => {
  const row = callOf({
    companyId: 30,
    errorId: idOf(1),
    attemptId: idOf(2),
    delegationId: 'd-1',
    outcome: 'RATE_LIMITED',
    tookMs: 3.7,
    truncated: true,
    traceId: 'a'.repeat(32),
  });
  store.addActivity(row);
  await written(30, 1);
  const [stored] = await store.listActivity({ companyId: 30, limit: 10 });
  expect(stored).toEqual({ ...row, tookMs: 4, n: stored?.n });
});

test('calls are filtered, newest first, and kept from other companies', async () => {
  const companyId = 31;
  store.addActivity(callOf({ companyId, atMs: nowMs - 2_000, call: 'first' }));
  store.addActivity(callOf({ companyId, atMs: nowMs - 1_000, call: 'second', agent: '', actor: 'eve' }));
  store.addActivity(callOf({ companyId, call: 'third', agent: 'alex', actor: 'alex', errorId: idOf(5) }));
  store.addActivity(callOf({ companyId: 32, call: 'foreign', agent: 'devon' }));
  await written(companyId, 3);
  await written(32, 1);
  const listed = async (filter: object) =>
    (await store.listActivity({ companyId, limit: 10, ...filter })).map((row) => row.call);
  expect(await listed({})).toEqual(['third', 'second', 'first']);
  expect(await listed({ agent: 'morgan' })).toEqual(['first']);
  expect(await listed({ actor: 'eve' })).toEqual(['second']);
  expect(await listed({ errorId: idOf(5) })).toEqual(['third']);
  expect(await listed({ sinceMs: nowMs - 1_000 })).toEqual(['third', 'second']);
  expect(await listed({ agent: 'devon' })).toEqual([]);
  expect(await store.lastCalls(companyId, 0)).toEqual(
    new Map([
      ['morgan', nowMs - 2_000],
      ['alex', nowMs],
    ]),
  );
  expect(await store.lastCalls(companyId, nowMs)).toEqual(new Map([['alex', nowMs]]));
});

test('pages hold every call once, also those of one moment, in the order they were made', async () => {
  const companyId = 33;
  for (let n = 1; n <= 7; n += 1) store.addActivity(callOf({ companyId, call: `call ${n}` }));
  await written(companyId, 7);
  const seen: string[] = [];
  let after: { atMs: number; n: string } | undefined;
  do {
    const page = await store.listActivity({ companyId, limit: 3, ...(after === undefined ? {} : { after }) });
    seen.push(...page.map((row) => row.call));
    after = page.at(-1);
  } while (after !== undefined);
  expect(seen).toEqual(['call 7', 'call 6', 'call 5', 'call 4', 'call 3', 'call 2', 'call 1']);
  expect(await store.listActivity({ companyId, limit: 3, after: { atMs: nowMs, n: "'; DROP" } })).toEqual([]);
});

test('calls that were written twice are listed once, in pages that are full', async () => {
  const companyId = 34;
  for (let n = 1; n <= 5; n += 1) store.addActivity(callOf({ companyId, call: `call ${n}` }));
  await written(companyId, 5);
  const clients = await openClients({ kind: 'embedded', dataDir });
  const query = 'INSERT INTO activity SELECT * FROM activity WHERE company_id = 34';
  await clients.write.command({ query });
  await clients.close();
  const listed = async (limit: number) => (await store.listActivity({ companyId, limit })).map((row) => row.call);
  expect(await listed(3)).toEqual(['call 5', 'call 4', 'call 3']);
  expect(await listed(10)).toEqual(['call 5', 'call 4', 'call 3', 'call 2', 'call 1']);
});

test('activity that the store can not take is bounded, and what was dropped is told', async () => {
  const warnings: object[] = [];
  const target = { kind: 'server', url: 'http://127.0.0.1:9', user: 'u', password: 'p', database: 'd' } as const;
  const away = createClickHouseStore(
    { target, cluster: undefined, retentionDays: 30 },
    { now: () => nowMs, logger: { warn: (fields) => warnings.push(fields) } },
  );
  await away.start();
  for (let n = 0; n < 10_005; n += 1) away.addActivity(callOf());
  await away.stop(5_000);
  expect(warnings).toContainEqual({ dropped: 5 });
  expect(warnings).toContainEqual({ lost: 10_000 });
});

test('cases, notifications and the last calls outlive the process', async () => {
  const companyId = 40;
  await store.appendCase(caseOf('kept', 1, { companyId, case: `{"note":"ö \\"quoted\\"\\n"}` }));
  await store.appendNotification(noticeOf('kept', 1, { companyId, notification: `it's "x"\n` }));
  store.addActivity(callOf({ companyId, call: 'just before the stop' }));
  await store.stop(5_000);
  await openAgain();
  expect(await store.getCaseOf(companyId, 'kept-1')).toBe(`{"note":"ö \\"quoted\\"\\n"}`);
  expect(await store.listNotifications({ companyId, limit: 10 })).toEqual([`it's "x"\n`]);
  expect(await store.listActivity({ companyId, limit: 10 })).toMatchObject([{ call: 'just before the stop' }]);
});
