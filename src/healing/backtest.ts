// What would the rules have done? The matcher of the live engine over stored errors, with the limits that would have
// stopped it. What probes would have found nobody knows any more: each firing that passes the limits is taken to act once,
// to keep its target for settle and soak, and to succeed. Modes are left out: the question is what `auto` would do. What could
// not be done here all the same (no engine, no target) is told beside the verdict.
import type { HealingError } from '../store/attempt-store.ts';
import type { Attempt, Suppression } from './attempt.ts';
import type { PastAttempt } from './breaker.ts';
import { GATHER_MS, createCommonCause } from './common-cause.ts';
import type { CommonCauseSettings } from './common-cause.ts';
import { fieldOf } from './error-fields.ts';
import type { Firing } from './firing.ts';
import { historyMs, inWords, limits } from './guards.ts';
import { yieldsTo } from './precedence.ts';
import { hasSteps } from './rule-steps.ts';
import type { GuardSettings } from './guards.ts';
import { REFIRE_MS, createMatcher } from './matcher.ts';
import { watchRelapses } from './relapse-watch.ts';
import { errorIdOf, untoldGroups } from './untold.ts';
import type { Rule } from './rule.ts';

export interface BacktestInput {
  readonly rules: readonly Rule[];
  /** In stored order, from lookbackMs(rules) before `fromMs` on. */
  readonly errors: AsyncIterable<HealingError> | Iterable<HealingError>;
  /** Firings before it only fill the windows. */
  readonly fromMs: number;
  readonly settings: GuardSettings & { readonly commonCause: CommonCauseSettings };
  /** On record, of the same time. */
  readonly attempts: readonly Attempt[];
  /** Why a rule that would have done something for this firing could not here, as far as is known; '' when it could. */
  readonly unable?: (firing: Firing) => Promise<string>;
}

export interface Decision {
  readonly ruleId: string;
  readonly companyId: number;
  readonly key: string;
  readonly atMs: number;
  readonly errorId: string;
  readonly count: number;
  readonly target: string;
  readonly verdict: BacktestVerdict;
  /** Why that could not be done here; missing: nothing is known that stands in the way. */
  readonly unable?: string;
  readonly recorded: Recorded | undefined;
}

export type BacktestVerdict =
  | { readonly kind: 'act' }
  /** The rule has no steps. */
  | { readonly kind: 'hand_over' }
  | { readonly kind: 'suppressed'; readonly reason: Suppression; readonly note: string };

/** The attempt that the live engine made of the same firing, or of one within REFIRE_MS. */
export interface Recorded {
  readonly attemptId: string;
  /** Its outcome, else what suppressed it, else its state. */
  readonly end: string;
  /** Errors of its groups within the rule's relapse time; undefined: it did not act, or is not over. */
  readonly cameBack: number | undefined;
}

export interface RuleCounts {
  readonly ruleId: string;
  readonly fired: number;
  readonly acts: number;
  readonly handedOver: number;
  /** Of those that it acts on or hands over. */
  readonly unable: number;
  readonly suppressed: Readonly<Partial<Record<Suppression, number>>>;
  readonly recorded: number;
  readonly cameBack: number;
}

export interface BacktestResult {
  readonly errors: number;
  readonly decisions: readonly Decision[];
  /** Every rule, in the order given. */
  readonly rules: readonly RuleCounts[];
}

export async function backtest(input: BacktestInput): Promise<BacktestResult> {
  const matcher = createMatcher(input.rules);
  const decide = createDecider(input);
  const relapses = watchRelapses(input.attempts, input.rules);
  const decisions: Decided[] = [];
  let gathered: Firing[] = [];
  let errors = 0;
  for await (const error of input.errors) {
    const [first] = gathered;
    if (first !== undefined && error.receivedAtMs >= first.cause.firedAtMs + GATHER_MS) {
      decisions.push(...(await withUnable(gathered, decide(gathered), input.unable)));
      gathered = [];
    }
    relapses.observe(error);
    const firings = matcher.observe(error);
    if (error.receivedAtMs < input.fromMs) continue;
    errors += 1;
    if (firings.length > 0) gathered.push(...firings);
  }
  if (gathered.length > 0) decisions.push(...(await withUnable(gathered, decide(gathered), input.unable)));
  const recordedOf = createRecordFinder(input.attempts, (attempt) => relapses.countOf(attempt));
  const told = decisions.map((decision) => ({ ...decision, recorded: recordedOf(decision) }));
  return { errors, decisions: told, rules: input.rules.map(({ id }) => countsOf(id, told)) };
}

