// The rules in force as people and agents see them, and whether each knows a given error.
import type { HealingError } from '../store/attempt-store.ts';
import { mismatchOf } from './conditions.ts';
import { fieldOf } from './error-fields.ts';
import type { Guardian } from './guardian.ts';
import type { RuleStatus } from './healing.ts';
import type { Learner } from './learner.ts';
import type { Rule } from './rule.ts';

export interface StatusDeps {
  readonly rules: () => readonly Rule[];
  readonly guardian: Guardian;
  readonly learner: Learner;
}

export function listRuleStatus(error: HealingError | undefined, deps: StatusDeps): readonly RuleStatus[] {
  return deps
    .rules()
    .toSorted((a, b) => b.priority - a.priority)
    .map((rule) => ({
      rule,
      effectiveMode: deps.guardian.modeOf(rule, undefined),
      unavailable: deps.guardian.unavailable(rule),
      efficacy: deps.learner.efficacyOf(rule),
      mismatch: error === undefined ? undefined : (mismatchOf(rule.when.match, (name) => fieldOf(error, name)) ?? ''),
    }));
}
