// The ends of an attempt, and the sentence that tells of each.
import type { AttemptLog } from './attempt-log.ts';
import type { Attempt, Outcome, Suppression } from './attempt.ts';
import type { Clock } from './clock.ts';
import type { Rule } from './rule.ts';

export interface EndDeps {
  readonly log: AttemptLog;
  readonly clock: Clock;
}

export function noteOf({ finding, steps, verification }: Attempt): string {
  const acted = steps.filter(({ state }) => state === 'done' || state === 'unknown').map(({ action }) => action);
  const how = acted.length === 0 ? 'by itself' : `after ${acted.join(', ')}`;
  const soakS = Math.round(Number(verification['soak_ms'] ?? 0) / 1000);
  return `${finding}: works again ${how}; ${String(verification['errors'] ?? 0)} errors of the same groups in ${soakS} s`;
}

export async function suppress(
  attempt: Attempt,
  { reason, note }: { readonly reason: Suppression; readonly note: string },
  deps: EndDeps,
): Promise<Attempt> {
  return deps.log.advance(attempt, {
    state: 'suppressed',
    suppression: reason,
    note,
    endedAtMs: deps.clock.now(),
    dueAtMs: undefined,
  });
}

export async function handOver(
  attempt: Attempt,
  { rule, outcome, note }: { readonly rule: Rule; readonly outcome: Outcome; readonly note: string },
  deps: EndDeps,
): Promise<Attempt> {
  const { to, ask } = rule.escalate;
  return end(attempt, { outcome, note, escalatedTo: to, questions: ask }, deps);
}

export async function end(
  attempt: Attempt,
  changes: Partial<Attempt> & { readonly outcome: Outcome; readonly note: string },
  deps: EndDeps,
): Promise<Attempt> {
  return deps.log.advance(attempt, { ...changes, state: 'ended', endedAtMs: deps.clock.now(), dueAtMs: undefined });
}
