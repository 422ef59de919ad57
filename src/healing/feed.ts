// Errors in the order they were stored → firings. How far it has decided is kept in the store, so that a start goes on from
// there; the matcher's windows are filled again from a little earlier (matcher.ts: lookbackMs), without deciding twice.
import type { AttemptStore, HealingError } from '../store/attempt-store.ts';
import type { Clock } from './clock.ts';
import type { Firing, Matcher } from './firing.ts';
import { createMatcher, lookbackMs } from './matcher.ts';
import { prefilterOf } from './prefilter.ts';
import type { Rule } from './rule.ts';

export interface FeedDeps {
  readonly store: Pick<AttemptStore, 'listForHealing' | 'storedUntilMs' | 'getSetting' | 'setSetting'> & {
    waitForInsert(timeoutMs: number, signal: AbortSignal): Promise<void>;
  };
  /** The rules in force; another list after a reload. */
  readonly rules: () => readonly Rule[];
  /** Errors that our own probes cause count for nothing. */
  readonly isEcho: (error: HealingError) => boolean;
  readonly onFirings: (firings: readonly Firing[]) => void;
  /** `received_at` of the oldest error whose firing is not decided yet, in ms. */
  readonly undecidedMs: () => number | undefined;
  readonly onTrouble: (cause: unknown) => void;
  readonly clock: Clock;
  /** What was received from then on is decided; of a store that was read before, from where that ended. */
  readonly startedAtMs: number;
  /** Rows of other processors may be stored a little later than their `received_at` says; 0 where there are none. */
  readonly lagMs: number;
}

/** Errors in memory at once; a storm of them must not push the rest out. */
const PAGE = 4_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const SETTING = 'healing.decided_until_ms';

/** Often enough that a start repeats little; what it repeats has the same attempt id and is met as known. */
const SAVE_EVERY_MS = 5_000;

/** A busy store commits fifty times a second; one question for each would cost more than the commits. */
const READ_EVERY_MS = 500;

/** A longer sleep would only matter for errors that other processors stored. */
const WAIT_MS = 1_000;
const RETRY_MS = 2_000;

/** An older position is of no use: what fired then is over, or fires again. */
const MAX_CATCH_UP_MS = 15 * 60_000;

/** Runs until aborted. Trouble with the store is told and tried again. */
export async function runFeed(deps: FeedDeps, signal: AbortSignal): Promise<void> {
  const { store, clock } = deps;
  let decidedMs: number | undefined;
  let savedAtMs = 0;
  let reader: { rules: readonly Rule[]; read: () => Promise<Read> } | undefined;
  while (!signal.aborted) {
    try {
      decidedMs ??= await loadDecided(deps);
      const rules = deps.rules();
      if (reader?.rules !== rules) reader = { rules, read: createReader(rules, decidedMs, deps) };
      const { isEnd, untilMs } = await reader.read();
      decidedMs = Math.max(decidedMs, untilMs);
      if (clock.now() - savedAtMs > SAVE_EVERY_MS) {
        const undecidedMs = deps.undecidedMs();
        await store.setSetting(
          SETTING,
          String(undecidedMs === undefined ? decidedMs : Math.min(decidedMs, undecidedMs - 1)),
        );
        savedAtMs = clock.now();
      }
      if (!isEnd) continue;
      await clock.sleep(READ_EVERY_MS, signal);
      if (deps.lagMs > 0 || store.storedUntilMs() <= untilMs) await store.waitForInsert(WAIT_MS, signal);
    } catch (cause) {
      deps.onTrouble(cause);
      await clock.sleep(RETRY_MS, signal);
    }
  }
}

interface Read {
  /** Nothing more is there now. */
  readonly isEnd: boolean;
  readonly untilMs: number;
}

/** `decidedMs`: what was received by then only fills the windows. */
function createReader(rules: readonly Rule[], decidedMs: number, deps: FeedDeps): () => Promise<Read> {
  const matcher: Matcher = createMatcher(rules);
  const filter = prefilterOf(rules);
  let position: { readonly receivedAtMs: number; readonly id: string } = {
    receivedAtMs: decidedMs - lookbackMs(rules),
    id: FIRST_ID,
  };
  return async () => {
    // Asked before the question: all that was received by then is in the answer.
    const untilMs = deps.lagMs > 0 ? deps.clock.now() - deps.lagMs : deps.store.storedUntilMs();
    const page = await deps.store.listForHealing(position, PAGE, { untilMs, filter });
    for (const error of page) {
      if (deps.isEcho(error)) continue;
      const firings = matcher.observe(error);
      if (firings.length > 0 && error.receivedAtMs > decidedMs) deps.onFirings(firings);
    }
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) {
      position = { receivedAtMs: untilMs + 1, id: FIRST_ID };
      return { isEnd: true, untilMs };
    }
    position = last;
    // A full page may end within a commit, whose errors share one `received_at`.
    return { isEnd: false, untilMs: last.receivedAtMs - 1 };
  };
}

async function loadDecided({ store, clock, startedAtMs }: FeedDeps): Promise<number> {
  const saved = Number(await store.getSetting(SETTING));
  const oldestMs = clock.now() - MAX_CATCH_UP_MS;
  // What came in within the very millisecond of the start is still to be decided.
  return Number.isFinite(saved) ? Math.max(saved, oldestMs) : startedAtMs - 1;
}
