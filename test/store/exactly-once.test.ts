import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClickHouseStore } from '../../src/store/clickhouse-store.ts';
import type { ErrorStore } from '../../src/store/error-store.ts';
import { createRecentIds } from '../../src/store/recent-ids.ts';
import { eventOf, fingerprintOf, idOf } from './open-store.ts';

const HOUR_MS = 3_600_000;
/** Ahead of the real clock, by which the store drops what is past its retention. */
let nowMs = Date.now() + HOUR_MS;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'errata-once-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

async function open(retentionDays = 30): Promise<ErrorStore> {
  const store = createClickHouseStore(
    { target: { kind: 'embedded', dataDir }, cluster: undefined, retentionDays },
    { now: () => nowMs, logger: { warn: () => undefined } },
  );
  await store.start();
  return store;
}

test('what was stored before a restart is met after it, whatever its time', async () => {
  const events = [
    eventOf(1, { timestampMs: nowMs - 1_000 }),
    eventOf(2, { timestampMs: nowMs - 10 * HOUR_MS }),
    eventOf(3, { timestampMs: nowMs - 30 * 24 * HOUR_MS + 1_000 }),
    eventOf(4, { timestampMs: nowMs + 599_000 }),
    eventOf(5, { timestampMs: nowMs + 300_000 }),
  ];
  const before = await open();
  expect(await before.insert(events)).toEqual({ stored: 5, duplicates: 0 });
  await before.stop(1_000);
  nowMs += 5_000;
  const after = await open();
  // The oldest and the newest were moved by the clamp, which has moved with the clock.
  const replayed = events.map((event, index) =>
    index === 2 || index === 3 ? { ...event, timestampMs: event.timestampMs + 5_000 } : event,
  );
  expect(await after.insert(replayed)).toEqual({ stored: 0, duplicates: 5 });
  expect(await after.insert([eventOf(6, { timestampMs: nowMs }), ...replayed])).toEqual({ stored: 1, duplicates: 5 });
  expect((await after.listErrors({ companyId: 1, limit: 10 })).total).toBe(6);
  await after.stop(1_000);
});

test('memory says that it is complete only from times on of which it has forgotten nothing', () => {
  const recent = createRecentIds();
  const row = (n: number, timestampMs: number) => ({
    companyId: 1,
    id: idOf(n),
    timestampMs,
    richness: 1,
    fingerprint: fingerprintOf(1),
  });
  const rows = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => row(from + n, 1_000 + from + n));
  const find = (n: number) => recent.find({ companyId: 1, id: idOf(n) });
  expect(recent.covers(nowMs)).toBe(false);
  recent.load([row(0, 500)], 400);
  expect([recent.covers(399), recent.covers(400)]).toEqual([false, true]);
  recent.add(rows(1, 199_999));
  expect(find(0)).toEqual({ richness: 1, fingerprint: fingerprintOf(1) });
  expect(recent.covers(400)).toBe(true);
  // The older half goes as one, the newest of it at 1_000 + 99_999.
  recent.add(rows(200_000, 1));
  expect([0, 99_999, 100_000, 200_000, 200_001].map((n) => find(n) !== undefined)).toEqual([
    false,
    false,
    true,
    true,
    false,
  ]);
  expect([recent.covers(100_999), recent.covers(101_000)]).toEqual([false, true]);
  expect(recent.find({ companyId: 2, id: idOf(200_000) })).toBeUndefined();
  recent.forget(500_000);
  expect([recent.covers(499_999), recent.covers(500_000)]).toEqual([false, true]);
  expect(find(200_000)).toBeUndefined();
});

test('memory tells ids apart that differ anywhere, and keeps the first of equal ones', () => {
  const recent = createRecentIds();
  const ids = Array.from({ length: 32 }, (_, digit) => {
    const hex = `${'0'.repeat(digit)}f${'0'.repeat(31 - digit)}`;
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  });
  const rowOf = (id: string, richness: number) => ({ companyId: 7, id, timestampMs: 1, richness, fingerprint: id });
  recent.add(ids.map((id, richness) => rowOf(id, richness)));
  recent.add(ids.map((id) => rowOf(id, 99)));
  expect(ids.map((id) => recent.find({ companyId: 7, id }))).toEqual(
    ids.map((id, richness) => ({ richness, fingerprint: id })),
  );
  expect(recent.find({ companyId: 7, id: idOf(0) })).toBeUndefined();
});

test('a longer retention holds for the tables that are there', async () => {
  const short = await open(1);
  await short.stop(1_000);
  const long = await open(90);
  // Of the real clock: the store deletes by it.
  const event = eventOf(50, { companyId: 2, timestampMs: Date.now() - 10 * 24 * HOUR_MS });
  await long.insert([event]);
  expect((await long.listErrors({ companyId: 2, limit: 10 })).total).toBe(1);
  await long.stop(1_000);
});
