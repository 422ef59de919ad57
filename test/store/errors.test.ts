import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ErrorStore } from '../../src/store/error-store.ts';
import { eventOf, fingerprintOf, idOf, openStore } from './open-store.ts';

let store: ErrorStore;
let close: () => Promise<void>;
const nowMs = Date.UTC(2026, 10, 24, 12, 30, 0);
beforeAll(async () => {
  ({ store, close } = await openStore(() => nowMs));
});
afterAll(() => close());

test('an inserted error is readable at once, whole', async () => {
  const event = eventOf(1, {
    companyId: 10,
    details: { port: 5432, nested: { a: [1, 'x', null] } },
    message: `it's "quoted"\n\tö`,
  });
  expect(await store.insert([event])).toEqual({ stored: 1, duplicates: 0 });
  expect(await store.getError(10, idOf(1))).toEqual({
    ...event,
    receivedAtMs: nowMs,
    resolved: false,
    resolutionNotes: undefined,
    autoFixAttempted: false,
    autoFixSuccessful: false,
  });
});

test('another company does not see it', async () => {
  await store.insert([eventOf(2, { companyId: 11 })]);
  expect(await store.getError(12, idOf(2))).toBeUndefined();
  expect((await store.listErrors({ companyId: 12, limit: 10 })).total).toBe(0);
  expect(await store.resolve(12, idOf(2), { scope: 'group', notes: 'x', by: 'y' })).toBeUndefined();
  expect(await store.getGroup(12, fingerprintOf(1))).toBeUndefined();
});

test('the same occurrence is one row: within a call, in a later call, and in concurrent calls', async () => {
  const event = eventOf(3, { companyId: 13 });
  expect(await store.insert([event, event])).toEqual({ stored: 1, duplicates: 1 });
  expect(await store.insert([event])).toEqual({ stored: 0, duplicates: 1 });
  const again = await Promise.all([1, 2, 3].map(() => store.insert([event, eventOf(4, { companyId: 13 })])));
  expect(again.reduce((sum, result) => sum + result.stored, 0)).toBe(1);
  expect((await store.listErrors({ companyId: 13, limit: 10 })).total).toBe(2);
});

test('a twin a minute apart is met, whatever its time within reach', async () => {
  const event = eventOf(5, { companyId: 14 });
  await store.insert([event]);
  expect(await store.insert([{ ...event, timestampMs: event.timestampMs + 60_000 }])).toEqual({
    stored: 0,
    duplicates: 1,
  });
});

test('a replay of an error whose time was in the future is met although its clamped time moved', async () => {
  const event = eventOf(6, { companyId: 15, timestampMs: nowMs + 600_000 });
  await store.insert([event]);
  expect(await store.insert([{ ...event, timestampMs: nowMs + 570_000 }])).toEqual({ stored: 0, duplicates: 1 });
});

test('a richer twin that comes later lends its stack, and its group takes over', async () => {
  const log = eventOf(7, {
    companyId: 16,
    stackTrace: '',
    exceptionType: '',
    richness: 2,
    fingerprint: fingerprintOf(70),
    details: { a: 1 },
  });
  const withoutFrames = { ...log, grouping: { ...log.grouping, frames: [], kind: 'message' as const } };
  await store.insert([withoutFrames]);
  const span = eventOf(7, { companyId: 16, fingerprint: fingerprintOf(71), source: 'span_event', details: { b: 2 } });
  expect(await store.insert([span])).toEqual({ stored: 0, duplicates: 1 });
  const stored = await store.getError(16, idOf(7));
  expect(stored).toMatchObject({
    stackTrace: span.stackTrace,
    exceptionType: 'Error',
    details: { a: 1, b: 2 },
    fingerprint: fingerprintOf(71),
  });
  const groups = await store.listGroups({ companyId: 16, limit: 10 });
  expect(groups).toMatchObject({ total: 1, groups: [{ fingerprint: fingerprintOf(71), count: 1 }] });
  // The next frame-less one goes to the same group at once.
  await store.insert([{ ...withoutFrames, id: idOf(8) }]);
  expect((await store.listErrors({ companyId: 16, fingerprint: fingerprintOf(71), limit: 10 })).total).toBe(2);
});

