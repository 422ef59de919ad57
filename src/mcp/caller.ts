// Who is on the other side of one server object, and what is there for them.
import type { Principal } from '../access/principal.ts';
import type * as z from 'zod';
import type { Operation } from '../operations/operation.ts';
import type { Decision } from './consent.ts';
import type { Prompt } from './prompt.ts';
import type { Resource } from './resource.ts';
import type { ToolNameStyle } from './tool-names.ts';
import type { Tool } from './tool.ts';

/** A request, and whose it is. */
export interface Visit {
  readonly principal: Principal;
  /** How it is shown the names of tools. */
  readonly style: ToolNameStyle;
}

export interface Caller extends Visit {
  readonly perform: PerformFor;
}

/** As one caller: in process, or through a processor's REST, which continues the trace of `traceparent`. */
export type PerformFor = <In extends z.ZodObject, Out extends z.ZodType>(
  operation: Operation<In, Out>,
  input: z.input<In>,
  traceparent?: string,
) => Promise<z.output<Out>>;

/** What one call brings with it. */
export interface CallParts {
  readonly signal: AbortSignal;
  /** `_meta` of the request. */
  readonly meta: Readonly<Record<string, unknown>> | undefined;
  readonly decision?: Decision | undefined;
}

/** All of it; each caller sees what its token is good for. */
export interface Surface {
  /** Seen by every model in every conversation, even where tools are looked up only when needed. */
  readonly instructions: string;
  readonly tools: readonly Tool[];
  readonly resources: readonly Resource[];
  readonly prompts: readonly Prompt[];
}
