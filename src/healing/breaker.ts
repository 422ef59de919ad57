// The breaker of one rule on one target, computed from the attempts on record, so that a restart of the processor changes
// nothing.
//
//  closed ── `failures` within `withinMs` ──▶ open ── `openMs` since the last failure ──▶ half-open
//    ▲                                          ▲                                          │ one attempt
//    └────────────── it succeeds ───────────────┼──────────────────────────────────────────┤
//                                               └───────────── it fails ───────────────────┘
import type { Attempt, Outcome } from './attempt.ts';
import type { Limits } from './rule.ts';

/** The part of an attempt that limits look at. */
export type PastAttempt = Pick<
  Attempt,
  'id' | 'ruleId' | 'targetKey' | 'state' | 'outcome' | 'actedAtMs' | 'endedAtMs'
> & { readonly steps: readonly Pick<Attempt['steps'][number], 'intentAtMs' | 'state'>[] };

export interface OpenBreaker {
  readonly untilMs: number;
  readonly failures: number;
}

/** What was tried and not proven has failed: an unknown or unproven end that counted as nothing would be tried for ever. */
export function isBreakerFailure(outcome: Outcome): boolean {
  switch (outcome) {
    case 'succeeded':
    case 'self_healed':
    case 'superseded':
    case 'rejected':
    case 'abandoned':
      return false;
    case 'ineffective':
    case 'inconclusive':
    case 'worse':
    case 'failed':
    case 'undiagnosed':
    case 'expired':
    case 'rolled_back':
    case 'relapsed':
    case 'escalated':
      return true;
  }
}

/** `attempts`: of one rule on one target, in any order. undefined: closed, or half-open and the next one may try. */
export function openBreaker(
  attempts: readonly PastAttempt[],
  breaker: Limits['breaker'],
  nowMs: number,
): OpenBreaker | undefined {
  let failedAtMs: number[] = [];
  let untilMs: number | undefined;
  for (const { outcome, endedAtMs } of inOrderOfEnd(attempts)) {
    if (isBreakerFailure(outcome)) {
      // Tripped before: a failed trial opens it again, however long ago the others were.
      if (untilMs === undefined) failedAtMs = failedAtMs.filter((atMs) => atMs > endedAtMs - breaker.withinMs);
      failedAtMs.push(endedAtMs);
      if (untilMs !== undefined || failedAtMs.length >= breaker.failures) untilMs = endedAtMs + breaker.openMs;
    } else if (outcome === 'succeeded' && untilMs !== undefined) {
      untilMs = undefined;
      failedAtMs = [];
    }
  }
  return untilMs !== undefined && nowMs < untilMs ? { untilMs, failures: failedAtMs.length } : undefined;
}

/** Those that changed something, or may have, and are over. */
function inOrderOfEnd(attempts: readonly PastAttempt[]): readonly { outcome: Outcome; endedAtMs: number }[] {
  return attempts
    .flatMap(({ outcome, endedAtMs, actedAtMs, steps }) =>
      outcome === undefined || endedAtMs === undefined || !hasActed({ actedAtMs, steps })
        ? []
        : [{ outcome, endedAtMs }],
    )
    .sort((a, b) => a.endedAtMs - b.endedAtMs);
}

/** An intent counts as a change: after a crash nobody knows better. */
export function hasActed({ actedAtMs, steps }: Pick<PastAttempt, 'actedAtMs' | 'steps'>): boolean {
  return actedAtMs > 0 || steps.some((step) => step.state !== 'skipped');
}
