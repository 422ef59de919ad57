// Known data for the dashboards, written through the real store, logs and counters. All times are before NOW, in minutes. Company
// 1 is looked at; company 2 must never be seen (its texts all hold `leak`); company 3 is for the alerts.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCaseLog, NOTHING_OWED, type CaseRecord } from '../../src/agents/case-log.ts';
import type { Delegation } from '../../src/agents/case.ts';
import type { Notice } from '../../src/agents/notice.ts';
import { createNotificationLog } from '../../src/agents/notification-log.ts';
import type { ErrorEvent } from '../../src/errors/error-event.ts';
import { createAttemptLog } from '../../src/healing/attempt-log.ts';
import { outcomes, suppressions, type Attempt } from '../../src/healing/attempt.ts';
import { type Store, createClickHouseStore } from '../../src/store/clickhouse-store.ts';
import type { Outcome } from '../../src/store/error-store.ts';
import { attemptOf } from '../healing/rule-of.ts';
import { eventOf, fingerprintOf, idOf } from '../store/open-store.ts';

export const NOW = Date.UTC(2026, 10, 24, 12, 0, 0);
const MINUTE = 60_000;
const HOUR = 60;
/** Minutes ago, as a time. */
export const ago = (minutes: number): number => NOW - minutes * MINUTE;

type Seeding = (at: (minutes: number) => void, store: Store, now: () => number) => Promise<void>;

/** Resolves to the folder; nothing has it open any more. */
export async function seedStore(): Promise<{ dataDir: string; remove: () => Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'errata-dashboards-'));
  let nowMs = 0;
  const now = () => nowMs;
  const store = createClickHouseStore(
    { target: { kind: 'embedded', dataDir }, cluster: undefined, retentionDays: 3_650 },
    { now, logger: { warn: () => undefined } },
  );
  nowMs = ago(200 * HOUR);
  await store.start();
  for (const seed of [seedErrors, seedAttempts, seedAgents, seedOutcomes])
    await seed((minutes) => (nowMs = ago(minutes)), store, now);
  await store.stop(30_000);
  return { dataDir, remove: () => rm(dataDir, { recursive: true, force: true }) };
}

let nextError = 0;

interface Batch extends Partial<ErrorEvent> {
  readonly minutesAgo: number;
  readonly count: number;
  /** Of the fingerprint. */
  readonly group: number;
  readonly lagMs?: number;
}

/** Ids are counted through; each error a millisecond after the one before. */
async function insert(store: Store, at: (minutes: number) => void, batch: Batch): Promise<readonly ErrorEvent[]> {
  const { minutesAgo, count, group, lagMs = 1_000, ...change } = batch;
  const events = Array.from({ length: count }, (_, index) => {
    nextError += 1;
    const timestampMs = ago(minutesAgo) + index;
    return eventOf(nextError, {
      timestampMs,
      fingerprint: fingerprintOf(group),
      message: `trouble ${nextError}`,
      ...change,
    });
  });
  at(minutesAgo - lagMs / MINUTE);
  await store.insert(events);
  return events;
}

