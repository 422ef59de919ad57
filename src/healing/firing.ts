// The matcher's contract: a pure fold over errors in the order they were stored. The same code runs live, at catch-up
// after a start, and over history (backtest), so that they decide alike. Its clock is the errors' own `receivedAtMs`.
import type { HealingError } from '../store/attempt-store.ts';
import type { Cause } from './attempt.ts';
import type { Rule } from './rule.ts';

export interface Firing {
  readonly rule: Rule;
  readonly cause: Cause;
  /** The error that completed the count. */
  readonly error: HealingError;
  /** Of each group of the cause, the id of its newest error. */
  readonly newestErrors: ReadonlyMap<string, string>;
}

export interface Matcher {
  /** Firings that this error completes, highest priority first. While the condition holds, one key fires once in each slot of REFIRE_MS. */
  observe(error: HealingError): readonly Firing[];
  /** Keys and windows held: for /metrics and bounds. */
  size(): number;
}
