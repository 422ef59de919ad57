// One commit: which of these occurrences are new, and make those durable. Exactly once, because what is stored is asked
// before the insert, one commit is in flight at a time, and an id is made from the content (errors/occurrence-id.ts).
// A commit that failed half-way (some partitions written) heals the same way when the sender repeats it.
import type { ErrorEvent } from '../errors/error-event.ts';
import type { Aliases } from './aliases.ts';
import { ERROR_COLUMNS, selectKnown } from './queries.ts';
import { toDateTime64, toErrorRow } from './rows.ts';
import type { Runner } from './run.ts';

export type WriteOutcome = 'stored' | 'duplicate';

export interface WriteDeps {
  readonly run: Runner;
  readonly aliases: Aliases;
  readonly now: () => number;
  readonly retentionMs: number;
  /** Errors shown under `from` belong to `to` from now on. */
  readonly alias: (companyId: number, from: string, to: string) => Promise<void>;
}

interface Known {
  readonly richness: number;
  readonly fingerprint: string;
}

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

/** Groups whose inputs this process has written; forgetting one costs a second, equal row. */
const MAX_KNOWN_GROUPS = 200_000;

export function createErrorWriter(
  deps: WriteDeps,
): (events: readonly ErrorEvent[]) => Promise<readonly WriteOutcome[]> {
  const knownGroups = new Set<string>();
  let lastReceivedAtMs = 0;

  return async (events) => {
    const richest = joinTwins(events);
    const nowMs = deps.now();
    const bounds = { nowMs, oldestMs: nowMs - deps.retentionMs + RETENTION_EDGE_MS };
    const known = await findKnown(deps.run, [...richest.values()], bounds);
    const fresh: ErrorEvent[] = [];
    const richer: ErrorEvent[] = [];
    for (const event of richest.values()) {
      const stored = known.get(keyOf(event));
      if (stored === undefined) fresh.push(withTarget(event, deps.aliases));
      else if (event.richness > stored.richness) richer.push(event);
    }
    // Strictly rising over commits: the stream's position is (received_at, id).
    const receivedAtMs = Math.max(deps.now(), lastReceivedAtMs + 1);
    await writeGroups(fresh, receivedAtMs);
    await deps.run.insert(
      'errors',
      ERROR_COLUMNS,
      fresh.map((event) => toErrorRow(event, receivedAtMs)),
    );
    lastReceivedAtMs = receivedAtMs;
    await keepTwins(richer, known, receivedAtMs);
    return outcomesOf(events, new Set(fresh.map(keyOf)));
  };

  async function writeGroups(fresh: readonly ErrorEvent[], receivedAtMs: number): Promise<void> {
    const groups = new Map<string, ErrorEvent>();
    for (const event of fresh) {
      const key = `${event.companyId}/${event.fingerprint}`;
      if (!knownGroups.has(key)) groups.set(key, event);
    }
    await deps.run.insert(
      'error_groups',
      ['company_id', 'fingerprint', 'first_received', 'loose', 'grouping'],
      [...groups.values()].map((event) => [
        event.companyId,
        event.fingerprint,
        toDateTime64(receivedAtMs),
        event.grouping.loose,
        JSON.stringify(event.grouping),
      ]),
    );
    if (knownGroups.size > MAX_KNOWN_GROUPS) knownGroups.clear();
    for (const key of groups.keys()) knownGroups.add(key);
  }

  /** The stored row stays; the richer copy is shown with it, and its group is the one that the occurrence belongs to. */
  async function keepTwins(
    richer: readonly ErrorEvent[],
    known: ReadonlyMap<string, Known>,
    receivedAtMs: number,
  ): Promise<void> {
    await deps.run.insert(
      'error_twins',
      ['company_id', 'id', 'richness', 'received_at', 'event'],
      richer.map((event) => [
        event.companyId,
        event.id,
        event.richness,
        toDateTime64(receivedAtMs),
        JSON.stringify(event),
      ]),
    );
    await writeGroups(richer, receivedAtMs);
    for (const event of richer) {
      const poorer = known.get(keyOf(event));
      // Only what was grouped without frames joins a group that has them: two groups with frames are two groups.
      if (poorer === undefined || poorer.fingerprint === event.fingerprint || event.grouping.frames.length === 0)
        continue;
      if (poorer.richness < RICHNESS_OF_STACK) await deps.alias(event.companyId, poorer.fingerprint, event.fingerprint);
    }
  }
}

