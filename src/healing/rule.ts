// A rule as the rest of healing/ sees it: checked, with durations in ms and sizes in bytes. rule-schema.ts makes it from YAML.
import type { FactValue } from './facts.ts';
import type { Mode } from './attempt.ts';

export type Scalar = FactValue;

/** One comparison. A missing value never matches, also not `ne` and `not_in`; `exists: false` alone sees it. */
export interface Comparison {
  readonly op:
    | 'eq'
    | 'ne'
    | 'in'
    | 'not_in'
    | 'prefix'
    | 'suffix'
    | 'contains'
    | 'regex'
    | 'gt'
    | 'gte'
    | 'lt'
    | 'lte'
    | 'exists';
  readonly value: Scalar | readonly Scalar[];
}

/** `name`: a field of an error (error-fields.ts) or a fact, by where it stands. */
export interface Condition extends Comparison {
  readonly name: string;
}

/** Of each given list: all, at least one, none. All empty: always true. */
export interface Conditions {
  readonly all: readonly Condition[];
  readonly any: readonly Condition[];
  readonly none: readonly Condition[];
}

export interface When {
  readonly match: Conditions;
  /** Fields whose values make the key; one count per company and key. All must be present. */
  readonly groupBy: readonly string[];
  /** Fires when `count` errors of one key have a timestamp in (now − withinMs, now]. */
  readonly count: number;
  readonly withinMs: number;
  /** At least `min` different values of the field among them. */
  readonly distinct: { readonly field: string; readonly min: number } | undefined;
  /** They are at least `min` (0–1) of all errors of the same service in the window, of which there are at least `samples`. */
  readonly ratio: { readonly min: number; readonly samples: number } | undefined;
}

/** subject: the service that reported. peer: what it talked to. Or a service of the catalogue by name. */
export type TargetChoice = 'subject' | 'peer' | { readonly service: string };

/** Literal values or one `${path}` that is replaced as a whole: `${facts.wire.protocol}`, `${error.details.pool}`, `${target.name}`. */
export type Params = Readonly<Record<string, Scalar | readonly Scalar[]>>;

export interface ProbeCall {
  readonly id: string;
  readonly probe: string;
  readonly with: Params;
  readonly timeoutMs: number;
  /** Not run unless this holds of the facts so far. */
  readonly needs: Conditions | undefined;
}

export interface StepCall {
  readonly id: string;
  readonly action: string;
  readonly with: Params;
  readonly timeoutMs: number;
  /** Further tries of an idempotent action that failed. */
  readonly retries: number;
  readonly onFail: 'next' | 'escalate' | 'rollback';
}

export interface Branch {
  readonly name: string;
  readonly if: Conditions;
  /** UPPER_SNAKE: what is wrong, for people, agents and routing. */
  readonly finding: string;
  readonly steps: readonly StepCall[];
  /** verify after steps · resolve: nothing to do, it works · escalate · wait: look again later. */
  readonly then: 'verify' | 'resolve' | 'escalate' | 'wait';
}

export interface VerifyProbe extends ProbeCall {
  /** Each must hold of this probe's facts. */
  readonly expect: Conditions;
  readonly successes: number;
  readonly everyMs: number;
  readonly withinMs: number;
}

export interface Verify {
  /** Errors dated before the action's end plus this are no evidence. */
  readonly settleMs: number;
  readonly probes: readonly VerifyProbe[];
  /** Errors of the same groups during the soak; more: ineffective. */
  readonly maxErrors: number;
  readonly soakMs: number;
  /** Nothing at all was heard of the reporting service in the soak. */
  readonly noTraffic: 'pass' | 'inconclusive';
  /** More than this many times the errors per second of before: worse, and what can be undone is undone. */
  readonly worseFactor: number;
  /** The same groups again within this time after success: relapsed. */
  readonly relapseMs: number;
}

export interface Limits {
  readonly cooldownMs: number;
  readonly attempts: { readonly max: number; readonly withinMs: number };
  readonly breaker: { readonly failures: number; readonly withinMs: number; readonly openMs: number };
}

export interface Escalate {
  readonly to: string;
  readonly ask: readonly string[];
}

export interface RuleTest {
  readonly name: string;
  /** Errors that come in, each repeated `times` at equal distances within `overMs`. Names as error-fields.ts has them. */
  readonly errors: readonly {
    readonly fields: Readonly<Record<string, Scalar>>;
    readonly times: number;
    readonly overMs: number;
  }[];
  /** What the probes would find. */
  readonly facts: Readonly<Record<string, Scalar>>;
  readonly expect: {
    readonly fires: boolean;
    readonly branch: string | undefined;
    readonly finding: string | undefined;
  };
}

export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly mode: Mode;
  /** Of several rules that fire for one target, the highest acts. */
  readonly priority: number;
  readonly when: When;
  readonly target: TargetChoice;
  readonly diagnose: readonly ProbeCall[];
  readonly plan: readonly Branch[];
  readonly verify: Verify;
  readonly limits: Limits;
  readonly escalate: Escalate;
  readonly tests: readonly RuleTest[];
  /** SHA-256 of its checked form, 16 hex characters. */
  readonly hash: string;
  /** `file:line`, for messages. */
  readonly place: string;
}
