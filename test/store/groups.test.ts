// Lists of groups: when each came back, search by words, and the releases that sent errors.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ErrorStore, GroupQuery } from '../../src/store/error-store.ts';
import { eventOf, fingerprintOf, idOf, openStore } from './open-store.ts';

let store: ErrorStore;
let close: () => Promise<void>;
let nowMs = 0;
const NOON = Date.UTC(2026, 10, 24, 12, 0, 0);
const MINUTE = 60_000;
beforeAll(async () => {
  nowMs = NOON;
  ({ store, close } = await openStore(() => nowMs));
});
afterAll(() => close());

test('a list says of each group when it came back: in the hour of its resolution, hours later, or not at all', async () => {
  const companyId = 1;
  const send = (n: number, group: number, minutes: number) =>
    store.insert([eventOf(n, { companyId, fingerprint: fingerprintOf(group), timestampMs: NOON + minutes * MINUTE })]);
  const resolve = (n: number) => store.resolve(companyId, idOf(n), { scope: 'group', notes: 'n', by: 'olga' });
  nowMs = NOON + 10 * MINUTE;
  for (const group of [1, 2, 3, 4]) await send(group, group, 0);
  // One that is later joined to group 4, and was resolved with no other.
  await send(5, 5, 0);
  for (const n of [1, 2, 3, 5]) await resolve(n);
  nowMs = NOON + 300 * MINUTE;
  await send(11, 1, 15);
  await send(12, 1, 200);
  await send(13, 2, 130);
  await send(14, 2, 131);
  // Under way when it was resolved.
  await send(15, 3, 5);
  await send(16, 5, 45);
  await store.aliasGroups(companyId, [{ from: fingerprintOf(5), to: fingerprintOf(4), reason: 'test' }]);
  const { groups } = await store.listGroups({ companyId, limit: 10 });
  expect(groups.map(({ fingerprint, regressed, regressedAtMs }) => [fingerprint, regressed, regressedAtMs])).toEqual([
    [fingerprintOf(1), true, NOON + 15 * MINUTE],
    [fingerprintOf(2), true, NOON + 130 * MINUTE],
    [fingerprintOf(4), true, NOON + 45 * MINUTE],
    [fingerprintOf(3), false, undefined],
  ]);
  expect(await store.getGroup(companyId, fingerprintOf(4))).toMatchObject({ regressedAtMs: NOON + 45 * MINUTE });
});

test('words find the groups that have an error with all of them, exactly and over all pages', async () => {
  const companyId = 2;
  await store.insert(
    Array.from({ length: 60 }, (_, index) =>
      eventOf(100 + index, {
        companyId,
        // 20 groups of three errors; in every other group one of the three is about a disk.
        fingerprint: fingerprintOf(100 + (index % 20)),
        service: index % 4 === 0 ? 'billing' : 'checkout',
        exceptionType: 'IOError',
        message: index < 20 && index % 2 === 0 ? `Disk /dev/sd${index} is full` : `no answer from host ${index}`,
        timestampMs: NOON - 120 * MINUTE + index * MINUTE,
      }),
    ),
  );
  const all = async (query: Omit<GroupQuery, 'companyId' | 'limit'>) => {
    const found: string[] = [];
    const totals = new Set<number>();
    let after: GroupQuery['after'];
    do {
      const page = await store.listGroups({ companyId, limit: 3, ...query, ...(after === undefined ? {} : { after }) });
      totals.add(page.total);
      found.push(...page.groups.map(({ fingerprint, count }) => `${Number(fingerprint)} × ${count}`));
      after = page.next;
    } while (after !== undefined);
    return [[...totals], found] as const;
  };
  const even = [118, 116, 114, 112, 110, 108, 106, 104, 102, 100].map((n) => `${n} × 3`);
  expect(await all({ text: 'FULL disk' })).toEqual([[10], even]);
  expect(await all({ text: 'ioerror sd4' })).toEqual([[1], ['104 × 3']]);
  expect(await all({ text: 'disk', service: 'billing' })).toEqual([
    [5],
    ['116 × 3', '112 × 3', '108 × 3', '104 × 3', '100 × 3'],
  ]);
  expect(await all({ text: 'disk answer' })).toEqual([[0], []]);
  // What was said before the period was not said in it.
  expect(await all({ text: 'disk', sinceMs: NOON - 110 * MINUTE })).toEqual([
    [5],
    ['118 × 3', '116 × 3', '114 × 3', '112 × 3', '110 × 3'],
  ]);
  await store.resolve(companyId, idOf(104), { scope: 'group', notes: 'n', by: 'olga' });
  expect(await all({ text: 'sd4', resolved: false })).toEqual([[0], []]);
  expect(await all({ text: 'sd4', resolved: true })).toEqual([[1], ['104 × 3']]);
  // Found by the words of what was joined to it, and whole.
  await store.aliasGroups(companyId, [{ from: fingerprintOf(102), to: fingerprintOf(101), reason: 'test' }]);
  expect(await all({ text: 'sd2' })).toEqual([[1], ['101 × 6']]);
  expect((await store.listGroups({ companyId: 3, text: 'disk', limit: 3 })).total).toBe(0);
});

