// What each rule has brought, kept up to date: for firings without a fix the errors that followed are counted, as
// verification does after one. A rule that does no better than nothing only observes from then on.
import type { AttemptStore } from '../store/attempt-store.ts';
import type { AttemptLog } from './attempt-log.ts';
import type { Clock } from './clock.ts';
import { efficacyOf, followUpWindow, isUntreated, shouldDemote } from './efficacy.ts';
import type { Efficacy, FollowUp } from './efficacy.ts';
import type { Rule } from './rule.ts';

export interface LearnerDeps {
  readonly log: AttemptLog;
  readonly store: Pick<AttemptStore, 'countForVerification'>;
  readonly rules: () => readonly Rule[];
  readonly clock: Clock;
  readonly logger: { warn(fields: object, message: string): void };
}

export interface Learner {
  efficacyOf(rule: Rule): Efficacy;
  isDemoted(rule: Rule): boolean;
  /** Counts what is due. Throws STORE_UNAVAILABLE. */
  learn(): Promise<void>;
}

/** One count is a query: so many at a time do not hold up the rest. */
const MAX_COUNTS = 100;

export function createLearner({ log, store, rules, clock, logger }: LearnerDeps): Learner {
  const followUps = new Map<string, FollowUp & { readonly ruleId: string }>();
  const demoted = new Set<string>();

  function efficacy(rule: Rule): Efficacy {
    const ofRule = [...followUps.values()].filter(({ ruleId }) => ruleId === rule.id);
    return efficacyOf(rule.id, log.recent(), { followUps: ofRule, maxErrors: rule.verify.maxErrors });
  }

  async function learn(): Promise<void> {
    const known = new Map(rules().map((rule) => [rule.id, rule]));
    const due = log.recent().filter((attempt) => isUntreated(attempt) && !followUps.has(attempt.id));
    for (const attempt of due.slice(0, MAX_COUNTS)) {
      const rule = known.get(attempt.ruleId);
      if (rule === undefined) continue;
      const window = followUpWindow(attempt, rule.verify);
      if (window.toMs > clock.now()) continue;
      const { companyId, fingerprints, service } = attempt.cause;
      const { ofGroups } = await store.countForVerification({ companyId, fingerprints, service, ...window });
      followUps.set(attempt.id, { attemptId: attempt.id, ruleId: rule.id, errors: ofGroups });
    }
    for (const id of followUps.keys()) if (log.current(id) === undefined) followUps.delete(id);
    for (const rule of known.values()) judge(rule);
  }

  /** Computed from the record: a restart comes to the same. */
  function judge(rule: Rule): void {
    const notice = shouldDemote(efficacy(rule));
    if (notice === undefined) return void demoted.delete(rule.id);
    if (!demoted.has(rule.id)) logger.warn({ ruleId: rule.id }, notice);
    demoted.add(rule.id);
  }

  return { efficacyOf: efficacy, isDemoted: (rule) => demoted.has(rule.id), learn };
}
