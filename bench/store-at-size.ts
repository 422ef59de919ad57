// The questions that people and agents ask all day, at one million and at ten million stored errors. The rows are made by
// the engine itself; they stand over seven days, in 1000 groups, with an 18-frame stack each.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClickHouseStore } from '../src/store/clickhouse-store.ts';
import type { ErrorStore } from '../src/store/error-store.ts';
import { openClients } from '../src/store/open-client.ts';
import type { BenchRow } from './row.ts';

const SIZES = { small: 1_000_000, large: 10_000_000 };
const GROUPS = 1_000;
const RUNS = 60;

interface Measured {
  readonly name: string;
  readonly p50: number;
  readonly p99: number;
}

/** `keep`: where the large store is left for a later bench (start to ready). */
export async function benchStoreAtSize(keep: string): Promise<readonly BenchRow[]> {
  const smallDir = await mkdtemp(join(tmpdir(), 'errata-bench-'));
  const small = await measureStore(smallDir, SIZES.small);
  await rm(smallDir, { recursive: true, force: true });
  const large = await measureStore(keep, SIZES.large);
  return large.map((question, index) => {
    const reference = small[index]?.p50 ?? Number.NaN;
    return {
      what: `${question.name}, 10 million errors (p50; p99 ${question.p99.toFixed(1)} ms, wanted ≤ 50)`,
      value: question.p50,
      unit: 'ms',
      reference: '1 million errors',
      referenceValue: reference,
      ratio: question.p50 / reference,
      target: '≤ 1.5',
    };
  });
}

async function measureStore(dataDir: string, rows: number): Promise<readonly Measured[]> {
  const store = createClickHouseStore(
    { target: { kind: 'embedded', dataDir }, cluster: undefined, retentionDays: 30 },
    { now: Date.now, logger: { warn: () => undefined } },
  );
  await store.start();
  await fill(dataDir, rows);
  await resolveSome(store);
  const [group] = (await store.listGroups({ companyId: 1, limit: 1 })).groups;
  const dayMs = 86_400_000;
  const questions: readonly [string, () => Promise<unknown>][] = [
    ['newest 50 unresolved, with exact total', () => store.listErrors({ companyId: 1, resolved: false, limit: 50 })],
    [
      'newest 20 of a group, with exact total',
      () => store.listErrors({ companyId: 1, fingerprint: group?.fingerprint ?? '', limit: 20 }),
    ],
    [
      '24-hour trend by severity',
      () =>
        store.countTrend({
          companyId: 1,
          sinceMs: Date.now() - dayMs,
          untilMs: Date.now(),
          intervalMinutes: 60,
          groupBy: 'severity',
        }),
    ],
  ];
  const measured: Measured[] = [];
  for (const [name, ask] of questions) measured.push({ name, ...(await time(ask)) });
  await store.stop(5_000);
  return measured;
}

async function fill(dataDir: string, rows: number): Promise<void> {
  const clients = await openClients({ kind: 'embedded', dataDir });
  // Parts of this size have been merged, and have their roll-ups from that.
  const rollUpsOnInsert = (value: 0 | 1) =>
    clients.write.command({ query: `ALTER TABLE errors MODIFY SETTING materialize_projections_on_insert = ${value}` });
  await rollUpsOnInsert(1);
  const batch = 500_000;
  for (let from = 0; from < rows; from += batch) {
    await clients.write.command({
      query: `INSERT INTO errors
        SELECT 1, now64(3) - toIntervalMillisecond(intDiv((number + ${from}) * 7 * 86400 * 1000, ${rows})) AS timestamp, generateUUIDv4(number), timestamp,
          leftPad(lower(hex(g)), 32, '0'), concat('service-', toString(g % 20)), if(g % 50 = 0, 'critical', 'error'),
          ['connection_failed', 'timeout', 'api_error', 'database_error'][1 + g % 4], 'IllegalStateException',
          concat('connection to host ', toString(number), ' failed'),
          concat('java.lang.IllegalStateException: ', toString(g), repeat('\\n\\tat com.acme.shop.PaymentService.charge(PaymentService.java:12)', 18)),
          '{"port":5432}', false, 'production', '1.0.0', 'web-1', '', lower(hex(MD5(toString(number)))), '', 'span_event', 12
        FROM (SELECT number, cityHash64(number) % ${GROUPS} AS g FROM numbers(${batch}))`,
    });
  }
  await rollUpsOnInsert(0);
  await clients.close();
}

/** Every tenth group is resolved, as of now. */
async function resolveSome(store: ErrorStore): Promise<void> {
  const { groups } = await store.listGroups({ companyId: 1, limit: GROUPS / 10 });
  for (const { fingerprint } of groups) {
    const [error] = (await store.listErrors({ companyId: 1, fingerprint, limit: 1 })).errors;
    if (error !== undefined) await store.resolve(1, error.id, { scope: 'group', notes: 'bench', by: 'bench' });
  }
}

async function time(ask: () => Promise<unknown>): Promise<{ p50: number; p99: number }> {
  for (let run = 0; run < 5; run += 1) await ask();
  const took: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const startedMs = performance.now();
    await ask();
    took.push(performance.now() - startedMs);
  }
  took.sort((a, b) => a - b);
  return { p50: took[Math.floor(RUNS / 2)] ?? 0, p99: took[Math.floor(RUNS * 0.99)] ?? 0 };
}
