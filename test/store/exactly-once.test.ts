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
  expect(recent.covers(nowMs)).toBe(false);
  recent.load([row(0, 500)], 400);
  expect([recent.covers(399), recent.covers(400)]).toEqual([false, true]);
  expect(recent.find(`1/${idOf(0)}`)).toMatchObject({ timestampMs: 500 });
  recent.add(Array.from({ length: 100_000 }, (_, n) => row(n + 1, 1_000 + n)));
  expect(recent.find(`1/${idOf(0)}`)).toBeUndefined();
  expect([recent.covers(500), recent.covers(501)]).toEqual([false, true]);
  recent.forget(9_000);
  expect([recent.covers(8_999), recent.covers(9_000)]).toEqual([false, true]);
  expect(recent.find(`1/${idOf(1)}`)).toBeUndefined();
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
