import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AttemptEvent, AttemptStore } from '../../src/store/attempt-store.ts';
import { createClickHouseStore } from '../../src/store/clickhouse-store.ts';
import type { ErrorStore } from '../../src/store/error-store.ts';
import { eventOf, fingerprintOf, idOf, openStore } from './open-store.ts';

let store: ErrorStore & AttemptStore;
let dataDir: string;
const nowMs = Date.UTC(2026, 10, 24, 12, 30, 0);
beforeAll(async () => {
  ({ store, dataDir } = await openStore(() => nowMs));
});
afterAll(async () => {
  await store.stop(5_000);
  await rm(dataDir, { recursive: true, force: true });
});

function moveOf(n: number, seq: number, change: Partial<AttemptEvent> = {}): AttemptEvent {
  return {
    attemptId: idOf(n),
    seq,
    atMs: nowMs + seq,
    companyId: 1,
    state: 'diagnosing',
    ruleId: 'restart-hung',
    targetKey: 'container/shop/api',
    outcome: '',
    suppression: '',
    startedAtMs: nowMs - n,
    actedAtMs: 0,
    errorId: idOf(1),
    fingerprints: [fingerprintOf(1)],
    attempt: `{"n":${n},"seq":${seq}}`,
    ...change,
  };
}

test('errors and groups bear no mark before anything was attempted', async () => {
  const companyId = 9;
  await store.insert([eventOf(90, { companyId })]);
  const { errors } = await store.listErrors({ companyId, limit: 1 });
  expect(errors).toMatchObject([{ autoFixAttempted: false, autoFixSuccessful: false }]);
});

test('an attempt is what its newest event says, whatever the order of writing', async () => {
  const companyId = 10;
  for (const seq of [1, 3, 2]) await store.appendAttempt(moveOf(1, seq, { companyId }));
  expect(await store.getAttempt(companyId, idOf(1))).toBe('{"n":1,"seq":3}');
  expect(await store.listAttempts({ companyId, limit: 10 })).toEqual(['{"n":1,"seq":3}']);
});

test('the events of an attempt come oldest first, one repeated by its writer once', async () => {
  const companyId = 11;
  await store.appendAttempt(moveOf(2, 1, { companyId, state: 'matched' }));
  await store.appendAttempt(moveOf(2, 2, { companyId, state: 'acting' }));
  await store.appendAttempt(moveOf(2, 2, { companyId, state: 'acting' }));
  expect(await store.listAttemptEvents(companyId, idOf(2))).toEqual([
    { atMs: nowMs + 1, state: 'matched', attempt: '{"n":2,"seq":1}' },
    { atMs: nowMs + 2, state: 'acting', attempt: '{"n":2,"seq":2}' },
  ]);
  expect(await store.listAttempts({ companyId, limit: 10 })).toEqual(['{"n":2,"seq":2}']);
});

test('another company has no such attempt', async () => {
  await store.appendAttempt(moveOf(3, 1, { companyId: 12 }));
  expect(await store.getAttempt(13, idOf(3))).toBeUndefined();
  expect(await store.listAttemptEvents(13, idOf(3))).toEqual([]);
  expect(await store.listAttempts({ companyId: 13, limit: 10 })).toEqual([]);
});

test('without a company the attempts of all are listed', async () => {
  await store.appendAttempt(moveOf(4, 1, { companyId: 14, ruleId: 'of-all', startedAtMs: nowMs - 1 }));
  await store.appendAttempt(moveOf(5, 1, { companyId: 15, ruleId: 'of-all', startedAtMs: nowMs }));
  const listed = await store.listAttempts({ ruleId: 'of-all', state: ['diagnosing'], sinceMs: nowMs - 10, limit: 10 });
  expect(listed).toEqual(['{"n":5,"seq":1}', '{"n":4,"seq":1}']);
});

