// Did it come back? Counts errors of the groups of attempts that acted, from their end on, for their rule's relapse time.
import type { HealingError } from '../store/attempt-store.ts';
import type { Attempt } from './attempt.ts';
import { hasActed } from './breaker.ts';
import type { Rule } from './rule.ts';

export interface RelapseWatch {
  observe(error: HealingError): void;
  /** undefined: it did not act, is not over, or its rule is gone. */
  countOf(attempt: Attempt): number | undefined;
}

interface Watched {
  readonly companyId: number;
  readonly fromMs: number;
  readonly toMs: number;
  errors: number;
}

export function watchRelapses(attempts: readonly Attempt[], rules: readonly Rule[]): RelapseWatch {
  const relapseMs = new Map(rules.map(({ id, verify }) => [id, verify.relapseMs]));
  const byId = new Map<string, Watched>();
  const byFingerprint = new Map<string, Watched[]>();
  for (const attempt of attempts) {
    const forMs = relapseMs.get(attempt.ruleId);
    const { endedAtMs, cause } = attempt;
    if (forMs === undefined || endedAtMs === undefined || !hasActed(attempt)) continue;
    const watched = { companyId: cause.companyId, fromMs: endedAtMs, toMs: endedAtMs + forMs, errors: 0 };
    byId.set(attempt.id, watched);
    for (const fingerprint of cause.fingerprints) {
      byFingerprint.set(fingerprint, [...(byFingerprint.get(fingerprint) ?? []), watched]);
    }
  }
  return {
    observe: ({ fingerprint, companyId, timestampMs }) => {
      for (const watched of byFingerprint.get(fingerprint) ?? []) {
        const isIn = timestampMs > watched.fromMs && timestampMs <= watched.toMs;
        if (isIn && watched.companyId === companyId) watched.errors += 1;
      }
    },
    countOf: ({ id }) => byId.get(id)?.errors,
  };
}
