// One commit: which of these occurrences are new, and make those durable. Exactly once, because what is stored is asked
// before the insert, one commit is in flight at a time, and an id is made from the content (errors/occurrence-id.ts).
// A commit that failed half-way (some partitions written) heals the same way when the sender repeats it.
import type { ErrorEvent } from '../errors/error-event.ts';
import type { Aliases } from './aliases.ts';
import { CLAMP_AHEAD_MS, findKnown } from './find-known.ts';
import { ERROR_COLUMNS } from './queries.ts';
import { keyOf } from './recent-ids.ts';
import type { Known, RecentIds } from './recent-ids.ts';
import { toDateTime64, toErrorRow } from './rows.ts';
import type { Runner } from './run.ts';

export type WriteOutcome = 'stored' | 'duplicate';

export interface WriteDeps {
  readonly run: Runner;
  readonly aliases: Aliases;
  readonly now: () => number;
  /** undefined where other processes write too. */
  readonly recent: RecentIds | undefined;
  /** Errors shown under `from` belong to `to` from now on. */
  readonly alias: (companyId: number, from: string, to: string) => Promise<void>;
}

/** Groups whose inputs this process has written; forgetting one costs a second, equal row. */
const MAX_KNOWN_GROUPS = 200_000;

export interface ErrorWriter {
  write(events: readonly ErrorEvent[]): Promise<readonly WriteOutcome[]>;
  /** `received_at` of what was stored last; what comes has a later one. Unix ms. */
  storedUntilMs(): number;
}

export function createErrorWriter(deps: WriteDeps): ErrorWriter {
  const knownGroups = new Set<string>();
  let lastReceivedAtMs = deps.now() - 1;

  async function write(events: readonly ErrorEvent[]): Promise<readonly WriteOutcome[]> {
    const richest = joinTwins(events);
    const known = await findKnown([...richest.values()], deps);
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
    await writeRows(fresh, receivedAtMs);
    lastReceivedAtMs = receivedAtMs;
    await keepTwins(richer, known, receivedAtMs);
    return outcomesOf(events, new Set(fresh.map(keyOf)));
  }

  async function writeRows(fresh: readonly ErrorEvent[], receivedAtMs: number): Promise<void> {
    try {
      const rows = fresh.map((event) => toErrorRow(event, receivedAtMs));
      await deps.run.insert('errors', ERROR_COLUMNS, rows);
    } catch (failure) {
      // Some of it may be stored: until times that lie ahead of this moment, the store is asked again.
      deps.recent?.forget(deps.now() + CLAMP_AHEAD_MS);
      throw failure;
    }
    deps.recent?.add(fresh);
  }

  async function writeGroups(fresh: readonly ErrorEvent[], receivedAtMs: number): Promise<void> {
    const groups = new Map<string, ErrorEvent>();
    for (const event of fresh) {
      const key = `${event.companyId}/${event.fingerprint}`;
      // Under an alias it is not this error's inputs that made the group.
      const { strict, loose } = event.grouping;
      const isOwn = event.fingerprint === strict || event.fingerprint === loose;
      if (isOwn && !knownGroups.has(key)) groups.set(key, event);
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
      // A group that others were joined to holds more than this one message's errors.
      const isAlone = deps.aliases.membersOf(event.companyId, poorer.fingerprint).length === 1;
      if (isAlone && poorer.richness < RICHNESS_OF_STACK)
        await deps.alias(event.companyId, poorer.fingerprint, event.fingerprint);
    }
  }

  return { write, storedUntilMs: () => lastReceivedAtMs };
}

/** errors/ gives at least this much to an occurrence that has a stack trace. */
const RICHNESS_OF_STACK = 8;

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
