// An action changes one thing. One file each in actions/; actions/catalogue.ts lists them. It is carried out in three
// parts, so that a crash between any two is healed by looking at the world, never by acting blindly again:
//   prepare  looks, decides absolute values ("134217728 bytes", not "twice as much") → stored with the intent
//   run      makes the change
//   observe  asks the world whether it holds
import type * as z from 'zod';
import type { Evidence } from './attempt.ts';
import type { ContainerEngine } from './container-engine.ts';
import type { ProbeContext } from './probe.ts';
import type { CatalogueService, Protocol, Target } from './target.ts';

export interface ActionContext {
  readonly target: Target;
  readonly engine: ContainerEngine | undefined;
  readonly secret: ProbeContext['secret'];
  readonly mark: ProbeContext['mark'];
  /** Absent: nothing in the catalogue can be changed. */
  readonly catalogue?: HealthCheckCatalogue;
  /** Unique for this step of this attempt, the same after a crash: the Idempotency-Key of a call. */
  readonly key: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** What the catalogue says a service's health check must ask. */
export interface HealthCheckCatalogue {
  /** undefined: it says nothing of it. */
  readonly healthCheckOf: (service: ServiceId) => Protocol | undefined;
  readonly correctHealthCheck: (
    service: ServiceId,
    protocol: Protocol,
  ) => Promise<{ readonly before: Protocol | undefined; readonly after: Protocol }>;
}

/** Two companies may have services of one name. */
export type ServiceId = Pick<CatalogueService, 'name' | 'company'>;

export interface Intent<Params> {
  readonly params: Params;
  /** From prepare. */
  readonly before: Evidence;
  readonly atMs: number;
}

export type Observed =
  | { readonly kind: 'applied'; readonly after: Evidence }
  /** Nothing was changed: it may be tried again. */
  | { readonly kind: 'not_applied' }
  /** Half done (a restart that stopped and did not start): `complete` finishes it. */
  | { readonly kind: 'partial' }
  /** The target is another one now. */
  | { readonly kind: 'superseded' }
  | { readonly kind: 'unknown' };

export type Ran =
  /** The call said so; observe still decides. */
  | { readonly kind: 'done'; readonly after: Evidence }
  /** Refused for good, nothing was changed. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** A time-out or a broken connection: it may have happened. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface Action<Schema extends z.ZodObject = z.ZodObject> {
  /** `container.restart`. */
  readonly name: string;
  readonly summary: string;
  readonly parameters: Schema;
  /** Running it twice does no more than once: only then it is tried again. */
  readonly idempotent: boolean;
  readonly needsEngine: boolean;
  /** It reaches the target, or what is behind it; the container must carry errata.autofix=true. */
  readonly needsContainer: boolean;
  /** A string: it must not be done, and why (a cap is reached, nothing to do). */
  prepare(
    params: z.output<Schema>,
    context: ActionContext,
  ): Promise<{ readonly before: Evidence } | { readonly refused: string }>;
  run(intent: Intent<z.output<Schema>>, context: ActionContext): Promise<Ran>;
  observe(intent: Intent<z.output<Schema>>, context: ActionContext): Promise<Observed>;
  /** Finishes what is half done. */
  complete?(intent: Intent<z.output<Schema>>, context: ActionContext): Promise<Ran>;
  undo?(intent: Intent<z.output<Schema>>, context: ActionContext): Promise<Ran>;
}

export function defineAction<Schema extends z.ZodObject>(action: Action<Schema>): Action {
  return action;
}
