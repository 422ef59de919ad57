// A tool as data, without a word of the SDK: the table (tools.ts) lists them, serve-tools.ts puts them on a server.
import type * as z from 'zod';
import type { Scope } from '../access/principal.ts';
import type { Operation } from '../operations/operation.ts';

export interface Tool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> {
  /** Dotted, whatever the client is shown. */
  readonly name: `devops.${string}`;
  /** For the model: what it is for, and which neighbour is for what it is not. */
  readonly description: string;
  readonly input: Input;
  readonly output: Output;
  readonly annotations: Annotations;
  readonly scope: Scope;
  run(context: ToolContext, input: z.output<Input>): Promise<ToolAnswer<z.output<Output>>>;
}

/** All four, because the defaults of the specification are the dangerous ones. */
export interface Annotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

export type ToolAnswer<Output> =
  | { readonly kind: 'answer'; readonly output: Output; readonly truncated: boolean }
  /** A person must agree. `output` is told where nobody can be asked; `attemptId` is what they agree to. */
  | { readonly kind: 'consent'; readonly output: Output; readonly attemptId: string; readonly question: string };

/** What a tool may do: ask operations, as its caller. */
export interface ToolContext {
  /** Throws Failure, as operations do. */
  perform<In extends z.ZodObject, Out extends z.ZodType>(
    operation: Operation<In, Out>,
    input: z.input<In>,
  ): Promise<z.output<Out>>;
  readonly scopes: ReadonlySet<Scope>;
  /** Name of the token. */
  readonly caller: string;
  /** The attempt that a person agreed to in this call; undefined otherwise. */
  readonly consented: string | undefined;
  /** The attempt that a person refused in this call: say so (`declined`), and don't ask again. */
  readonly declined?: string | undefined;
  /** Of the admin page, without a slash at the end. */
  readonly adminUrl: string;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** What to call next: named canonically, shown in the caller's style; at most 3, and only what this token may call. */
export interface NextStep {
  readonly tool: `devops.${string}`;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** A sentence of ours: never text of an error. */
  readonly reason: string;
}

/** Checks a tool's parts against each other, and forgets their types. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(tool: Tool<Input, Output>): Tool {
  return tool;
}