test('pages hold every error once, newest first, and the total is that of all pages', async () => {
  await store.insert(
    Array.from({ length: 25 }, (_, n) =>
      eventOf(100 + n, { companyId: 17, timestampMs: nowMs - Math.floor(n / 3) * 1000 }),
    ),
  );
  const seen: string[] = [];
  let after: { timestampMs: number; id: string } | undefined;
  do {
    const page = await store.listErrors({ companyId: 17, limit: 10, ...(after === undefined ? {} : { after }) });
    expect(page.total).toBe(25);
    seen.push(...page.errors.map((error) => error.id));
    after = page.next;
  } while (after !== undefined);
  expect(new Set(seen).size).toBe(25);
  expect(seen.length).toBe(25);
  const times = await store.listErrors({ companyId: 17, limit: 25 });
  expect(times.errors.map((error) => error.timestampMs)).toEqual(
    times.errors.map((error) => error.timestampMs).toSorted((a, b) => b - a),
  );
});

test('filters narrow the list and the total alike', async () => {
  const companyId = 18;
  await store.insert([
    eventOf(200, {
      companyId,
      severity: 'critical',
      service: 'billing',
      message: 'Payment gateway Timeout for order 7',
    }),
    eventOf(201, { companyId, severity: 'warning', environment: 'staging', errorType: 'timeout' }),
    eventOf(202, { companyId, fingerprint: fingerprintOf(2), timestampMs: nowMs - 7_200_000 }),
  ]);
  const ids = async (filter: object) => {
    const page = await store.listErrors({ companyId, limit: 10, ...filter });
    expect(page.total).toBe(page.errors.length);
    return page.errors.map((error) => error.id).toSorted();
  };
  expect(await ids({})).toEqual([idOf(200), idOf(201), idOf(202)]);
  expect(await ids({ severity: ['critical', 'warning'] })).toEqual([idOf(200), idOf(201)]);
  expect(await ids({ service: 'billing' })).toEqual([idOf(200)]);
  expect(await ids({ environment: 'staging' })).toEqual([idOf(201)]);
  expect(await ids({ errorType: 'timeout' })).toEqual([idOf(201)]);
  expect(await ids({ fingerprint: fingerprintOf(2) })).toEqual([idOf(202)]);
  expect(await ids({ sinceMs: nowMs - 3_600_000 })).toEqual([idOf(200), idOf(201)]);
  expect(await ids({ untilMs: nowMs - 3_600_000 })).toEqual([idOf(202)]);
  expect(await ids({ text: 'gateway TIMEOUT' })).toEqual([idOf(200)]);
  expect(await ids({ text: 'gateway missing' })).toEqual([]);
});

test('resolving closes the group up to now; a later error opens it and says regressed', async () => {
  const companyId = 19;
  await store.insert([
    eventOf(300, { companyId }),
    eventOf(301, { companyId }),
    eventOf(302, { companyId, fingerprint: fingerprintOf(3) }),
  ]);
  const resolved = await store.resolve(companyId, idOf(300), {
    scope: 'group',
    notes: 'restarted PostgreSQL',
    by: 'morgan',
  });
  expect(resolved).toMatchObject({ resolved: true, resolutionNotes: 'restarted PostgreSQL' });
  const listed = async (isResolved: boolean) => {
    const page = await store.listErrors({ companyId, resolved: isResolved, limit: 10 });
    expect(page.total).toBe(page.errors.length);
    return page.errors.map((error) => error.id).toSorted();
  };
  expect(await listed(true)).toEqual([idOf(300), idOf(301)]);
  expect(await listed(false)).toEqual([idOf(302)]);
  expect(await store.getGroup(companyId, fingerprintOf(1))).toMatchObject({
    resolved: true,
    regressed: false,
    resolutionNotes: 'restarted PostgreSQL',
  });
  // One that was under way when it was resolved is no regression.
  await store.insert([eventOf(303, { companyId, timestampMs: nowMs - 1 })]);
  expect(await store.getGroup(companyId, fingerprintOf(1))).toMatchObject({ resolved: true, count: 3 });
  await store.insert([eventOf(304, { companyId, timestampMs: nowMs + 1000 })]);
  expect(await store.getGroup(companyId, fingerprintOf(1))).toMatchObject({
    resolved: false,
    regressed: true,
    regressedAtMs: nowMs + 1000,
    count: 4,
  });
  expect(await listed(false)).toEqual([idOf(302), idOf(304)]);
  expect(await store.reopen(companyId, idOf(300), 'group')).toMatchObject({
    resolved: false,
    resolutionNotes: undefined,
  });
  expect(await listed(true)).toEqual([]);
});

