import type { Action } from './action.ts';
import { resolveParams } from './references.ts';
import type { Known } from './references.ts';
import type { Params, StepCall } from './rule.ts';

/** The values that a step would be taken with, the action's own among them. When one is missing, the step as the rule has it. */
export function plannedParams({ action, with: given }: StepCall, known: Known, actions: ReadonlyMap<string, Action>) {
  const resolved = resolveParams(given, known);
  if (resolved === undefined) return given;
  const parsed = actions.get(action)?.parameters.safeParse(resolved);
  // Parameters of actions are flat: see action.ts.
  return parsed?.success === true ? (parsed.data as Params) : resolved;
}
