// What every question and command of Errata is made of. REST and MCP are tables over these: neither has logic of its own.
import type * as z from 'zod';
import { requireScope } from '../access/principal.ts';
import type { Principal, Scope } from '../access/principal.ts';
import type { ActivityLog } from '../agents/activity.ts';
import type { Agents } from '../agents/agents.ts';
import type { Notifier } from '../agents/notice.ts';
import type { ErrorEvent } from '../errors/error-event.ts';
import type { ReportedError } from '../errors/reported-error.ts';
import type { Healing } from '../healing/healing.ts';
import type { AgentStore } from '../store/agent-store.ts';
import type { AttemptStore } from '../store/attempt-store.ts';
import type { RunningBackup } from '../store/back-up-running.ts';
import type { ErrorStore } from '../store/error-store.ts';
import { InvalidInput } from './invalid-input.ts';

export interface OperationDeps {
  readonly store: ErrorStore & Pick<AttemptStore, 'listAttemptEvents'> & Pick<AgentStore, 'findSimilar'>;
  readonly healing: Healing;
  readonly agents: Agents;
  readonly notifier: Pick<Notifier, 'list'>;
  readonly activity: ActivityLog;
  readonly makeError: MakeError;
  readonly backUp: () => Promise<RunningBackup>;
  readonly now: () => number;
  readonly newId: () => string;
}

/** Redacts, classifies, fingerprints. `newId` gives the id of a report without a trace. */
export type MakeError = (
  report: ReportedError,
  context: { readonly companyId: number; readonly nowMs: number; readonly newId: () => string },
) => ErrorEvent;

interface Described<Input extends z.ZodObject, Output extends z.ZodType> {
  /** Verb and noun, kebab-case; the file's name. */
  readonly name: string;
  /** One sentence, for OpenAPI and for agents. */
  readonly summary: string;
  readonly scope: Scope;
  /** Strict: an unknown name is refused, because a typo would silently widen a question. */
  readonly input: Input;
  /** Of the answer, or of one item of a stream. */
  readonly output: Output;
}

export interface Operation<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodType = z.ZodType,
> extends Described<Input, Output> {
  readonly kind: 'answer';
  run(deps: OperationDeps, input: z.output<Input>, principal: Principal): Promise<z.output<Output>>;
}

export interface StreamOperation<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodType = z.ZodType,
> extends Described<Input, Output> {
  readonly kind: 'stream';
  /** Ends when the signal is aborted. */
  run(
    deps: OperationDeps & { readonly signal: AbortSignal },
    input: z.output<Input>,
    principal: Principal,
  ): AsyncGenerator<StreamItem<z.output<Output>>>;
}

/** `idle` says how far the stream has looked, when there was nothing to tell for a while. */
export type StreamItem<Item> =
  | { readonly kind: 'item'; readonly position: string; readonly item: Item }
  | { readonly kind: 'idle'; readonly position: string };

/** The input as the caller sent it, and who it is. */
export interface Call {
  readonly input: unknown;
  readonly principal: Principal;
}

export function defineOperation<Input extends z.ZodObject, Output extends z.ZodType>(
  operation: Omit<Operation<Input, Output>, 'kind'>,
): Operation<Input, Output> {
  return { ...operation, kind: 'answer' };
}

export function defineStream<Input extends z.ZodObject, Output extends z.ZodType>(
  operation: Omit<StreamOperation<Input, Output>, 'kind'>,
): StreamOperation<Input, Output> {
  return { ...operation, kind: 'stream' };
}

/** The one way to run an operation. Throws FORBIDDEN, INVALID_INPUT, and what the operation throws. */
export async function perform<Input extends z.ZodObject, Output extends z.ZodType>(
  operation: Operation<Input, Output>,
  deps: OperationDeps,
  { input, principal }: Call,
): Promise<z.output<Output>> {
  requireScope(principal, operation.scope);
  return operation.run(deps, parseInput(operation.input, input), principal);
}

/** As `perform`; throws before the first item is asked for. */
export function openStream<Input extends z.ZodObject, Output extends z.ZodType>(
  operation: StreamOperation<Input, Output>,
  deps: OperationDeps & { readonly signal: AbortSignal },
  { input, principal }: Call,
): AsyncGenerator<StreamItem<z.output<Output>>> {
  requireScope(principal, operation.scope);
  return operation.run(deps, parseInput(operation.input, input), principal);
}

export function parseInput<Input extends z.ZodObject>(schema: Input, input: unknown): z.output<Input> {
  const parsed = schema.safeParse(input, {
    error: (issue) => (issue.input === undefined ? 'is required' : undefined),
  });
  if (parsed.success) return parsed.data;
  throw new InvalidInput(parsed.error.issues.flatMap(toFaults));
}

function toFaults(issue: z.core.$ZodIssue): { field: string; message: string }[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: [...path, key].join('.'), message: 'is not known here' }));
  }
  return [{ field: path.join('.'), message: issue.message }];
}