test('filters look at how an attempt is now, not at how it was', async () => {
  const companyId = 16;
  const other = { companyId, ruleId: 'raise-memory', fingerprints: [fingerprintOf(2), fingerprintOf(3)] };
  await store.appendAttempt(moveOf(10, 1, { companyId, targetKey: '' }));
  await store.appendAttempt(moveOf(10, 2, { companyId, state: 'ended', outcome: 'succeeded' }));
  await store.appendAttempt(moveOf(11, 1, { ...other, state: 'acting', targetKey: 'service/billing' }));
  await store.appendAttempt(
    moveOf(11, 2, { ...other, state: 'ended', outcome: 'worse', targetKey: 'service/billing', actedAtMs: nowMs }),
  );
  await store.appendAttempt(moveOf(12, 1, { ...other, state: 'awaiting_approval', startedAtMs: nowMs - 5_000 }));
  const listed = async (filter: object) =>
    (await store.listAttempts({ companyId, limit: 10, ...filter })).map((text) => JSON.parse(text).n);
  expect(await listed({})).toEqual([10, 11, 12]);
  expect(await listed({ ruleId: 'raise-memory' })).toEqual([11, 12]);
  expect(await listed({ targetKey: 'container/shop/api' })).toEqual([10, 12]);
  expect(await listed({ targetKey: '' })).toEqual([]);
  expect(await listed({ fingerprint: fingerprintOf(3) })).toEqual([11, 12]);
  expect(await listed({ state: ['acting', 'diagnosing'] })).toEqual([]);
  expect(await listed({ state: ['ended', 'awaiting_approval'] })).toEqual([10, 11, 12]);
  expect(await listed({ outcome: ['succeeded', 'relapsed'] })).toEqual([10]);
  expect(await listed({ sinceMs: nowMs - 11 })).toEqual([10, 11]);
  expect(await listed({ acted: true })).toEqual([11]);
  expect(await listed({ ruleId: 'raise-memory', outcome: ['worse'], state: ['ended'] })).toEqual([11]);
});

test('pages hold every attempt once, also those of one moment', async () => {
  const companyId = 17;
  for (let n = 20; n < 27; n += 1) {
    await store.appendAttempt(moveOf(n, 1, { companyId, startedAtMs: nowMs - Math.floor(n / 4) }));
  }
  const page = async (after?: { startedAtMs: number; attemptId: string }) =>
    (await store.listAttempts({ companyId, limit: 3, ...(after === undefined ? {} : { after }) })).map(
      (text) => JSON.parse(text).n,
    );
  expect(await page()).toEqual([23, 22, 21]);
  expect(await page({ startedAtMs: nowMs - 5, attemptId: idOf(21) })).toEqual([20, 26, 25]);
  expect(await page({ startedAtMs: nowMs - 6, attemptId: idOf(25) })).toEqual([24]);
});

test('an attempt that acted marks the errors of its groups until it ended, and no others', async () => {
  const companyId = 18;
  const at = (n: number, atMs: number, group: number) =>
    eventOf(n, { companyId, timestampMs: atMs, fingerprint: fingerprintOf(group), traceId: 'b'.repeat(32) });
  await store.insert([at(30, nowMs - 2_000, 1), at(31, nowMs - 1_000, 1), at(32, nowMs, 1), at(33, nowMs - 2_000, 2)]);
  const marks = async () =>
    (await store.listErrors({ companyId, limit: 10 })).errors
      .toSorted((a, b) => a.id.localeCompare(b.id))
      .map((error) => `${error.autoFixAttempted ? 'attempted' : '-'} ${error.autoFixSuccessful ? 'successful' : '-'}`);

  await store.appendAttempt(moveOf(30, 1, { companyId }));
  expect(await marks()).toEqual(['- -', '- -', '- -', '- -']);
  await store.appendAttempt(moveOf(30, 2, { companyId, state: 'verifying', actedAtMs: nowMs - 1_000 }));
  expect(await marks()).toEqual(['attempted -', 'attempted -', '- -', '- -']);
  const ended = { companyId, state: 'ended', actedAtMs: nowMs - 1_000, atMs: nowMs - 500 };
  await store.appendAttempt(moveOf(30, 3, { ...ended, outcome: 'succeeded' }));
  expect(await marks()).toEqual(['attempted successful', 'attempted successful', '- -', '- -']);

  const marked = { autoFixAttempted: true, autoFixSuccessful: true };
  expect(await store.getError(companyId, idOf(31))).toMatchObject(marked);
  expect(await store.listTraceNeighbours(companyId, 'b'.repeat(32), { exceptId: idOf(30), limit: 1 })).toMatchObject([
    { id: idOf(33), autoFixAttempted: false },
  ]);
  const stored = await store.listStoredAfter(companyId, { receivedAtMs: 0, id: idOf(0) }, 10);
  expect(stored.find((error) => error.id === idOf(30))).toMatchObject(marked);
  expect(await store.getGroup(companyId, fingerprintOf(1))).toMatchObject(marked);
  expect(await store.getGroup(companyId, fingerprintOf(2))).toMatchObject({ autoFixAttempted: false });

  await store.appendAttempt(moveOf(30, 4, { ...ended, outcome: 'relapsed' }));
  expect(await marks()).toEqual(['attempted -', 'attempted -', '- -', '- -']);
  // A later one that worked speaks for the earlier errors too.
  await store.appendAttempt(moveOf(31, 1, { ...ended, actedAtMs: nowMs + 1, outcome: 'succeeded' }));
  expect(await marks()).toEqual(['attempted successful', 'attempted successful', 'attempted successful', '- -']);
  expect((await store.listGroups({ companyId, limit: 10 })).groups).toMatchObject([
    { fingerprint: fingerprintOf(1), autoFixAttempted: true, autoFixSuccessful: true },
    { fingerprint: fingerprintOf(2), autoFixAttempted: false, autoFixSuccessful: false },
  ]);
});