test('one error may be resolved or opened apart from its group, until the group changes as a whole', async () => {
  const companyId = 20;
  await store.insert([
    eventOf(400, { companyId }),
    eventOf(401, { companyId }),
    eventOf(402, { companyId, timestampMs: nowMs - 86_400_000 }),
  ]);
  const counts = async () => {
    const [open, closed] = await Promise.all(
      [true, false].map((resolved) => store.listErrors({ companyId, resolved: !resolved, limit: 10 })),
    );
    expect([open?.total, closed?.total]).toEqual([open?.errors.length, closed?.errors.length]);
    return { open: open?.total, closed: closed?.total };
  };
  expect(await store.resolve(companyId, idOf(400), { scope: 'error', notes: 'known', by: 'ops' })).toMatchObject({
    resolved: true,
    resolutionNotes: 'known',
  });
  expect(await counts()).toEqual({ open: 2, closed: 1 });
  await store.resolve(companyId, idOf(401), { scope: 'group', notes: 'all', by: 'ops' });
  expect(await counts()).toEqual({ open: 0, closed: 3 });
  await store.reopen(companyId, idOf(402), 'error');
  expect(await counts()).toEqual({ open: 1, closed: 2 });
  await store.reopen(companyId, idOf(401), 'group');
  expect(await counts()).toEqual({ open: 3, closed: 0 });
});

test('trends count by interval and key', async () => {
  const companyId = 21;
  const hour = Date.UTC(2026, 10, 24, 10, 0, 0);
  await store.insert([
    eventOf(500, { companyId, timestampMs: hour + 1 }),
    eventOf(501, { companyId, timestampMs: hour + 59 * 60_000, severity: 'critical' }),
    eventOf(502, { companyId, timestampMs: hour + 61 * 60_000 }),
    eventOf(503, { companyId, timestampMs: hour - 1 }),
  ]);
  const query = { companyId, sinceMs: hour, untilMs: hour + 7_200_000, intervalMinutes: 60 };
  expect(await store.countTrend(query)).toEqual([
    { startMs: hour, key: '', count: 2 },
    { startMs: hour + 3_600_000, key: '', count: 1 },
  ]);
  expect(await store.countTrend({ ...query, groupBy: 'severity' })).toEqual([
    { startMs: hour, key: 'critical', count: 1 },
    { startMs: hour, key: 'error', count: 1 },
    { startMs: hour + 3_600_000, key: 'error', count: 1 },
  ]);
});

test('a group tells its span of time, releases and hourly trend', async () => {
  const companyId = 22;
  await store.insert([
    eventOf(600, { companyId, release: '1.0.0', timestampMs: nowMs - 7_200_000 }),
    eventOf(601, {
      companyId,
      release: '1.1.0',
      severity: 'critical',
      timestampMs: nowMs - 1000,
      message: 'the newest',
    }),
  ]);
  expect(await store.getGroup(companyId, fingerprintOf(1))).toMatchObject({
    fingerprint: fingerprintOf(1),
    count: 2,
    firstSeenMs: nowMs - 7_200_000,
    lastSeenMs: nowMs - 1000,
    releases: ['1.0.0', '1.1.0'],
    severity: 'critical',
    message: 'the newest',
    exceptionType: 'Error',
    grouping: { template: 'connect ECONNREFUSED <ip>' },
    trend: [
      { startMs: Date.UTC(2026, 10, 24, 10), count: 1 },
      { startMs: Date.UTC(2026, 10, 24, 12), count: 1 },
    ],
  });
});

test('the stream gives errors in the order in which they were stored, after a position', async () => {
  const companyId = 23;
  await store.insert([eventOf(700, { companyId, timestampMs: nowMs })]);
  await store.insert([eventOf(701, { companyId, timestampMs: nowMs - 86_400_000 })]);
  const all = await store.listStoredAfter(companyId, { receivedAtMs: 0, id: idOf(0) }, 10);
  expect(all.map((error) => error.id)).toEqual([idOf(700), idOf(701)]);
  const [first] = all;
  const rest = await store.listStoredAfter(companyId, { receivedAtMs: first?.receivedAtMs ?? 0, id: idOf(700) }, 10);
  expect(rest.map((error) => error.id)).toEqual([idOf(701)]);
});

test('a waiter wakes at the next insert', async () => {
  const woken = store.waitForInsert(30_000, new AbortController().signal);
  await store.insert([eventOf(800, { companyId: 24 })]);
  await woken;
});

test('errors of one trace know each other', async () => {
  const companyId = 25;
  const traceId = 'a'.repeat(32);
  await store.insert([
    eventOf(900, { companyId, traceId }),
    eventOf(901, { companyId, traceId }),
    eventOf(902, { companyId }),
  ]);
  const neighbours = await store.listTraceNeighbours(companyId, traceId, { exceptId: idOf(900), limit: 10 });
  expect(neighbours.map((error) => error.id)).toEqual([idOf(901)]);
});

