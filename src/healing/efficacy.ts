// What a rule has brought, against what happens when nothing is done.

export interface Efficacy {
  readonly attempts: number;
  readonly succeeded: number;
  readonly ineffective: number;
  readonly relapsed: number;
  /** From first counted error to verified; undefined: never succeeded. */
  readonly medianRecoveryMs: number | undefined;
  /** Share of suppressed firings (nothing was done) whose groups fell silent within the same time; undefined: too few. */
  readonly recoveryWithoutFix: number | undefined;
}