test('releases are told with when each service first and last sent an error of it, the newest first', async () => {
  const companyId = 4;
  const send = (n: number, minutes: number, change: object) =>
    store.insert([eventOf(n, { companyId, timestampMs: NOON + minutes * MINUTE, ...change })]);
  await send(200, 0, { release: '1.0.0' });
  await send(201, 90, { release: '1.1.0', fingerprint: fingerprintOf(2) });
  await send(202, 95, { release: '1.1.0', environment: 'staging' });
  await send(203, 100, { release: '1.0.0' });
  await send(204, 110, { release: '1.1.0' });
  await send(205, 120, { release: '' });
  await send(206, 130, { release: '7', service: 'billing' });
  const row = (
    [service, environment, release]: readonly [string, string, string],
    first: number,
    last: number,
    count: number,
  ) => ({ service, environment, release, firstSeenMs: NOON + first * MINUTE, lastSeenMs: NOON + last * MINUTE, count });
  const billing = row(['billing', 'production', '7'], 130, 130, 1);
  const staging = row(['checkout', 'staging', '1.1.0'], 95, 95, 1);
  const newer = row(['checkout', 'production', '1.1.0'], 90, 110, 2);
  const older = row(['checkout', 'production', '1.0.0'], 0, 100, 2);
  const at = (minutes: number) => NOON + minutes * MINUTE;
  expect(await store.listReleases({ companyId, limit: 10 })).toEqual({
    total: 4,
    releases: [billing, staging, newer, older],
  });
  expect(await store.listReleases({ companyId, limit: 1 })).toEqual({ total: 4, releases: [billing] });
  expect((await store.listReleases({ companyId, service: 'checkout', limit: 9 })).total).toBe(3);
  expect((await store.listReleases({ companyId, environment: 'staging', limit: 9 })).releases).toEqual([staging]);
  // Seen in the period; first seen is over all that is kept.
  expect((await store.listReleases({ companyId, sinceMs: at(97), untilMs: at(125), limit: 9 })).releases).toEqual([
    newer,
    older,
  ]);
  expect((await store.listReleases({ companyId: 5, limit: 9 })).total).toBe(0);
});

test('trends can be split by environment', async () => {
  const companyId = 6;
  await store.insert([
    eventOf(300, { companyId, environment: 'staging' }),
    eventOf(301, { companyId, environment: 'staging' }),
    eventOf(302, { companyId, environment: '' }),
  ]);
  const points = await store.countTrend({
    companyId,
    sinceMs: NOON,
    untilMs: NOON + 60 * MINUTE,
    intervalMinutes: 60,
    groupBy: 'environment',
  });
  expect(points).toEqual([
    { startMs: NOON, key: '', count: 1 },
    { startMs: NOON, key: 'staging', count: 2 },
  ]);
});