/** errors/ gives at least this much to an occurrence that has a stack trace. */
const RICHNESS_OF_STACK = 8;

function keyOf(event: ErrorEvent): string {
  return `${event.companyId}/${event.id}`;
}

function joinTwins(events: readonly ErrorEvent[]): ReadonlyMap<string, ErrorEvent> {
  const richest = new Map<string, ErrorEvent>();
  for (const event of events) {
    const twin = richest.get(keyOf(event));
    if (twin === undefined || event.richness > twin.richness) richest.set(keyOf(event), event);
  }
  return richest;
}

function withTarget(event: ErrorEvent, aliases: Aliases): ErrorEvent {
  const fingerprint = aliases.targetOf(event.companyId, event.fingerprint);
  return fingerprint === event.fingerprint ? event : { ...event, fingerprint };
}

/** The first of equal occurrences counts as stored, the others as duplicates. */
function outcomesOf(events: readonly ErrorEvent[], fresh: Set<string>): readonly WriteOutcome[] {
  return events.map((event) => (fresh.delete(keyOf(event)) ? 'stored' : 'duplicate'));
}

async function findKnown(
  run: Runner,
  events: readonly ErrorEvent[],
  bounds: Bounds,
): Promise<ReadonlyMap<string, Known>> {
  const known = new Map<string, Known>();
  const byCompany = new Map<number, ErrorEvent[]>();
  for (const event of events) {
    const own = byCompany.get(event.companyId);
    if (own === undefined) byCompany.set(event.companyId, [event]);
    else own.push(event);
  }
  for (const [companyId, own] of byCompany) {
    for (const window of windowsOf(own, bounds)) {
      const query = selectKnown(companyId, window.ids, window.range);
      for (const row of await run.rows<KnownRow>(query)) {
        known.set(`${companyId}/${row.id_text}`, { richness: row.richness, fingerprint: row.fingerprint_text });
      }
    }
  }
  return known;
}

interface Bounds {
  readonly nowMs: number;
  /** Older times may have been moved by the clamp. */
  readonly oldestMs: number;
}

interface Window {
  readonly ids: readonly string[];
  readonly range?: { readonly fromMs: number; readonly toMs: number };
}

/** Ids with the times between which their rows can be. */
function windowsOf(events: readonly ErrorEvent[], { nowMs, oldestMs }: Bounds): readonly Window[] {
  const sorted = events.toSorted((a, b) => a.timestampMs - b.timestampMs);
  const runs: ErrorEvent[][] = [];
  const clamped: ErrorEvent[] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const event of sorted) {
    // A clamped time moves with each retry: such an id is looked for in all rows.
    if (event.timestampMs > nowMs + CLAMP_SUSPECT_MS || event.timestampMs < oldestMs) clamped.push(event);
    else if (event.timestampMs - lastMs > WINDOW_GAP_MS && runs.length < MAX_WINDOWS) runs.push([event]);
    else runs.at(-1)?.push(event);
    lastMs = event.timestampMs;
  }
  const windows: Window[] = runs.map((run) => ({
    ids: run.map((event) => event.id),
    range: { fromMs: (run[0]?.timestampMs ?? 0) - TWIN_REACH_MS, toMs: (run.at(-1)?.timestampMs ?? 0) + TWIN_REACH_MS },
  }));
  return clamped.length === 0 ? windows : [...windows, { ids: clamped.map((event) => event.id) }];
}

/** errors/ moves times further ahead than ten minutes back to that: above nine they may have been moved. */
const CLAMP_SUSPECT_MS = 9 * 60_000;

/** Times before the retention are moved to its edge: an hour around it they may have been moved. */
const RETENTION_EDGE_MS = 3_600_000;
