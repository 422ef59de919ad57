// A probe looks and changes nothing. One file each in probes/; probes/catalogue.ts lists them.
import type * as z from 'zod';
import type { ContainerEngine } from './container-engine.ts';
import type { Facts } from './facts.ts';
import type { Target } from './target.ts';

export interface ProbeContext {
  readonly target: Target;
  /** undefined: no engine is configured, or it is away. */
  readonly engine: ContainerEngine | undefined;
  readonly errors: ErrorRates;
  /** Value of `env:NAME` or `file:PATH`. Throws CONFIG_INVALID when there is none. */
  readonly secret: (reference: string) => string;
  /** To be called with each connection a probe opens: errors that it causes in the target are not new trouble. */
  readonly mark: (connection: ProbeTraffic) => void;
  readonly now: () => number;
  /** Aborted at the call's time-out. */
  readonly signal: AbortSignal;
}

export interface ProbeTraffic {
  readonly targetName: string;
  readonly atMs: number;
  readonly containerId?: string | undefined;
  /** Other names under which errors speak of the target. */
  readonly aliases?: readonly string[];
}

/** Counts from the store. */
export interface ErrorRates {
  countErrors(query: {
    readonly companyId: number;
    readonly service: string;
    readonly fromMs: number;
    readonly toMs: number;
  }): Promise<number>;
}

/**
 * Facts are without the call's id: `{ ok: false, error: 'ECONNREFUSED' }`. What can't be found out is left out, and a
 * missing fact never matches. Trouble of the target is a fact, not a throw; throws only when the probe itself can't work
 * (no engine: ENGINE_UNAVAILABLE).
 */
export interface Probe<Schema extends z.ZodObject = z.ZodObject> {
  /** `tcp.connect`. */
  readonly name: string;
  readonly summary: string;
  readonly parameters: Schema;
  /** What it can find: name → meaning, for docs/rules.md and for the check of rules. */
  readonly facts: Readonly<Record<string, string>>;
  /** Without an engine, rules that use it are unavailable. */
  readonly needsEngine: boolean;
  run(params: z.output<Schema>, context: ProbeContext): Promise<Facts>;
}

export function defineProbe<Schema extends z.ZodObject>(probe: Probe<Schema>): Probe {
  return probe;
}