const seedErrors: Seeding = async (at, store) => {
  const timeouts = { service: 'checkout', severity: 'error', errorType: 'timeout', group: 1 } as const;
  const crashes = { service: 'billing', severity: 'critical', errorType: 'database_error', group: 2 } as const;
  const resolve = async (minutesAgo: number, id: string, scope: 'group' | 'error' = 'group') => {
    at(minutesAgo);
    await store.resolve(1, id, { scope, notes: 'done', by: 'olga' });
  };
  await insert(store, at, { minutesAgo: 171 * HOUR, count: 10, ...timeouts }); // 1 to 10
  await insert(store, at, { minutesAgo: 100 * HOUR, count: 2, ...crashes, severity: 'error' }); // 11, 12
  await insert(store, at, {
    minutesAgo: 100 * HOUR - 1,
    count: 2,
    service: 'search',
    errorType: 'api_error',
    group: 5,
  }); // 13, 14
  await resolve(99 * HOUR, idOf(13));
  const chatty = { companyId: 3, service: 'chatty', group: 31 };
  await insert(store, at, { ...chatty, minutesAgo: 60 * HOUR, count: 1_344 }); // 15 to 1358
  await resolve(50 * HOUR, idOf(11));
  const leak = {
    companyId: 2,
    service: 'leak',
    severity: 'critical',
    message: 'leak',
    environment: 'leak',
    release: 'leak',
    group: 21,
  } as const;
  await insert(store, at, { ...leak, minutesAgo: 49 * HOUR, count: 10 }); // 1359 to 1368
  await insert(store, at, { minutesAgo: 27 * HOUR, count: 5, ...timeouts }); // 1369 to 1373
  await insert(store, at, {
    minutesAgo: 20 * HOUR,
    count: 1,
    lagMs: 60_000,
    service: 'search',
    severity: 'info',
    errorType: 'other',
    environment: '',
    group: 4,
  }); // 1374
  await insert(store, at, {
    minutesAgo: 10 * HOUR,
    count: 4,
    service: 'checkout',
    severity: 'warning',
    errorType: 'rate_limited',
    environment: 'staging',
    group: 3,
  }); // 1375 to 1378
  await resolve(9 * HOUR, idOf(1375));
  await insert(store, at, { minutesAgo: 8 * HOUR, count: 2, service: 'search', errorType: 'dns_failed', group: 6 }); // 1379, 1380
  await resolve(5 * HOUR, idOf(1379));
  await insert(store, at, { minutesAgo: 3 * HOUR, count: 6, ...timeouts, traceId: 'a'.repeat(32) }); // 1381 to 1386
  await insert(store, at, { minutesAgo: 3 * HOUR - 1, count: 6, ...timeouts, release: '1.1.0' }); // 1387 to 1392
  await insert(store, at, { ...leak, minutesAgo: 2 * HOUR, count: 40 }); // 1393 to 1432
  await insert(store, at, { ...chatty, minutesAgo: 2 * HOUR - 1, count: 30 }); // 1433 to 1462
  await insert(store, at, { minutesAgo: HOUR, count: 3, lagMs: 2_000, ...crashes, message: 'deadlock found' }); // 1463 to 1465
  // Names that would end the quotes around them.
  for (const service of ["it's", "a\\' OR 1 = 1 --"])
    await insert(store, at, { companyId: 4, minutesAgo: 45, count: 1, service, group: 41 }); // 1466, 1467
  await resolve(30, idOf(1392), 'error');
};

interface Told {
  readonly minutesAgo: number;
  readonly rule: string;
  readonly outcome?: Attempt['outcome'];
  readonly suppression?: Attempt['suppression'];
  readonly state?: Attempt['state'];
  readonly acted?: boolean;
  /** From the first counted error to the end. */
  readonly tookMs?: number;
  readonly company?: number;
  readonly service?: string;
  readonly error?: number;
}

const NOT_ACTED = new Set(['self_healed', 'undiagnosed', 'rejected', 'expired']);

