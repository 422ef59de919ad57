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

/** The firing about those groups alone. undefined: there are none, or another rule's attempt sees to it. */
export async function newsOf(
  firing: Firing,
  told: readonly Attempt[],
  store: Pick<ErrorStore, 'listErrors'>,
): Promise<Firing | undefined> {
  const { rule, cause, error } = firing;
  if (hasSteps(rule) || told.some(({ ruleId }) => ruleId !== rule.id)) return undefined;
  const fingerprints = untoldGroups(
    cause,
    told.map((attempt) => attempt.cause),
  );
  const [fingerprint] = fingerprints;
  if (fingerprint === undefined) return undefined;
  if (fingerprints.includes(error.fingerprint)) return { ...firing, cause: { ...cause, fingerprints } };
  // It came while its key had fired already: what it is about is its own newest error.
  const [newest] = (await store.listErrors({ companyId: cause.companyId, fingerprint, limit: 1 })).errors;
  if (newest === undefined) return undefined;
  return { ...firing, error: newest, cause: { ...cause, errorId: newest.id, service: newest.service, fingerprints } };
}
