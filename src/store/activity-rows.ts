// Who called what. Written a second later, many rows at once: a call must not wait for a disk because it is noted down, and
// a kill may lose that second.
import { randomInt } from 'node:crypto';
import { Failure } from '../failure.ts';
import type { ActivityRow, AgentStore } from './agent-store.ts';
import { ACTIVITY_COLUMNS, selectActivity, selectLastCalls } from './queries-agents.ts';
import { toDateTime64 } from './rows.ts';
import type { Runner } from './run.ts';

interface ActivityRows extends Pick<AgentStore, 'addActivity' | 'listActivity' | 'lastCalls'> {
  /** Writes what waits; what is added later is dropped. Safe twice. Never throws. */
  stop(): Promise<void>;
}

interface ActivityDeps {
  readonly writes: Runner;
  readonly reads: Runner;
  readonly logger: { warn(fields: object, message: string): void };
  /** Resolves when the tables are there. */
  readonly ready: () => Promise<void>;
}

type ActivityFilter = Parameters<AgentStore['listActivity']>[0];

const FLUSH_MS = 1_000;

/** After a failed flush: the store is away, and asking it each second helps nobody. */
const RETRY_MS = 5_000;

/** Rows that wait: 5 MB. Past that the newer are dropped and counted: memory matters more than a log of calls. */
const MAX_WAITING = 10_000;

const MAX_UINT32 = 4_294_967_295;

/** Rows of one moment by other processes differ in this part of their `n`. */
const PROCESS_PARTS = 65_536;

export function createActivityRows({ writes, reads, logger, ready }: ActivityDeps): ActivityRows {
  const processPart = randomInt(PROCESS_PARTS);
  let waiting: (readonly unknown[])[] = [];
  let dropped = 0;
  let added = 0;
  let timer: NodeJS.Timeout | undefined;
  let flushing = Promise.resolve();
  let stopped = false;

  function addActivity(row: ActivityRow): void {
    if (stopped || waiting.length >= MAX_WAITING) {
      dropped += 1;
      return;
    }
    added += 1;
    waiting.push(toRow(row, added * PROCESS_PARTS + processPart));
    flushIn(FLUSH_MS);
  }

  function flushIn(ms: number): void {
    timer ??= setTimeout(() => {
      flushing = flush().then((done) => {
        timer = undefined;
        if (waiting.length > 0 && !stopped) flushIn(done ? FLUSH_MS : RETRY_MS);
      });
    }, ms).unref();
  }

  /** Says whether the store is there. */
  async function flush(): Promise<boolean> {
    const taken = waiting;
    if (taken.length === 0) return true;
    waiting = [];
    try {
      await ready();
      await writes.insert('activity', ACTIVITY_COLUMNS, taken);
      return true;
    } catch (failure) {
      // What the store refuses once it refuses always.
      const kept = failure instanceof Failure && !failure.retryable ? [] : [...taken, ...waiting].slice(0, MAX_WAITING);
      dropped += taken.length + waiting.length - kept.length;
      waiting = kept;
      logger.warn({ err: failure, waiting: waiting.length }, 'activity waits for the store');
      return false;
    } finally {
      if (dropped > 0) logger.warn({ dropped }, 'rows of activity were dropped');
      dropped = 0;
    }
  }

  async function stop(): Promise<void> {
    stopped = true;
    await flushing;
    clearTimeout(timer);
    timer = undefined;
    await flush();
    if (waiting.length > 0) logger.warn({ lost: waiting.length }, 'activity of the last seconds is lost');
    waiting = [];
  }

  /** An insert that was repeated after a time-out stands twice: such rows are neighbours, and the page is filled up. */
  async function listActivity({ limit, ...filter }: ActivityFilter): Promise<readonly (ActivityRow & { n: string })[]> {
    const found: (ActivityRow & { readonly n: string })[] = [];
    let { after } = filter;
    for (;;) {
      const asked = limit - found.length;
      const position = after === undefined ? {} : { after };
      const page = await reads.rows<StoredRow>(selectActivity({ ...filter, ...position, limit: asked }));
      found.push(...page.filter((row, index) => row.n_text !== page[index - 1]?.n_text).map(fromStored));
      after = found.at(-1);
      if (page.length < asked || found.length >= limit) return found;
    }
  }

  return {
    addActivity,
    stop,
    listActivity,
    lastCalls: async (companyId, sinceMs) => {
      const rows = await reads.rows<{ agent: string; at_ms: number | string }>(selectLastCalls(companyId, sinceMs));
      return new Map(rows.map((row) => [row.agent, Number(row.at_ms)]));
    },
  };
}

function toRow(row: ActivityRow, n: number): readonly unknown[] {
  return [
    row.companyId,
    toDateTime64(row.atMs),
    n,
    row.actor,
    row.agent,
    row.via,
    row.call,
    row.errorId,
    row.attemptId,
    row.delegationId,
    row.outcome,
    toUInt32(row.tookMs),
    toUInt32(row.chars),
    row.truncated,
    row.traceId,
  ];
}

function toUInt32(value: number): number {
  return Math.min(Math.max(Math.round(value), 0), MAX_UINT32);
}

interface StoredRow {
  readonly company_id: number;
  readonly at_ms: number | string;
  readonly n_text: string;
  readonly actor: string;
  readonly agent: string;
  readonly via: string;
  readonly call: string;
  readonly error_id: string;
  readonly attempt_id: string;
  readonly delegation_id: string;
  readonly outcome: string;
  readonly took_ms: number;
  readonly chars: number;
  readonly truncated: boolean;
  readonly trace_id: string;
}

function fromStored(row: StoredRow): ActivityRow & { readonly n: string } {
  return {
    companyId: row.company_id,
    atMs: Number(row.at_ms),
    n: row.n_text,
    actor: row.actor,
    agent: row.agent,
    via: row.via,
    call: row.call,
    errorId: row.error_id,
    attemptId: row.attempt_id,
    delegationId: row.delegation_id,
    outcome: row.outcome,
    tookMs: row.took_ms,
    chars: row.chars,
    truncated: row.truncated,
    traceId: row.trace_id,
  };
}