const seedAttempts: Seeding = async (at, store, now) => {
  const log = createAttemptLog(store, now);
  let count = 0;
  const attempt = async (told: Told) => {
    count += 1;
    const { minutesAgo, rule, outcome, suppression, tookMs = 60_000, company = 1, service = 'checkout' } = told;
    const state = told.state ?? (suppression === undefined ? 'ended' : 'suppressed');
    const startedAtMs = ago(minutesAgo);
    at(minutesAgo);
    const first = await log.begin(
      attemptOf(`attempt-${String(count).padStart(2, '0')}`, {
        seq: 1,
        state: 'matched',
        ruleId: rule,
        outcome: undefined,
        actedAtMs: 0,
        endedAtMs: undefined,
        startedAtMs,
        updatedAtMs: startedAtMs,
        targetName: company === 2 ? 'leak' : service,
        targetKey: `service/${company}/${service}`,
        cause: {
          companyId: company,
          service,
          errorId: idOf(told.error ?? 1381),
          firstErrorAtMs: startedAtMs - 5_000,
          firedAtMs: startedAtMs,
        },
      }),
    );
    at(minutesAgo - (tookMs - 5_000) / MINUTE);
    await log.advance(first, {
      state,
      outcome,
      suppression,
      finding: state === 'suppressed' ? '' : 'POOL_FULL',
      note: `it is ${outcome ?? suppression ?? state}`,
      actedAtMs: told.acted === true ? startedAtMs + 1_000 : 0,
      endedAtMs: state === 'ended' ? now() : undefined,
    });
  };
  for (const outcome of outcomes)
    await attempt({
      minutesAgo: 12 * HOUR,
      rule: 'every-outcome',
      outcome,
      acted: !NOT_ACTED.has(outcome),
      tookMs: 30_000,
    });
  for (const suppression of suppressions) await attempt({ minutesAgo: 14 * HOUR, rule: 'every-reason', suppression });
  await attempt({
    minutesAgo: HOUR,
    rule: 'restart-db',
    outcome: 'succeeded',
    acted: true,
    tookMs: 120_000,
    service: 'billing',
    error: 1463,
  });
  await attempt({ minutesAgo: 2 * HOUR, rule: 'restart-db', outcome: 'succeeded', acted: true, tookMs: 60_000 });
  await attempt({ minutesAgo: 3 * HOUR, rule: 'restart-db', outcome: 'ineffective', acted: true });
  await attempt({ minutesAgo: 4 * HOUR, rule: 'raise-memory', outcome: 'relapsed', acted: true });
  await attempt({ minutesAgo: 5 * HOUR, rule: 'raise-memory', suppression: 'breaker_open' });
  await attempt({ minutesAgo: 6 * HOUR, rule: 'raise-memory', suppression: 'cooldown' });
  await attempt({ minutesAgo: 30, rule: 'raise-memory', suppression: 'breaker_open' });
  await attempt({ minutesAgo: 10, rule: 'restart-db', state: 'awaiting_approval' });
  await attempt({ minutesAgo: 8 * HOUR, rule: 'restart-db', outcome: 'superseded', acted: true });
  // Older than the time range.
  await attempt({ minutesAgo: 30 * HOUR, rule: 'restart-db', outcome: 'failed', acted: true });
  await attempt({
    minutesAgo: 3 * HOUR,
    rule: 'leak',
    outcome: 'failed',
    acted: true,
    company: 2,
    service: 'leak',
    error: 1393,
  });
  await attempt({
    minutesAgo: 20,
    rule: 'leak',
    suppression: 'breaker_open',
    company: 2,
    service: 'leak',
    error: 1393,
  });
};

