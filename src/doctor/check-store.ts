// Does the store answer, is it of our version, and does its clock agree with ours?
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import type { StoreSettings } from '../store/clickhouse-store.ts';
import { inspectStore } from '../store/inspect-store.ts';
import type { StoreTarget } from '../store/open-client.ts';
import type { Running } from './find-running.ts';
import { findingsOf, reasonOf } from './finding.ts';
import type { Finding } from './finding.ts';

const store = findingsOf('store');
const clock = findingsOf('clock');

/** Errors of the future are clamped, and deadlines run by this clock. */
const MAX_SKEW_MS = 2_000;

export async function checkStore(
  { target, cluster }: StoreSettings,
  { running, now }: { readonly running: Running | undefined; readonly now: () => number },
): Promise<readonly Finding[]> {
  if (target.kind === 'embedded' && running !== undefined) {
    return [
      running.notReady === undefined
        ? store.good('the running processor holds it and is ready')
        : store.bad(`the running processor is not ready: ${running.notReady}`, 'its log has the reason'),
    ];
  }
  if (target.kind === 'embedded' && !(await isFilled(join(target.dataDir, 'clickhouse'))))
    return [store.good('embedded, and empty: the first start makes it')];
  try {
    const facts = await inspectStore(target, { cluster, now });
    return [
      versionOf(facts),
      ...(facts.replicas === 0
        ? [
            store.bad(
              `the server knows no cluster ${cluster}`,
              'define it in remote_servers, or unset CLICKHOUSE_CLUSTER',
            ),
          ]
        : []),
      ...(target.kind === 'server' ? [skewOf('the ClickHouse server', facts.nowMs - facts.askedAtMs)] : []),
    ];
  } catch (cause) {
    return [refusalOf(cause, target)];
  }
}

/** The header counts in seconds. */
export function checkRunningClock(running: Running | undefined): readonly Finding[] {
  if (running === undefined || Number.isNaN(running.dateMs)) return [];
  const late = running.dateMs - running.askedAtMs;
  return [skewOf('the running processor', late < 0 && late > -1_000 ? 0 : late)];
}

function versionOf(facts: Awaited<ReturnType<typeof inspectStore>>): Finding {
  const { clickhouse, migration, newestMigration } = facts;
  if (migration === undefined) return store.good(`ClickHouse ${clickhouse} answers; the first start makes the tables`);
  if (migration > newestMigration) {
    return store.bad(
      `a newer Errata has migrated it to ${migration}; this one knows ${newestMigration}`,
      'run that version again, or restore a backup from before',
    );
  }
  const next = migration < newestMigration ? `; the next start brings ${newestMigration}` : '';
  return store.good(`ClickHouse ${clickhouse} answers, migration ${migration}${next}`);
}

function skewOf(whose: string, skewMs: number): Finding {
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return clock.good(`agrees with that of ${whose}`);
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return clock.warning(
    `${whose} is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} this machine`,
    'let NTP set both clocks: windows, deadlines and expiry of tokens go by them',
  );
}

function refusalOf(cause: unknown, target: StoreTarget): Finding {
  const where = target.kind === 'server' ? new URL(target.url).origin : target.dataDir;
  if (cause instanceof Failure && cause.code === 'STORE_TAKEN')
    return store.bad(
      `${where} is held by another process`,
      'is a processor with other ports at work there? one folder, one process',
    );
  if (target.kind === 'embedded')
    return store.bad(reasonOf(cause), 'docs/troubleshooting/store-unavailable.md tells how to open a damaged store');
  const reason = reasonOf(cause);
  // UNKNOWN_DATABASE: the account works, which is all that can be seen before the first start.
  if (/Database \S+ does not exist/.test(reason))
    return store.good(`${where} answers; the first start makes the database`);
  return store.bad(
    `${where}: ${reason}`,
    'is it up? check CLICKHOUSE_URL, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD and CLICKHOUSE_DATABASE',
  );
}

async function isFilled(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length > 0;
}
