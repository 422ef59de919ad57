// What an attempt means to the desk.
import type { Attempt, Outcome, Suppression } from '../healing/attempt.ts';
import { hasActed } from '../healing/breaker.ts';
import type { CaseKind } from './case.ts';

/** always: it was handed over · if_critical: nothing was done, and nobody was told. */
type Heard = 'always' | 'if_critical' | 'never';

/**
 * Others are at it: the attempt it is part of, the one just before, or a deployment that will be over soon. Then its rule
 * fires again if that did not help.
 */
const SEEN_TO: ReadonlySet<Suppression> = new Set(['common_cause', 'busy', 'cooldown', 'deploy_in_progress']);

/** Ended without a change and without anybody who knows of it. */
const LEFT: ReadonlySet<Outcome> = new Set(['abandoned', 'superseded']);

export function needsCase({ state, escalatedTo, suppression, outcome }: Attempt): Heard {
  if (state !== 'ended' && state !== 'suppressed') return 'never';
  if (escalatedTo !== '') return 'always';
  const isLeft = outcome !== undefined && LEFT.has(outcome);
  const isStopped = state === 'suppressed' && suppression !== undefined && !SEEN_TO.has(suppression);
  return isLeft || isStopped ? 'if_critical' : 'never';
}

export function kindOf(attempt: Attempt, severity: string): CaseKind {
  if (hasActed(attempt)) return 'fix_failed';
  return severity === 'critical' ? 'critical_error' : 'escalated';
}

/** Told once for each rule and target: see dispatch.ts. */
export function opensBreaker({ suppression, escalatedTo }: Attempt): boolean {
  return suppression === 'breaker_open' && escalatedTo !== '';
}

/** In words of ours and names of rules: no text of an error. */
export function reasonOf({ ruleId, finding, outcome, suppression, escalatedTo }: Attempt, kind: CaseKind): string {
  const found = finding === '' ? '' : `: ${finding}`;
  if (kind === 'fix_failed') return `the fix of rule ${ruleId} did not help (${outcome ?? 'unknown'})${found}`;
  if (suppression !== undefined) return `rule ${ruleId} may not act (${suppression})${found}`;
  if (escalatedTo === '') return `rule ${ruleId} did nothing (${outcome ?? 'unknown'})${found}`;
  return `rule ${ruleId} hands it over${found}`;
}
