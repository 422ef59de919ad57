// What a running attempt needs.
import type { Action, ActionContext } from './action.ts';
import type { AttemptLog } from './attempt-log.ts';
import type { Attempt } from './attempt.ts';
import type { Subject } from './diagnose.ts';
import type { Verdict } from './guards.ts';
import type { Rule } from './rule.ts';
import type { Target } from './target.ts';
import type { VerifyDeps } from './verify.ts';

export interface RunDeps extends VerifyDeps {
  readonly log: AttemptLog;
  readonly actions: ReadonlyMap<string, Action>;
  readonly actionContext: Omit<ActionContext, 'target' | 'key' | 'signal'>;
  /** What forbids to change the target now; asked right before each change. */
  readonly guard: (rule: Rule, target: Target, attempt: Attempt) => Verdict | undefined;
  /** Marks the groups as resolved, with the evidence as notes. */
  readonly resolve: (attempt: Attempt) => Promise<void>;
  /** Nothing may be changed, not even undone. */
  readonly isPaused: () => boolean;
  readonly approvalMs: number;
}

export interface Running {
  readonly rule: Rule;
  readonly subject: Subject;
}
