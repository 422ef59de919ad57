import type { Rule, StepCall } from './rule.ts';

/** All steps of all branches; none: the rule only hands over. */
export function stepsOf({ plan }: Pick<Rule, 'plan'>): readonly StepCall[] {
  return plan.flatMap(({ steps }) => steps);
}

export function hasSteps(rule: Pick<Rule, 'plan'>): boolean {
  return rule.plan.some(({ steps }) => steps.length > 0);
}
