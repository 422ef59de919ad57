// The first event of an attempt, what it holds while it runs, and the firing that a call by hand stands for.
import type { HealingError } from '../store/attempt-store.ts';
import type { Attempt, Cause } from './attempt.ts';
import type { Firing } from './firing.ts';
import { keyOf } from './matcher.ts';
import { hasSteps } from './rule-steps.ts';
import type { Rule } from './rule.ts';
import type { Target } from './target.ts';

export function newAttempt(
  { rule, cause }: Firing,
  target: Target | undefined,
  begin: Pick<Attempt, 'id' | 'mode' | 'requestedBy' | 'startedAtMs'>,
): Attempt {
  return {
    ...begin,
    seq: 1,
    state: 'matched',
    ruleId: rule.id,
    ruleHash: rule.hash,
    cause,
    targetKey: target?.key ?? '',
    targetName: target?.name ?? '',
    containerId: target?.container?.id ?? '',
    containerStartedAt: target?.container?.startedAt ?? '',
    facts: NO_FACTS,
    branch: '',
    finding: '',
    steps: [],
    verification: {},
    outcome: undefined,
    suppression: undefined,
    note: '',
    escalatedTo: '',
    questions: [],
    actedAtMs: 0,
    updatedAtMs: begin.startedAtMs,
    endedAtMs: undefined,
    dueAtMs: undefined,
    waits: 0,
    joined: 0,
  };
}

const NO_FACTS = {};

/** A rule that only hands over takes no target from those that act, and waits for none of them. */
export function slotOf({ rule, cause }: Firing, target: Target): Target {
  return hasSteps(rule) ? target : { ...target, key: `notice/${rule.id}/${cause.companyId}/${cause.key}` };
}

export function firingByHand(rule: Rule, error: HealingError, nowMs: number): Firing {
  const cause: Cause = {
    companyId: error.companyId,
    service: error.service,
    key: keyOf(rule.when, error) ?? error.service,
    errorId: error.id,
    fingerprints: [error.fingerprint],
    count: 1,
    firstErrorAtMs: error.timestampMs,
    firedAtMs: nowMs,
  };
  return { rule, cause, error, newestErrors: new Map([[error.fingerprint, error.id]]) };
}
