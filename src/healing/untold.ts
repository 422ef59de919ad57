// A rule that only hands over tells of groups, not of its key: within its cooldown each group is told of once, and another
// one of the same key is news. Live and in a backtest.
import type { ErrorStore } from '../store/error-store.ts';
import type { Attempt, Cause } from './attempt.ts';
import type { Firing } from './firing.ts';
import { hasSteps } from './rule-steps.ts';

/** Groups of a firing that none of those before told of. */
export function untoldGroups(
  { fingerprints }: Pick<Cause, 'fingerprints'>,
  told: readonly Pick<Cause, 'fingerprints'>[],
): readonly string[] {
  const known = new Set(told.flatMap((cause) => cause.fingerprints));
  return fingerprints.filter((fingerprint) => !known.has(fingerprint));
}

/**
 * Of which error a firing tells, of whose groups those of `news` alone are told of: the one that completed the count, or,
 * when all of theirs came while the key had fired already, the newest of the first of them.
 */
export function errorIdOf({ cause, error, newestErrors }: Firing, news: readonly string[]): string {
  const [first = error.fingerprint] = news;
  return news.includes(error.fingerprint) ? cause.errorId : (newestErrors.get(first) ?? cause.errorId);
}

/** The firing about those groups alone. undefined: there are none, or another rule's attempt sees to it. */
export async function newsOf(
  firing: Firing,
  told: readonly Attempt[],
  store: Pick<ErrorStore, 'getError'>,
): Promise<Firing | undefined> {
  const { rule, cause } = firing;
  if (hasSteps(rule) || told.some(({ ruleId }) => ruleId !== rule.id)) return undefined;
  const fingerprints = untoldGroups(
    cause,
    told.map((attempt) => attempt.cause),
  );
  if (fingerprints.length === 0) return undefined;
  const errorId = errorIdOf(firing, fingerprints);
  const error = errorId === cause.errorId ? firing.error : await store.getError(cause.companyId, errorId);
  return error && { ...firing, error, cause: { ...cause, errorId, service: error.service, fingerprints } };
}
