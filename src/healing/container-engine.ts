// What healing asks of the Docker engine. docker-engine.ts is its one implementation, over dockerode.
import type { Container, ContainerSelector } from './target.ts';

export interface ContainerEngine {
  /** Throws ENGINE_UNAVAILABLE when the engine does not answer. */
  ping(): Promise<void>;
  /** All that match, running or not; without one-off containers (compose run). An empty selector matches nothing. */
  find(selector: ContainerSelector): Promise<readonly Container[]>;
  /** All that carry errata.autofix=true or an errata.service label. */
  listLabelled(): Promise<readonly Container[]>;
  /** By full id (64 hex characters). undefined: gone. */
  inspect(id: string): Promise<Container | undefined>;
  usage(id: string): Promise<Usage | undefined>;
  /** Mutating calls. unknown: a time-out or broken connection, the engine may still be at it. */
  restart(id: string, stopTimeoutS: number): Promise<Mutation>;
  start(id: string): Promise<Mutation>;
  stop(id: string, stopTimeoutS: number): Promise<Mutation>;
  /** Memory and MemorySwap together: one alone is refused. */
  setMemory(id: string, memoryBytes: number, memorySwapBytes: number): Promise<Mutation>;
  /** Seen since start, newest last, bounded: `oom`, `die`, `stop`, `kill`, `start`, `restart`, `pause`, `health_status: unhealthy`. */
  eventsOf(id: string): readonly EngineEvent[];
  /** Names of those calls that Errata made itself are not in `foreignEventsOf`. */
  foreignEventsOf(id: string): readonly EngineEvent[];
  /** Bytes of the machine's memory and of what is free. */
  hostMemory(): Promise<{ readonly totalBytes: number; readonly limitsBytes: number }>;
}

export interface EngineEvent {
  readonly action: string;
  readonly atMs: number;
  readonly exitCode: number | undefined;
}

export interface Usage {
  readonly memoryBytes: number;
  readonly memoryLimitBytes: number;
  /** Share of one CPU, 0–n. */
  readonly cpu: number;
}

export type Mutation =
  | { readonly kind: 'done' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };
