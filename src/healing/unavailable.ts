// What a rule needs and there is not: without a Docker engine, all that looks at containers or changes them.
import type { Action } from './action.ts';
import type { Probe } from './probe.ts';
import { stepsOf } from './rule-steps.ts';
import type { Rule } from './rule.ts';

interface Present {
  /** none: none is configured · away: it does not answer. */
  readonly engine: 'up' | 'away' | 'none';
  readonly probes: ReadonlyMap<string, Probe>;
  readonly actions: ReadonlyMap<string, Action>;
}

/** Why the rule can't work here; '' when it can. */
export function unavailableOf(rule: Rule, { engine, probes, actions }: Present): string {
  if (engine === 'up') return '';
  const needs = [
    ...rule.diagnose.filter(({ probe }) => probes.get(probe)?.needsEngine === true).map(({ probe }) => probe),
    ...stepsOf(rule)
      .filter(({ action }) => actions.get(action)?.needsEngine === true)
      .map(({ action }) => action),
  ];
  if (needs.length === 0) return '';
  const why = engine === 'none' ? 'no Docker engine is configured' : 'the Docker engine does not answer';
  return `${why}, and it is needed for ${[...new Set(needs)].join(', ')}`;
}
