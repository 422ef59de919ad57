// What became of every record that came in, by company, minute, signal, outcome and reason: so that nothing is refused,
// cut or joined in silence. Counted in memory, written every few seconds; a crash loses those seconds of counts, no error.
import type { Outcome } from './error-store.ts';
import type { Runner } from './run.ts';

export interface Outcomes {
  count(outcome: Outcome): void;
  /** Writes what was counted; on a failure it stays counted. */
  flush(): Promise<void>;
}

/** Distinct counters between two flushes; past that further ones are added up under the reason `other`. */
const MAX_COUNTERS = 10_000;

const MINUTE_MS = 60_000;

export function createOutcomes(run: Runner, now: () => number): Outcomes {
  let counters = new Map<string, { key: readonly unknown[]; count: number }>();

  function count(outcome: Outcome): void {
    if (outcome.count <= 0) return;
    const minute = Math.floor(now() / MINUTE_MS) * 60;
    const reason = counters.size < MAX_COUNTERS ? outcome.reason : 'other';
    const key = [outcome.companyId, minute, outcome.signal, outcome.outcome, reason];
    const id = key.join('\u0000');
    const counter = counters.get(id);
    if (counter === undefined) counters.set(id, { key, count: outcome.count });
    else counter.count += outcome.count;
  }

  async function flush(): Promise<void> {
    if (counters.size === 0) return;
    const taken = counters;
    counters = new Map();
    try {
      await run.insert(
        'ingest_outcomes',
        ['company_id', 'minute', 'signal', 'outcome', 'reason', 'count'],
        [...taken.values()].map((counter) => [...counter.key, counter.count]),
      );
    } catch (failure) {
      for (const [id, counter] of taken) {
        const newer = counters.get(id);
        if (newer === undefined) counters.set(id, counter);
        else newer.count += counter.count;
      }
      throw failure;
    }
  }

  return { count, flush };
}
