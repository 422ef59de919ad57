// What the doors (operations/) may ask of healing.
import type { HealingError } from '../store/attempt-store.ts';
import type { Attempt, Mode, Suppression } from './attempt.ts';
import type { Efficacy } from './efficacy.ts';
import type { Facts } from './facts.ts';
import type { Escalate, Rule, StepCall } from './rule.ts';

export interface Healing {
  /**
   * Diagnoses what is behind an error and, unless `dryRun`, carries the plan out as one attempt. Answers as soon as the
   * attempt is recorded; concurrent calls for one target get the same attempt. A mode of `observe` does not stop a call
   * by hand; `approve` waits for approval.
   */
  fix(error: HealingError, options: { readonly dryRun: boolean; readonly by: string }): Promise<FixAnswer>;
  /** undefined: no such attempt. Throws CONFLICT when it does not wait for approval (any more). */
  approve(companyId: number, attemptId: string, by: string): Promise<Attempt | undefined>;
  reject(
    companyId: number,
    attemptId: string,
    options: { readonly by: string; readonly reason: string },
  ): Promise<Attempt | undefined>;
  /**
   * Undoes the steps that can be undone. Throws CONFLICT when there are none, or the attempt still runs; FORBIDDEN when the
   * mode is not `auto` and nobody consents.
   */
  rollback(companyId: number, attemptId: string, undo: Undo): Promise<Attempt | undefined>;
  /** Survives restarts. While paused nothing is changed; diagnosis and verification go on. */
  setPaused(paused: boolean, by: string, reason?: string): Promise<PauseState>;
  pauseState(): PauseState;
  /** As configured for all rules; `off`: this processor fixes nothing. */
  ceiling(): 'off' | Mode;
  /** The rules in force, highest priority first. `error`: also whether each matches it, and why not. */
  listRules(error?: HealingError): Promise<readonly RuleStatus[]>;
  listAttempts(filter: AttemptQuery): Promise<readonly Attempt[]>;
  getAttempt(companyId: number, attemptId: string): Promise<Attempt | undefined>;
}

export interface Undo {
  readonly by: string;
  readonly reason?: string | undefined;
  /** A person wants it: `by` may approve, and is no agent. */
  readonly consents: boolean;
}

export interface PauseState {
  readonly paused: boolean;
  readonly by: string;
  readonly atMs: number;
  readonly reason?: string;
}

export interface AttemptQuery {
  readonly companyId: number;
  readonly ruleId?: string;
  readonly fingerprint?: string;
  readonly outcome?: readonly string[];
  readonly state?: readonly string[];
  readonly after?: { readonly startedAtMs: number; readonly attemptId: string };
  readonly limit: number;
}

export type FixAnswer =
  | { readonly kind: 'attempt'; readonly attempt: Attempt }
  /** No rule knows this error, or none that can work here; those that can't, highest priority first. */
  | { readonly kind: 'no_rule'; readonly unavailable: readonly Pick<RuleStatus, 'rule' | 'unavailable'>[] }
  | {
      readonly kind: 'suppressed';
      readonly reason: Suppression;
      readonly note: string;
      readonly attempt: Attempt | undefined;
    }
  | {
      readonly kind: 'dry_run';
      readonly rule: Rule;
      /** The lowest that applies. By hand, `observe` acts. */
      readonly mode: Mode;
      readonly targetName: string;
      readonly facts: Facts;
      readonly branch: string;
      readonly finding: string;
      readonly steps: readonly StepCall[];
      /** What must hold for a success, in a sentence; '' without steps. */
      readonly verify: string;
      /** What the diagnosis alone would be handed over with; undefined: nobody would be told. */
      readonly handOver: Escalate | undefined;
      /** What would stop it now. */
      readonly suppression: Suppression | undefined;
    };

export interface RuleStatus {
  readonly rule: Rule;
  /** The lowest of the global mode and the rule's own, or observe after it was found to do no better than nothing. */
  readonly effectiveMode: Mode;
  /** Why it can't work here (no Docker engine); '' when it can. */
  readonly unavailable: string;
  readonly efficacy: Efficacy;
  /** Only with an error: why it does not match; '' when it does. */
  readonly mismatch: string | undefined;
}
