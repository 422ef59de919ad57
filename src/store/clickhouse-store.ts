// The one ErrorStore, AttemptStore and AgentStore: ClickHouse, embedded by default. See migration-tables.ts for the tables, write-errors.ts for exactly-once.
import { Failure } from '../failure.ts';
import type { AgentStore } from './agent-store.ts';
import { createActivityRows } from './activity-rows.ts';
import { createAliases } from './aliases.ts';
import type { AttemptStore } from './attempt-store.ts';
import { createAttempts } from './attempts.ts';
import { createBackUp } from './back-up-running.ts';
import type { BackUp } from './back-up-running.ts';
import { createCases } from './cases.ts';
import { createStateChanges } from './change-state.ts';
import type { ErrorStore, Inserted } from './error-store.ts';
import type { ErrorEvent } from '../errors/error-event.ts';
import { createKnownStates } from './known-state.ts';
import { CLAMP_AHEAD_MS } from './find-known.ts';
import { createFindSimilar } from './find-similar.ts';
import { createFixMarks } from './fix-marks.ts';
import { createGroupCommit, withDeadline } from './group-commit.ts';
import { migrate } from './migrate.ts';
import { createNotifications } from './notifications.ts';
import { openClients } from './open-client.ts';
import type { Clients, StoreTarget } from './open-client.ts';
import { createOutcomes } from './outcomes.ts';
import { createRecentIds } from './recent-ids.ts';
import type { RecentIds } from './recent-ids.ts';
import { selectOne, selectRecent } from './queries.ts';
import { selectAliases, selectStrictByLoose } from './queries-groups.ts';
import { createErrorReads } from './read-errors.ts';
import { createGroupReads } from './read-groups.ts';
import { createRunner } from './run.ts';
import { createErrorWriter } from './write-errors.ts';
import type { WriteOutcome } from './write-errors.ts';
import { createWriteHealth } from './write-health.ts';

export interface StoreSettings {
  readonly target: StoreTarget;
  readonly cluster: string | undefined;
  readonly retentionDays: number;
}

export interface StoreDeps {
  readonly now: () => number;
  readonly logger: { warn(fields: object, message: string): void };
  /** One commit: rows, time in ms. */
  readonly onCommit?: (rows: number, tookMs: number) => void;
}

/** Rows of one insert: about 10 MB of text with stacks. Larger ones bring no more rows a second and cost memory. */
const MAX_ROWS_PER_COMMIT = 4_000;

/** Events that wait for a commit; the receiver's byte budget is usually met first. */
const MAX_WAITING_EVENTS = 100_000;

/** Below the 10 s after which OpenTelemetry SDKs give up on a request, so that they hear 503 instead of nothing. */
const INSERT_TIMEOUT_MS = 8_000;

/** A migration of the embedded store may rewrite data; there is nothing to start with before it is done. */
const MIGRATE_TIMEOUT_MS = 600_000;

const OUTCOMES_FLUSH_MS = 5_000;

/** Memory of what was stored before the start: more than the reach of twins and retries; past the rows it starts empty. */
const RECENT_MS = 300_000;
const MAX_RECENT_ROWS = 100_000;

/** Other processors' aliases are seen after this long. */
const ALIASES_RELOAD_MS = 30_000;

export type Store = ErrorStore & AttemptStore & AgentStore & { readonly backUp: BackUp };