test('another company does not see the mark of an attempt', async () => {
  await store.insert([eventOf(40, { companyId: 19 })]);
  await store.appendAttempt(moveOf(40, 1, { companyId: 20, actedAtMs: nowMs, outcome: 'succeeded' }));
  expect(await store.getError(19, idOf(40))).toMatchObject({ autoFixAttempted: false, autoFixSuccessful: false });
});

test('an attempt on a group that was joined to another speaks for both', async () => {
  const companyId = 21;
  await store.insert([50, 51].map((n) => eventOf(n, { companyId, fingerprint: fingerprintOf(n) })));
  await store.appendAttempt(moveOf(50, 1, { companyId, actedAtMs: nowMs, fingerprints: [fingerprintOf(50)] }));
  await store.aliasGroups(companyId, [{ from: fingerprintOf(50), to: fingerprintOf(51), reason: 'test' }]);
  const { errors } = await store.listErrors({ companyId, limit: 10 });
  expect(errors.map((error) => error.autoFixAttempted)).toEqual([true, true]);
  expect(await store.getGroup(companyId, fingerprintOf(51))).toMatchObject({ autoFixAttempted: true });
  expect(await store.listAttempts({ companyId, fingerprint: fingerprintOf(51), limit: 10 })).toHaveLength(1);
});

test('healing reads the errors of all companies in the order they were stored, with details and without stacks', async () => {
  await store.insert([
    eventOf(60, { companyId: 22, timestampMs: nowMs - 86_400_000, details: { pool: 'main', n: [1] } }),
  ]);
  await store.insert([eventOf(61, { companyId: 23, timestampMs: nowMs - 1 })]);
  const [first, second, ...more] = await lastTwo();
  expect(more).toEqual([]);
  expect(first).toMatchObject({ id: idOf(60), companyId: 22, details: { pool: 'main', n: [1] }, severity: 'error' });
  expect(first).not.toHaveProperty('stackTrace');
  expect(second).toMatchObject({ id: idOf(61), companyId: 23, fingerprint: fingerprintOf(1) });
  expect(await store.listForHealing({ receivedAtMs: second?.receivedAtMs ?? 0, id: idOf(61) }, 10)).toEqual([]);
});

async function lastTwo() {
  const position = { receivedAtMs: 0, id: idOf(0) };
  return (await store.listForHealing(position, 1_000)).slice(-2);
}

test('verification counts a window: errors of the groups, and of the service', async () => {
  const companyId = 24;
  const at = (n: number, ms: number, change: object) => eventOf(n, { companyId, timestampMs: nowMs + ms, ...change });
  await store.insert([
    at(70, -1, {}),
    at(71, 0, {}),
    at(72, 10, { fingerprint: fingerprintOf(7) }),
    at(73, 10, { fingerprint: fingerprintOf(8), service: 'billing' }),
    at(74, 20, {}),
  ]);
  const window = { companyId, service: 'checkout', fromMs: nowMs, toMs: nowMs + 20 };
  expect(await store.countForVerification({ ...window, fingerprints: [fingerprintOf(1)] })).toEqual({
    ofGroups: 1,
    ofService: 2,
  });
  expect(await store.countForVerification({ ...window, fingerprints: [fingerprintOf(1), fingerprintOf(8)] })).toEqual({
    ofGroups: 2,
    ofService: 2,
  });
  expect(await store.countForVerification({ ...window, fingerprints: [] })).toEqual({ ofGroups: 0, ofService: 2 });
});

test('attempts, marks and settings outlive the process', async () => {
  const companyId = 25;
  expect(await store.getSetting('healing.paused')).toBeUndefined();
  await store.setSetting('healing.paused', 'true');
  await store.setSetting('healing.paused', `{"paused":false,"by":"it's me"}`);
  await store.insert([eventOf(80, { companyId })]);
  await store.appendAttempt(moveOf(80, 1, { companyId, actedAtMs: nowMs, attempt: `{"note":"ö \\"quoted\\"\\n"}` }));
  await store.stop(5_000);

  store = createClickHouseStore(
    { target: { kind: 'embedded', dataDir }, cluster: undefined, retentionDays: 30 },
    { now: () => nowMs, logger: { warn: () => undefined } },
  );
  await store.start();
  expect(await store.getSetting('healing.paused')).toBe(`{"paused":false,"by":"it's me"}`);
  expect(await store.getAttempt(companyId, idOf(80))).toBe(`{"note":"ö \\"quoted\\"\\n"}`);
  expect(await store.getError(companyId, idOf(80))).toMatchObject({ autoFixAttempted: true });
});