test('aliased groups are one, over chains', async () => {
  const companyId = 26;
  await store.insert([1, 2, 3].map((n) => eventOf(1000 + n, { companyId, fingerprint: fingerprintOf(1000 + n) })));
  await store.aliasGroups(companyId, [{ from: fingerprintOf(1001), to: fingerprintOf(1002), reason: 'test' }]);
  await store.aliasGroups(companyId, [{ from: fingerprintOf(1002), to: fingerprintOf(1003), reason: 'test' }]);
  expect(await store.listGroups({ companyId, limit: 10 })).toMatchObject({
    total: 1,
    groups: [{ fingerprint: fingerprintOf(1003), count: 3 }],
  });
  expect((await store.listErrors({ companyId, fingerprint: fingerprintOf(1003), limit: 10 })).total).toBe(3);
});

test('an id of the caller is met again whatever the time of the repeat', async () => {
  const event = eventOf(1100, { companyId: 27, timestampMs: nowMs - 86_400_000, timeMoves: true });
  await store.insert([event]);
  expect(await store.insert([{ ...event, timestampMs: nowMs }])).toEqual({ stored: 0, duplicates: 1 });
});

test('two code locations with one message stay two groups, whatever was logged of them before', async () => {
  const companyId = 28;
  const log = (n: number) => {
    const bare = eventOf(n, {
      companyId,
      stackTrace: '',
      exceptionType: '',
      richness: 2,
      fingerprint: fingerprintOf(80),
    });
    return { ...bare, grouping: { ...bare.grouping, frames: [], kind: 'message' as const } };
  };
  const span = (n: number, group: number) => eventOf(n, { companyId, fingerprint: fingerprintOf(group) });
  for (const event of [span(1200, 81), span(1201, 82), log(1202), span(1202, 81), log(1203), span(1203, 82)])
    await store.insert([event]);
  const { groups } = await store.listGroups({ companyId, limit: 10 });
  expect(groups.map((group) => group.fingerprint).toSorted()).toEqual([fingerprintOf(81), fingerprintOf(82)]);
  expect(await store.getGroup(companyId, fingerprintOf(81))).toMatchObject({
    fingerprint: fingerprintOf(81),
    grouping: { kind: 'stack' },
  });
});

test('a row that stands twice hides no page after it', async () => {
  const companyId = 29;
  // As two processors do that take the same error at the same moment: here its repeat claims another time.
  await store.insert([eventOf(1300, { companyId, timestampMs: nowMs })]);
  await store.insert([eventOf(1300, { companyId, timestampMs: nowMs - 200_000 })]);
  await store.insert([1301, 1302, 1303].map((n) => eventOf(n, { companyId, timestampMs: nowMs - 300_000 })));
  const seen = new Set<string>();
  let after: { timestampMs: number; id: string } | undefined;
  do {
    const page = await store.listErrors({ companyId, limit: 2, ...(after === undefined ? {} : { after }) });
    for (const error of page.errors) seen.add(error.id);
    after = page.next;
  } while (after !== undefined);
  expect([...seen].toSorted()).toEqual([1300, 1301, 1302, 1303].map(idOf));
});

test('a fast clock in one error does not hide the next one of its resolved group', async () => {
  const companyId = 30;
  await store.insert([eventOf(1400, { companyId, timestampMs: nowMs + 600_000 })]);
  expect(await store.resolve(companyId, idOf(1400), { scope: 'group', notes: 'fixed', by: 'ops' })).toMatchObject({
    resolved: true,
    resolutionNotes: 'fixed',
  });
  await store.insert([eventOf(1401, { companyId, timestampMs: nowMs + 1_000 })]);
  expect(await store.getError(companyId, idOf(1401))).toMatchObject({ resolved: false });
  expect((await store.listErrors({ companyId, resolved: false, limit: 10 })).errors.map((error) => error.id)).toEqual([
    idOf(1401),
  ]);
});

test('words are found whatever their case, in every script', async () => {
  const companyId = 31;
  await store.insert([eventOf(1500, { companyId, message: 'Ärger mit der Überweisung: Ошибка 17' })]);
  for (const text of ['ärger', 'ÜBERWEISUNG', 'ошибка', 'Ошибка 17']) {
    expect((await store.listErrors({ companyId, text, limit: 10 })).total, text).toBe(1);
  }
});
