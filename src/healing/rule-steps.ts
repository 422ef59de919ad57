import type { Rule, StepCall } from './rule.ts';

/** All steps of all branches; none: the rule only hands over. */
export function stepsOf({ plan }: Pick<Rule, 'plan'>): readonly StepCall[] {
  return plan.flatMap(({ steps }) => steps);
}
