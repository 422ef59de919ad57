// Occurrences that this process has stored lately, so that an insert need not ask the store about each new one: a quarter
// of the time of a small insert. Only for the embedded store, where nobody else writes. Never a guess: what it does not
// surely know is asked.
import type { ErrorEvent } from '../errors/error-event.ts';

export interface Known {
  readonly richness: number;
  readonly fingerprint: string;
}

export interface RecentRow extends Known {
  readonly companyId: number;
  readonly id: string;
  readonly timestampMs: number;
}

export interface RecentIds {
  /** true: every stored error from this time on is here. */
  covers(fromMs: number): boolean;
  find(key: string): Known | undefined;
  /** Rows that are durable now. */
  add(rows: readonly RecentRow[]): void;
  /** At start: all rows from this time on. */
  load(rows: readonly RecentRow[], fromMs: number): void;
  /** After an insert of unknown outcome: nothing is sure up to this time. */
  forget(untilMs: number): void;
}

/** About 20 MB; more than three minutes at 500 errors a second. */
const MAX_ROWS = 100_000;

export function keyOf({ companyId, id }: Pick<ErrorEvent, 'companyId' | 'id'>): string {
  return `${companyId}/${id}`;
}

export function createRecentIds(): RecentIds {
  // In the order in which they were stored: the longest stored goes first.
  const rows = new Map<string, RecentRow>();
  let completeFromMs = Number.POSITIVE_INFINITY;

  function add(added: readonly RecentRow[]): void {
    for (const row of added) rows.set(keyOf(row), row);
    for (const [key, row] of rows) {
      if (rows.size <= MAX_ROWS) return;
      rows.delete(key);
      completeFromMs = Math.max(completeFromMs, row.timestampMs + 1);
    }
  }

  return {
    covers: (fromMs) => fromMs >= completeFromMs,
    find: (key) => rows.get(key),
    add,
    load: (loaded, fromMs) => {
      completeFromMs = fromMs;
      add(loaded);
    },
    forget: (untilMs) => {
      rows.clear();
      completeFromMs = untilMs;
    },
  };
}
