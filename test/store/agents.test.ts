import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CaseEvent } from '../../src/store/agent-store.ts';
import { createClickHouseStore } from '../../src/store/clickhouse-store.ts';
import type { Store } from '../../src/store/clickhouse-store.ts';
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
