// What a rule has brought, against what happens when nothing is done.
import type { Attempt, Outcome, Suppression } from './attempt.ts';
import { hasActed, isBreakerFailure } from './breaker.ts';
import type { Verify } from './rule.ts';

export interface Efficacy {
  /** Acted and ended, without those that prove nothing (superseded, abandoned). The three below add up to it. */
  readonly attempts: number;
  readonly succeeded: number;
  /** Every end that the breaker counts, but relapsed. */
  readonly ineffective: number;
  readonly relapsed: number;
  /** From first counted error to verified; undefined: never succeeded. */
  readonly medianRecoveryMs: number | undefined;
  /** Share of suppressed firings (nothing was done) whose groups fell silent within the same time; undefined: too few. */
  readonly recoveryWithoutFix: number | undefined;
}

/** Fewer acted attempts prove nothing against a rule. */
const MIN_ATTEMPTS = 10;

/** Fewer firings without a fix say nothing about how often it heals by itself. */
const MIN_UNTREATED = 10;

/** What became of a firing that was suppressed: errors of its groups within followUpWindow. */
export interface FollowUp {
  readonly attemptId: string;
  readonly errors: number;
}

export interface Untreated {
  readonly followUps: readonly FollowUp[];
  /** Of the rule's verify: with more the groups are not silent. */
  readonly maxErrors: number;
}

type Judged = Pick<
  Attempt,
  'id' | 'ruleId' | 'state' | 'outcome' | 'suppression' | 'cause' | 'actedAtMs' | 'endedAtMs' | 'steps'
>;

/** Reasons with which nothing at all was done. After a cooldown or a busy target somebody just acted. */
const UNTREATED: ReadonlySet<Suppression> = new Set([
  'observe',
  'paused',
  'protected',
  'not_enabled',
  'no_target',
  'ambiguous_target',
  'other_company',
  'unavailable',
  'budget',
]);

/** Is it a firing whose follow-up count tells how it goes without a fix? */
export function isUntreated({ state, suppression }: Pick<Attempt, 'state' | 'suppression'>): boolean {
  return state === 'suppressed' && suppression !== undefined && UNTREATED.has(suppression);
}

/** Where to count errors of the groups of an untreated firing: as verification does after a fix. */
export function followUpWindow(
  { cause }: Pick<Attempt, 'cause'>,
  { settleMs, soakMs }: Verify,
): { readonly fromMs: number; readonly toMs: number } {
  const fromMs = cause.firedAtMs + settleMs;
  return { fromMs, toMs: fromMs + soakMs };
}

export function efficacyOf(
  ruleId: string,
  attempts: readonly Judged[],
  untreated: Untreated = { followUps: [], maxErrors: 0 },
): Efficacy {
  const ofRule = attempts.filter((attempt) => attempt.ruleId === ruleId);
  const ends = ofRule.filter(hasActed).flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome]));
  const count = (is: (outcome: Outcome) => boolean) => ends.filter(is).length;
  const succeeded = count((outcome) => outcome === 'succeeded');
  const relapsed = count((outcome) => outcome === 'relapsed');
  const ineffective = count(isBreakerFailure) - relapsed;
  return {
    attempts: succeeded + ineffective + relapsed,
    succeeded,
    ineffective,
    relapsed,
    medianRecoveryMs: median(ofRule.flatMap(recoveryMs)),
    recoveryWithoutFix: shareSilent(ofRule, untreated),
  };
}

/**
 * Does it do no better than nothing? Then the notice that sets it to observe; undefined: it may go on. After MIN_ATTEMPTS the
 * share of successes, at the lower end of what chance allows, must lie above the share that recovers by itself (0 while
 * that is not known).
 */
export function shouldDemote({ attempts, succeeded, recoveryWithoutFix }: Efficacy): string | undefined {
  if (attempts < MIN_ATTEMPTS || wilsonLowerBound(succeeded, attempts) > (recoveryWithoutFix ?? 0)) return undefined;
  const without =
    recoveryWithoutFix === undefined
      ? 'that is no better than nothing'
      : `without a fix ${percent(recoveryWithoutFix)} recover, which is no clear difference`;
  return `set to observe: ${succeeded} of ${attempts} attempts succeeded (${percent(succeeded / attempts)}); ${without}`;
}

/** The lower end of the 95 % interval of a share (Wilson's score interval): sound for few attempts and for shares near 0 or 1. */
export function wilsonLowerBound(successes: number, trials: number): number {
  if (trials === 0) return 0;
  const z = 1.96;
  const share = successes / trials;
  const spread = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  // Without a success it is exactly 0; floating point would leave a speck.
  return successes === 0 ? 0 : (share + (z * z) / (2 * trials) - spread) / (1 + (z * z) / trials);
}

function recoveryMs({ outcome, cause, endedAtMs }: Judged): readonly number[] {
  return outcome === 'succeeded' && endedAtMs !== undefined ? [endedAtMs - cause.firstErrorAtMs] : [];
}

function shareSilent(ofRule: readonly Judged[], { followUps, maxErrors }: Untreated): number | undefined {
  const untreated = new Set(ofRule.filter(isUntreated).map(({ id }) => id));
  const counted = followUps.filter(({ attemptId }) => untreated.has(attemptId));
  if (counted.length < MIN_UNTREATED) return undefined;
  return counted.filter(({ errors }) => errors <= maxErrors).length / counted.length;
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
