// Glossary. firing: a rule's condition became true for one key. attempt: one carried-out plan, from firing to outcome.
// step: one action of the plan. outcome: how it ended.
//
//  matched ─▶ suppressed [end]
//     └─▶ diagnosing ─▶ diagnosed ─▶ awaiting_approval ─▶ acting ─▶ verifying ─▶ ended(outcome) ─▶ (relapsed)
//                          ├─▶ ended(self_healed | undiagnosed | abandoned)         ▲
//                          └─▶ waiting ─▶ diagnosing (at most 5 times)              └─ rolling_back
//
// Every move is an event that is durable before the next thing happens; a step's `intent` before its side effect.
// Where nothing is looked at and nothing can be done, nothing happens between: matched ─▶ ended(escalated).
import type { FactValue, Facts } from './facts.ts';
import type { Params } from './rule.ts';

export const attemptStates = [
  'matched',
  'suppressed',
  'diagnosing',
  'diagnosed',
  'waiting',
  'awaiting_approval',
  'acting',
  'verifying',
  'rolling_back',
  'ended',
] as const;
export type AttemptState = (typeof attemptStates)[number];

/** succeeded alone is a success; every other one but self_healed, superseded, rejected and abandoned feeds the breaker. */
export const outcomes = [
  'succeeded',
  'self_healed',
  'ineffective',
  'inconclusive',
  'worse',
  'failed',
  'undiagnosed',
  'superseded',
  'rejected',
  'expired',
  'rolled_back',
  'relapsed',
  'escalated',
  'abandoned',
] as const;
export type Outcome = (typeof outcomes)[number];

export const suppressions = [
  'observe',
  'paused',
  'protected',
  'not_enabled',
  'no_target',
  'ambiguous_target',
  'other_company',
  'unavailable',
  'deploy_in_progress',
  'operator_hold',
  'cooldown',
  'attempts',
  'breaker_open',
  'budget',
  'common_cause',
  'busy',
] as const;
export type Suppression = (typeof suppressions)[number];

export type Mode = 'observe' | 'approve' | 'auto';

export type StepState = 'intent' | 'done' | 'failed' | 'unknown' | 'undone' | 'skipped';

/** What was seen or wanted, as data that JSON can hold. Never a secret. */
export type Evidence = Readonly<Record<string, FactValue>>;

export interface Step {
  readonly id: string;
  readonly action: string;
  /** Checked and resolved: no reference is left. */
  readonly params: Params;
  readonly state: StepState;
  /** What the action found before it acted, with absolute values wanted: enough to observe and to undo after a crash. */
  readonly before: Evidence;
  readonly after: Evidence;
  readonly intentAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly note: string;
}

/** As it would be carried out; a value that is not known yet is still a reference. */
export type PlannedStep = Pick<Step, 'id' | 'action' | 'params'>;

/** The firing that began it: what the rule counted. */
export interface Cause {
  readonly companyId: number;
  /** That reported the error. */
  readonly service: string;
  /** Values of the rule's group_by, in its order, joined by ` · `. */
  readonly key: string;
  /** The error that completed the count. */
  readonly errorId: string;
  /** Groups whose errors were counted, at most MAX_FINGERPRINTS. */
  readonly fingerprints: readonly string[];
  readonly count: number;
  readonly firstErrorAtMs: number;
  readonly firedAtMs: number;
}

export interface Attempt {
  readonly id: string;
  /** Rises with each event. */
  readonly seq: number;
  readonly state: AttemptState;
  readonly ruleId: string;
  /** SHA-256 of the rule as it was, 16 hex characters. */
  readonly ruleHash: string;
  readonly mode: Mode;
  /** `rule` fires; otherwise the name of the token that asked. */
  readonly requestedBy: string;
  readonly cause: Cause;
  /**
   * `container/<compose project>/<service>` or `service/<company>/<catalogue name>`; of a rule that only hands over
   * `notice/<rule>/<company>/<key>`; '' before it is known.
   */
  readonly targetKey: string;
  readonly targetName: string;
  /** Of the diagnosis; an action on another one is superseded. '' without a container. */
  readonly containerId: string;
  readonly containerStartedAt: string;
  readonly facts: Facts;
  readonly branch: string;
  readonly finding: string;
  readonly steps: readonly Step[];
  /** What a person is asked to approve; undefined where nobody was asked. */
  readonly planned?: readonly PlannedStep[];
  /** What verification saw. */
  readonly verification: Evidence;
  readonly outcome: Outcome | undefined;
  readonly suppression: Suppression | undefined;
  /** One sentence for people: what happened and why. */
  readonly note: string;
  /** Who it was handed to; '' when to nobody. */
  readonly escalatedTo: string;
  readonly questions: readonly string[];
  readonly startedAtMs: number;
  /** End of the last action; 0 before. */
  readonly actedAtMs: number;
  readonly updatedAtMs: number;
  readonly endedAtMs: number | undefined;
  /** When approval expires, a wait ends or the soak is over; undefined: no clock runs. */
  readonly dueAtMs: number | undefined;
  /** How often it waited for something that is still starting. */
  readonly waits: number;
  /** Later firings of the same key that joined this attempt, or equal suppressions that were not recorded anew. */
  readonly joined: number;
}
