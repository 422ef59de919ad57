// Which of these occurrences are stored already: from memory where it surely knows, else asked of the store in the window
// of time in which their rows can be.
import type { ErrorEvent } from '../errors/error-event.ts';
import { selectKnown } from './queries.ts';
import { keyOf } from './recent-ids.ts';
import type { Known, RecentIds } from './recent-ids.ts';
import type { Runner } from './run.ts';

interface KnownRow {
  readonly id_text: string;
  readonly richness: number;
  readonly fingerprint_text: string;
}

/** Twins of one occurrence are at most a minute and the edge tolerance of occurrence-id.ts apart. */
const TWIN_REACH_MS = 65_000;

/** Times this far apart are looked up as separate windows, so that one late error does not widen the search. */
const WINDOW_GAP_MS = 600_000;

/** More windows than this are searched as one. */
const MAX_WINDOWS = 16;

export interface FindParts {
  readonly run: Runner;
  readonly recent: RecentIds | undefined;
}

/** By keyOf. Throws STORE_UNAVAILABLE. */
export async function findKnown(events: readonly ErrorEvent[], parts: FindParts): Promise<ReadonlyMap<string, Known>> {
  const known = new Map<string, Known>();
  const asked = new Map<number, ErrorEvent[]>();
  for (const event of events) {
    const found = parts.recent?.find(event);
    if (found !== undefined) known.set(keyOf(event), found);
    else if (!isSurelyNew(event, parts.recent)) {
      const own = asked.get(event.companyId);
      if (own === undefined) asked.set(event.companyId, [event]);
      else own.push(event);
    }
  }
  for (const [companyId, own] of asked) {
    for (const window of windowsOf(own)) {
      for (const row of await parts.run.rows<KnownRow>(selectKnown(companyId, window.ids, window.range))) {
        known.set(keyOf({ companyId, id: row.id_text }), { richness: row.richness, fingerprint: row.fingerprint_text });
      }
    }
  }
  return known;
}

/** Not found in memory, and memory is complete for every time at which it could stand. */
function isSurelyNew({ timestampMs, timeMoves }: ErrorEvent, recent: RecentIds | undefined): boolean {
  return recent !== undefined && timeMoves === undefined && recent.covers(timestampMs - TWIN_REACH_MS);
}

interface Window {
  readonly ids: readonly string[];
  readonly range?: { readonly fromMs: number; readonly toMs: number };
}

/** Ids with the times between which their rows can be; without a range: anywhere. */
function windowsOf(events: readonly ErrorEvent[]): readonly Window[] {
  const moved = events.filter((event) => event.timeMoves);
  const inPlace = events.filter((event) => !event.timeMoves).toSorted((a, b) => a.timestampMs - b.timestampMs);
  const runs: ErrorEvent[][] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const event of inPlace) {
    const run = runs.at(-1);
    const startsRun = event.timestampMs - lastMs > WINDOW_GAP_MS && runs.length < MAX_WINDOWS;
    if (run === undefined || startsRun) runs.push([event]);
    else run.push(event);
    lastMs = event.timestampMs;
  }
  const windows: Window[] = runs.map((run) => ({
    ids: run.map((event) => event.id),
    range: { fromMs: (run[0]?.timestampMs ?? 0) - TWIN_REACH_MS, toMs: (run.at(-1)?.timestampMs ?? 0) + TWIN_REACH_MS },
  }));
  return moved.length === 0 ? windows : [...windows, { ids: moved.map((event) => event.id) }];
}

/** errors/ moves times further ahead than this back to it. */
export const CLAMP_AHEAD_MS = 10 * 60_000;