const seedAgents: Seeding = async (at, store, now) => {
  const log = createCaseLog(store, now);
  const open = async (minutesAgo: number, change: Partial<CaseRecord> & { delegations: readonly Delegation[] }) => {
    at(minutesAgo);
    const openedAtMs = ago(minutesAgo);
    const record = await log.write({
      id: 'case',
      seq: 0,
      companyId: 1,
      state: 'open',
      kind: 'critical_error',
      errorId: idOf(1463),
      fingerprints: [fingerprintOf(2)],
      service: 'billing',
      errorType: 'database_error',
      severity: 'critical',
      message: 'deadlock found',
      attemptId: '',
      finding: '',
      reason: '',
      openedBy: 'ada',
      priority: 'urgent',
      join: 'all',
      deadlineAtMs: NOW,
      joined: 0,
      summary: '',
      openedAtMs,
      updatedAtMs: openedAtMs,
      closedAtMs: undefined,
      owed: NOTHING_OWED,
      joinedBy: [],
      overdue: [],
      ...change,
      delegations: change.delegations.map((one) => ({ ...one, state: 'open', report: undefined })),
    });
    at(minutesAgo - 1);
    await log.write({ ...record, delegations: change.delegations });
  };
  const task = (id: string, agent: string, change: Partial<Delegation>): Delegation => ({
    id,
    agent,
    questions: [`what does ${agent} see?`],
    state: 'open',
    openedAtMs: ago(2 * HOUR),
    dueAtMs: undefined,
    acknowledgedAtMs: undefined,
    heldBy: '',
    offers: 1,
    note: '',
    report: undefined,
    ...change,
  });
  const report = {
    status: 'resolved',
    summary: 'the disk was full',
    evidence: [],
    by: 'morgan',
    atMs: ago(HOUR),
  } as const;
  await open(2 * HOUR, {
    id: 'case-1',
    delegations: [task('d1', 'morgan', { state: 'reported', report }), task('d2', 'alex', { dueAtMs: ago(30) })],
  });
  await open(HOUR, {
    id: 'case-2',
    errorId: idOf(1381),
    service: 'checkout',
    severity: 'error',
    message: 'trouble 1381',
    delegations: [
      task('d3', 'devon', { state: 'acknowledged', heldBy: 'devon-bot', openedAtMs: ago(HOUR), dueAtMs: ago(-HOUR) }),
      task('d4', 'morgan', { state: 'expired', openedAtMs: ago(HOUR) }),
    ],
  });
  await open(HOUR, {
    id: 'case-3',
    companyId: 2,
    errorId: idOf(1393),
    service: 'leak',
    message: 'leak',
    delegations: [task('d5', 'leak', {})],
  });

  const call = {
    companyId: 1,
    agent: '',
    via: 'mcp',
    errorId: '',
    attemptId: '',
    delegationId: '',
    outcome: 'OK',
    chars: 0,
    truncated: false,
    traceId: '',
  } as const;
  store.addActivity({
    ...call,
    atMs: ago(3 * HOUR),
    actor: 'morgan-bot',
    agent: 'morgan',
    call: 'errors_get',
    errorId: idOf(1381),
    tookMs: 20,
    chars: 1_000,
    traceId: 'b'.repeat(32),
  });
  store.addActivity({
    ...call,
    atMs: ago(2 * HOUR),
    actor: 'morgan-bot',
    agent: 'morgan',
    call: 'errors_get',
    errorId: idOf(1463),
    tookMs: 40,
    chars: 3_000,
    truncated: true,
  });
  store.addActivity({
    ...call,
    atMs: ago(HOUR),
    actor: 'alex-bot',
    agent: 'alex',
    call: 'agents_report',
    outcome: 'NOT_FOUND',
    tookMs: 10,
  });
  store.addActivity({
    ...call,
    atMs: ago(30),
    actor: 'olga',
    via: 'rest',
    call: 'resolve_error',
    errorId: idOf(1392),
    tookMs: 5,
  });
  store.addActivity({ ...call, companyId: 2, atMs: ago(30), actor: 'leak', agent: 'leak', call: 'leak', tookMs: 5 });

  let count = 0;
  const notices = createNotificationLog({ store, now, newId: () => `n${(count += 1)}` });
  const notify = async (channel: string, state: 'sent' | 'failed', companyId = 1) => {
    at(HOUR);
    const notice: Notice = {
      companyId,
      kind: 'critical_error',
      key: 'k',
      severity: 'critical',
      title: 't',
      service: 's',
      message: 'm',
      fields: [],
      path: '',
      agent: '',
      atMs: now(),
    };
    const begun = await notices.begin(notices.draft(channel, notice, { state: 'pending', note: '' }));
    await notices.advance(begun, { state });
  };
  for (const channel of ['ops', 'ops']) await notify(channel, 'sent');
  await notify('mail', 'failed');
  await notify('leak', 'sent', 2);
};

const seedOutcomes: Seeding = async (at, store) => {
  const count = (
    minutesAgo: number,
    n: number,
    [signal, outcome, reason = '']: readonly [Outcome['signal'], Outcome['outcome'], string?],
    companyId = 1,
  ) => {
    at(minutesAgo);
    store.countOutcome({ companyId, signal, outcome, reason, count: n });
  };
  count(10 * HOUR, 4, ['logs', 'stored']);
  count(10 * HOUR, 1, ['api', 'rejected', 'undecodable']);
  count(10 * HOUR, 2, ['logs', 'limited', 'rate_limited']);
  count(10 * HOUR, 1, ['traces', 'oversized']);
  count(3 * HOUR, 12, ['traces', 'stored']);
  count(3 * HOUR, 5, ['traces', 'folded']);
  count(HOUR, 3, ['traces', 'stored']);
  count(HOUR, 2, ['logs', 'duplicate']);
  count(2 * HOUR, 40, ['traces', 'stored', 'leak'], 2);
  for (let hour = 25; hour >= 2; hour -= 1) count(hour * HOUR, 1, ['logs', 'stored'], 3);
};
