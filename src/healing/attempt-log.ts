// Attempts as they are written: each move is an event that is durable before the next thing happens. The newest state of
// each recent attempt is also in memory, for the guards.
import type { AttemptEvent, AttemptStore } from '../store/attempt-store.ts';
import { attemptStates } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import { hasActed } from './breaker.ts';

export interface AttemptLog {
  /** Reads what the guards look back at. To be called once, before anything else. */
  load(): Promise<void>;
  /** Writes the first event. */
  begin(attempt: Attempt): Promise<Attempt>;
  /** Writes the next event: what changed, and when. Throws STORE_UNAVAILABLE: then nothing may follow. */
  advance(attempt: Attempt, changes: Partial<Attempt>): Promise<Attempt>;
  /** A later firing belongs to it. Durable at once where it is over, else with its next event. */
  join(id: string): Promise<void>;
  /** As it was last written. */
  current(id: string): Attempt | undefined;
  /** Oldest first by start. */
  recent(): readonly Attempt[];
}

/** As far back as any limit of a rule looks (breaker `open` and `within`, relapse). */
const LOOK_BACK_MS = 7 * 86_400_000;

/** Kept in memory; older ones are forgotten first. */
const MAX_ATTEMPTS = 10_000;

export function createAttemptLog(store: AttemptStore, now: () => number): AttemptLog {
  const attempts = new Map<string, Attempt>();
  const joins = new Map<string, number>();

  async function write(attempt: Attempt): Promise<Attempt> {
    await store.appendAttempt(toEvent(attempt));
    attempts.set(attempt.id, attempt);
    return attempt;
  }

  async function advance(attempt: Attempt, changes: Partial<Attempt>): Promise<Attempt> {
    const joined = attempt.joined + (joins.get(attempt.id) ?? 0);
    joins.delete(attempt.id);
    return write({ ...attempt, ...changes, joined, seq: attempt.seq + 1, updatedAtMs: now() });
  }

  return {
    load: async () => {
      // Of a flood that nobody acted on, none pushes out what limits count or what still runs.
      const recent = { sinceMs: now() - LOOK_BACK_MS, limit: Math.floor(MAX_ATTEMPTS / 3) };
      const open = attemptStates.filter((state) => state !== 'ended' && state !== 'suppressed');
      const filters = [{ acted: true }, { state: open }, { state: ['ended', 'suppressed'] }] as const;
      const lists = await Promise.all(filters.map((filter) => store.listAttempts({ ...recent, ...filter })));
      const all = lists
        .flat()
        .map(toAttempt)
        .toSorted((a, b) => a.startedAtMs - b.startedAtMs);
      for (const attempt of all) attempts.set(attempt.id, attempt);
    },
    begin: async (attempt) => {
      if (attempts.size >= MAX_ATTEMPTS) forgetOldest(attempts);
      return write(attempt);
    },
    advance,
    join: async (id) => {
      const attempt = attempts.get(id);
      if (attempt === undefined) return;
      joins.set(id, (joins.get(id) ?? 0) + 1);
      if (attempt.state === 'ended' || attempt.state === 'suppressed') await advance(attempt, {});
    },
    current: (id) => attempts.get(id),
    recent: () => [...attempts.values()],
  };
}

export function toEvent(attempt: Attempt): AttemptEvent {
  return {
    attemptId: attempt.id,
    seq: attempt.seq,
    atMs: attempt.updatedAtMs,
    companyId: attempt.cause.companyId,
    state: attempt.state,
    ruleId: attempt.ruleId,
    targetKey: attempt.targetKey,
    outcome: attempt.outcome ?? '',
    suppression: attempt.suppression ?? '',
    startedAtMs: attempt.startedAtMs,
    actedAtMs: attempt.actedAtMs,
    errorId: attempt.cause.errorId,
    fingerprints: attempt.cause.fingerprints,
    attempt: JSON.stringify(attempt),
  };
}

/** Our own text: it is what `toEvent` put there. */
export function toAttempt(text: string): Attempt {
  return JSON.parse(text) as Attempt;
}

/** One that still runs is never forgotten, and one that changed something only when there is nothing else: limits count it. */
function forgetOldest(attempts: Map<string, Attempt>): void {
  let acted: string | undefined;
  for (const [id, attempt] of attempts) {
    if (attempt.state !== 'ended' && attempt.state !== 'suppressed') continue;
    if (attempt.state === 'suppressed' || !hasActed(attempt)) return void attempts.delete(id);
    acted ??= id;
  }
  if (acted !== undefined) attempts.delete(acted);
}