export function createClickHouseStore(settings: StoreSettings, deps: StoreDeps): Store {
  let clients: Clients | undefined;
  let migrated = false;
  let timers: NodeJS.Timeout[] = [];
  const wakers = new Set<() => void>();
  let preparing: Promise<void> | undefined;
  const open = () => {
    if (clients === undefined) throw new Failure('STORE_UNAVAILABLE', 'the store is not open');
    return clients;
  };
  const health = createWriteHealth({
    tryInsert: () => writes.insert('settings', ['name', 'version', 'value'], [['readiness', deps.now() * 1000, '']]),
    now: deps.now,
  });
  const writes = createRunner(
    () => open().write,
    (failure) => health.heard(failure),
  );
  const reads = createRunner(() => open().read());
  const aliases = createAliases();
  // One folder, one process: nobody else can have stored what is not in memory.
  const recent = settings.target.kind === 'embedded' ? createRecentIds() : undefined;
  const outcomes = createOutcomes(writes, deps.now);
  const writer = createErrorWriter({
    run: writes,
    aliases,
    now: deps.now,
    recent,
    alias: (companyId, from, to) =>
      aliasGroups(companyId, [{ from, to, reason: 'the same occurrence, told more fully' }]),
  });
  const commits = createGroupCommit<ErrorEvent, WriteOutcome>({
    commit: async (events) => {
      const startedMs = performance.now();
      const written = await writer.write(events);
      deps.onCommit?.(events.length, performance.now() - startedMs);
      wake();
      return written;
    },
    maxItems: MAX_ROWS_PER_COMMIT,
    maxWaiting: MAX_WAITING_EVENTS,
    timeoutMs: INSERT_TIMEOUT_MS,
  });
  const states = settings.target.kind === 'embedded' ? createKnownStates(reads) : undefined;
  const fixMarks = createFixMarks(reads, aliases, settings.target.kind === 'embedded');
  const errorReads = createErrorReads({ run: reads, aliases, states, fixMarks });
  /** For writes that do not go through `insert`. */
  const ready = () => withDeadline(prepareOnce(), INSERT_TIMEOUT_MS);
  const activity = createActivityRows({ writes, reads, logger: deps.logger, ready });

  async function start(): Promise<void> {
    clients ??= await openClients(settings.target);
    try {
      await withDeadline(prepareOnce(), settings.target.kind === 'embedded' ? MIGRATE_TIMEOUT_MS : INSERT_TIMEOUT_MS);
    } catch (failure) {
      // A server may come up after us: until then every insert is answered 503 and tries again.
      if (settings.target.kind === 'embedded' || !(failure instanceof Failure) || !failure.retryable) throw failure;
      deps.logger.warn({ err: failure }, 'the store is away; starting without it');
    }
    const flush = () =>
      void outcomes
        .flush()
        .catch((failure: unknown) => deps.logger.warn({ err: failure }, 'ingest outcomes wait for the store'));
    timers = [setInterval(flush, OUTCOMES_FLUSH_MS), setInterval(() => void reloadAliases(), ALIASES_RELOAD_MS)];
    for (const timer of timers) timer.unref();
  }

  /** Migrates and loads what is kept in memory; a start without the server does it at the first call that finds it. */
  async function prepareOnce(): Promise<void> {
    if (migrated) return;
    preparing ??= prepare().finally(() => {
      preparing = undefined;
    });
    await preparing;
  }

  async function prepare(): Promise<void> {
    const layout = {
      cluster: settings.cluster,
      retentionDays: settings.retentionDays,
      fsync: settings.target.kind === 'embedded',
    };
    await open().createDatabase(settings.cluster);
    await migrate(writes, layout, deps.now());
    await loadAliases();
    if (recent !== undefined) await loadRecent(recent);
    migrated = true;
  }

  async function loadRecent(into: RecentIds): Promise<void> {
    const fromMs = deps.now() - RECENT_MS;
    const rows = await reads.rows<RecentRow>(selectRecent(fromMs, MAX_RECENT_ROWS));
    if (rows.length < MAX_RECENT_ROWS) into.load(rows.map(toRecent), fromMs);
    else into.forget(deps.now() + CLAMP_AHEAD_MS);
  }

  async function loadAliases(): Promise<void> {
    const rows = await reads.rows<{ company_id: number; fingerprint_text: string; target_text: string }>(
      selectAliases(),
    );
    aliases.load(rows.map((row) => ({ companyId: row.company_id, from: row.fingerprint_text, to: row.target_text })));
  }

  async function reloadAliases(): Promise<void> {
    try {
      await loadAliases();
    } catch (failure) {
      // The old ones stay in force; the next reload tries again.
      deps.logger.warn({ err: failure }, 'group aliases were not reloaded');
    }
  }

  async function stop(deadlineMs: number): Promise<void> {
    for (const timer of timers) clearInterval(timer);
    timers = [];
    wake();
    if (clients === undefined) return;
    const flushed = commits
      .stop()
      .then(() => outcomes.flush())
      .catch((failure: unknown) => deps.logger.warn({ err: failure }, 'ingest outcomes of the last seconds are lost'))
      .then(() => activity.stop());
    await Promise.race([flushed, afterMs(deadlineMs)]);
    const closing = clients;
    clients = undefined;
    await closing.close();
  }

  async function ping(): Promise<void> {
    await prepareOnce();
    await reads.rows(selectOne());
    await health.check();
  }

  async function insert(events: readonly ErrorEvent[]): Promise<Inserted> {
    if (events.length === 0) return { stored: 0, duplicates: 0 };
    await withDeadline(prepareOnce(), INSERT_TIMEOUT_MS);
    const written = await commits.add(events);
    const stored = written.filter((outcome) => outcome === 'stored').length;
    return { stored, duplicates: written.length - stored };
  }

  async function aliasGroups(
    companyId: number,
    added: readonly { from: string; to: string; reason: string }[],
  ): Promise<void> {
    const rows: unknown[][] = [];
    for (const { from, to, reason } of added) {
      const target = aliases.targetOf(companyId, to);
      // Each row names the end of its chain: SQL follows one step only.
      for (const member of aliases.membersOf(companyId, from)) {
        if (member !== target) rows.push([companyId, member, target, reason, deps.now() * 1000]);
      }
    }
    await writes.insert('group_aliases', ['company_id', 'fingerprint', 'target', 'reason', 'version'], rows);
    for (const { from, to } of added) aliases.add(companyId, from, to);
  }

  function waitForInsert(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        wakers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      signal.addEventListener('abort', done, { once: true });
      wakers.add(done);
    });
  }

  function wake(): void {
    for (const done of wakers) done();
  }

  return {
    start,
    stop,
    ping,
    insert,
    countOutcome: (outcome) => outcomes.count(outcome),
    ...errorReads,
    ...createGroupReads({ run: reads, aliases, fixMarks, now: deps.now }),
    ...createAttempts({ writes, reads, aliases, fixMarks, now: deps.now, ready }),
    ...createCases({ writes, reads, aliases, ready }),
    ...createNotifications({ writes, reads, ready }),
    ...createFindSimilar(reads, aliases),
    addActivity: activity.addActivity,
    listActivity: activity.listActivity,
    lastCalls: activity.lastCalls,
    storedUntilMs: () => writer.storedUntilMs(),
    ...createStateChanges({
      run: writes,
      aliases,
      now: deps.now,
      getError: errorReads.getError,
      onChange: (companyId) => states?.forget(companyId),
    }),
    aliasGroups,
    backUp: createBackUp(settings.target, { client: () => open().backup, ready, now: deps.now }),
    waitForInsert,
    listStrictByLoose: async (sinceMs) =>
      (
        await reads.rows<{ company_id: number; loose_text: string; strict: readonly string[] }>(
          selectStrictByLoose(sinceMs),
        )
      ).map((row) => ({ companyId: row.company_id, loose: row.loose_text, strict: row.strict })),
  };
}

interface RecentRow {
  readonly company_id: number;
  readonly id_text: string;
  readonly timestamp_ms: number | string;
  readonly richness: number;
  readonly fingerprint_text: string;
}

function toRecent(row: RecentRow) {
  return {
    companyId: row.company_id,
    id: row.id_text,
    timestampMs: Number(row.timestamp_ms),
    richness: row.richness,
    fingerprint: row.fingerprint_text,
  };
}

function afterMs(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
