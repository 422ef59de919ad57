// Which of the rules that fire for one target goes first: one act per target, and what a rule sees to is told to nobody else.
import type { HealingError } from '../store/attempt-store.ts';
import { holds } from './conditions.ts';
import { fieldOf } from './error-fields.ts';
import type { Firing } from './firing.ts';
import { hasSteps } from './rule-steps.ts';
import type { Rule } from './rule.ts';

/** The rule's conditions hold for this error. */
export function knows({ when }: Rule, error: HealingError): boolean {
  return holds(when.match, (name) => fieldOf(error, name));
}

/** Does a firing give way to a rule that fired for the same target, and comes before it? */
export function yieldsTo({ rule, error }: Firing, before: Rule): boolean {
  return before.id !== rule.id && ((hasSteps(rule) && hasSteps(before)) || knows(before, error));
}
