// One token bucket per access token: a noisy sender spends its own budget and nobody else's.
import { Failure } from '../failure.ts';
import type { Principal } from './principal.ts';

export interface RateLimiter {
  /** Takes `cost` from the caller's budget. Throws RATE_LIMITED when there is not enough left. */
  admit(principal: Principal, cost: number): void;
}

interface RateLimit {
  readonly perSecond: number;
  /** The most that can be spent at once. */
  readonly burst: number;
  readonly now: () => number;
}

interface Budget {
  left: number;
  atMs: number;
}

/** Callers are tokens, so this is far above any real number; beyond it the longest-idle budget is forgotten (full again). */
const MAX_BUDGETS = 10_000;

export function createRateLimiter({ perSecond, burst, now }: RateLimit): RateLimiter {
  // A Map keeps the order of insertion: re-inserting on use puts the longest-idle first.
  const budgets = new Map<string, Budget>();
  return {
    admit({ tokenId, name }, cost) {
      const nowMs = now();
      const budget = budgets.get(tokenId) ?? { left: burst, atMs: nowMs };
      const elapsedMs = Math.max(0, nowMs - budget.atMs);
      budget.left = Math.min(burst, budget.left + (elapsedMs / 1_000) * perSecond);
      budget.atMs = nowMs;
      budgets.delete(tokenId);
      budgets.set(tokenId, budget);
      if (budgets.size > MAX_BUDGETS) forgetOldest(budgets);
      // A request dearer than the whole burst passes when the budget is full: else it could never pass.
      const charged = Math.min(cost, burst);
      if (budget.left < charged) throw new Failure('RATE_LIMITED', `the token ${name} sends more than ${perSecond}/s`);
      budget.left -= charged;
    },
  };
}

function forgetOldest(budgets: Map<string, Budget>): void {
  for (const tokenId of budgets.keys()) {
    budgets.delete(tokenId);
    return;
  }
}