type Decided = Omit<Decision, 'recorded'>;

/** `decided`: of the firings, in their order. */
function withUnable(
  firings: readonly Firing[],
  decided: readonly Decided[],
  unable: BacktestInput['unable'],
): Promise<readonly Decided[]> {
  return Promise.all(
    decided.map(async (decision, index) => {
      const firing = firings[index];
      if (firing === undefined || decision.verdict.kind === 'suppressed') return decision;
      const why = (await unable?.(firing)) ?? '';
      return why === '' ? decision : { ...decision, unable: why };
    }),
  );
}

/** For all firings of one gathering, in their order. */
function createDecider({ rules, settings }: BacktestInput) {
  const commonCause = createCommonCause(settings.commonCause);
  const reachMs = Math.max(0, ...rules.map(historyMs));
  /** Attempts that are taken to have acted. */
  let assumed: readonly Assumed[] = [];
  /** By rules without steps. */
  let handedOver: readonly {
    readonly id: string;
    readonly atMs: number;
    readonly fingerprints: readonly string[];
  }[] = [];

  return (firings: readonly Firing[]): readonly Decided[] => {
    const nowMs = Math.max(...firings.map(({ cause }) => cause.firedAtMs));
    assumed = assumed.filter(({ endsAtMs }) => endsAtMs > nowMs - reachMs);
    handedOver = handedOver.filter(({ atMs }) => atMs > nowMs - reachMs);
    const ordered = firings.toSorted((a, b) => b.rule.priority - a.rule.priority);
    const isFor = (target: string) => (one: Firing) => assumedTarget(one) === target;
    const goesBefore = (firing: Firing, target: string) =>
      ordered
        .slice(0, ordered.indexOf(firing))
        .filter(isFor(target))
        .find(({ rule }) => yieldsTo(firing, rule));
    const pending = ordered
      .map((firing) => ({ firing, targetKey: assumedTarget(firing), atMs: nowMs }))
      .filter(({ firing, targetKey }) => hasSteps(firing.rule) && goesBefore(firing, targetKey) === undefined);
    const common = pending.length === 0 ? undefined : commonCause.decide(pending);

    function decideOn(firing: Firing, target: string): Pick<Decided, 'verdict' | 'errorId'> {
      const { rule, cause } = firing;
      const other = goesBefore(firing, target);
      if (other === undefined && !hasSteps(rule)) return handOver(firing);
      const verdict: BacktestVerdict =
        other === undefined
          ? verdictOf(rule, target)
          : { kind: 'suppressed', reason: 'busy', note: `rule ${other.rule.id} fired for it at the same time` };
      return { verdict, errorId: cause.errorId };
    }

    function verdictOf(rule: Rule, targetKey: string): BacktestVerdict {
      if (common?.kind === 'stop' && common.targets.includes(targetKey))
        return { kind: 'suppressed', reason: 'common_cause', note: common.note };
      const history = assumed.map((attempt) => asOf(attempt, nowMs));
      const limited = limits({ rule, targetKey }, { history, settings, nowMs });
      if (limited !== undefined) return { kind: 'suppressed', ...limited };
      const { settleMs, soakMs } = rule.verify;
      assumed = [...assumed, { ruleId: rule.id, targetKey, actedAtMs: nowMs, endsAtMs: nowMs + settleMs + soakMs }];
      return { kind: 'act' };
    }

    /** As live: a group that was handed over is not handed over again within the cooldown. */
    function handOver(firing: Firing): Pick<Decided, 'verdict' | 'errorId'> {
      const { rule, cause } = firing;
      const id = [rule.id, cause.companyId, cause.key].join('\0');
      const lately = handedOver.filter((one) => one.id === id && nowMs - one.atMs < rule.limits.cooldownMs);
      const last = lately.at(-1);
      const fingerprints = untoldGroups(cause, lately);
      if (last !== undefined && fingerprints.length === 0) {
        const note = `it was handed over ${inWords(nowMs - last.atMs)} ago`;
        return { verdict: { kind: 'suppressed', reason: 'cooldown', note }, errorId: cause.errorId };
      }
      handedOver = [...handedOver, { id, atMs: nowMs, fingerprints }];
      const errorId = last === undefined ? cause.errorId : errorIdOf(firing, fingerprints);
      return { verdict: { kind: 'hand_over' }, errorId };
    }

    return firings.map((firing) => {
      const { companyId, key, firedAtMs: atMs, count } = firing.cause;
      const target = assumedTarget(firing);
      return { ruleId: firing.rule.id, companyId, key, atMs, count, target, ...decideOn(firing, target) };
    });
  };
}

