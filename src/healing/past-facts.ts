// What was tried before on a target, as facts: a second time asks for another answer than the first.
import type { Attempt } from './attempt.ts';
import { hasActed } from './breaker.ts';
import type { Facts } from './facts.ts';
import type { Rule } from './rule.ts';

/** `attempts`: on record, without the one that asks. */
export function pastFacts(
  rule: Rule,
  targetKey: string,
  { attempts, nowMs }: { readonly attempts: readonly Attempt[]; readonly nowMs: number },
): Facts {
  const acted = attempts.filter(
    (attempt) =>
      attempt.ruleId === rule.id &&
      attempt.targetKey === targetKey &&
      hasActed(attempt) &&
      attempt.actedAtMs > nowMs - rule.limits.attempts.withinMs,
  );
  const failed = acted.filter(({ outcome }) => outcome !== 'succeeded');
  return { 'past.attempts': acted.length, 'past.failed': failed.length };
}