interface Assumed {
  readonly ruleId: string;
  readonly targetKey: string;
  readonly actedAtMs: number;
  readonly endsAtMs: number;
}

function asOf({ ruleId, targetKey, actedAtMs, endsAtMs }: Assumed, nowMs: number): PastAttempt {
  const common = {
    id: 'assumed',
    ruleId,
    targetKey,
    actedAtMs,
    steps: [{ intentAtMs: actedAtMs, state: 'done' }],
  } as const;
  return endsAtMs > nowMs
    ? { ...common, state: 'verifying', outcome: undefined, endedAtMs: undefined }
    : { ...common, state: 'ended', outcome: 'succeeded', endedAtMs: endsAtMs };
}

/** The catalogue and the containers of then are not on record: the name that the error gives stands for the target. */
function assumedTarget({ rule, error, cause }: Firing): string {
  if (typeof rule.target === 'object') return `service/${rule.target.service}`;
  const name = rule.target === 'subject' ? error.service : (fieldOf(error, 'peer.name') ?? cause.key);
  return `service/${name}`;
}

/** The nearest in time wins. */
function createRecordFinder(attempts: readonly Attempt[], cameBack: (attempt: Attempt) => number | undefined) {
  const byKey = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    if (attempt.requestedBy !== 'rule') continue;
    const key = [attempt.ruleId, attempt.cause.companyId, attempt.cause.key].join('\0');
    byKey.set(key, [...(byKey.get(key) ?? []), attempt]);
  }
  return ({ ruleId, companyId, key, atMs }: Decided): Recorded | undefined => {
    const awayMs = ({ cause }: Attempt) => Math.abs(cause.firedAtMs - atMs);
    const [nearest] = (byKey.get([ruleId, companyId, key].join('\0')) ?? [])
      .filter((attempt) => awayMs(attempt) <= REFIRE_MS)
      .sort((a, b) => awayMs(a) - awayMs(b));
    if (nearest === undefined) return undefined;
    const { id, outcome, suppression, state } = nearest;
    return { attemptId: id, end: outcome ?? suppression ?? state, cameBack: cameBack(nearest) };
  };
}

function countsOf(ruleId: string, decisions: readonly Decision[]): RuleCounts {
  const ofRule = decisions.filter((decision) => decision.ruleId === ruleId);
  const count = (is: (decision: Decision) => boolean) => ofRule.filter(is).length;
  const suppressed: Partial<Record<Suppression, number>> = {};
  for (const { verdict } of ofRule) {
    if (verdict.kind === 'suppressed') suppressed[verdict.reason] = (suppressed[verdict.reason] ?? 0) + 1;
  }
  return {
    ruleId,
    fired: ofRule.length,
    acts: count(({ verdict }) => verdict.kind === 'act'),
    handedOver: count(({ verdict }) => verdict.kind === 'hand_over'),
    unable: count(({ unable }) => unable !== undefined),
    suppressed,
    recorded: count(({ recorded }) => recorded !== undefined),
    cameBack: count(({ recorded }) => (recorded?.cameBack ?? 0) > 0),
  };
}
