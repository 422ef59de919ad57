// Every no of a tool. Clients hand the model only the text of a failed call, so the text alone says what went wrong, in
// which field, whether to try again and what to call instead.
import { toFailure } from '../failure.ts';
import type { FailureCode } from '../failure.ts';
import { InvalidInput } from '../operations/invalid-input.ts';
import type { NextStep } from './tool.ts';

/** Stable: agents rely on them. */
export type ToolFailureCode =
  | 'VALIDATION_FAILED'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'RATE_LIMITED'
  | 'CONFLICT'
  | 'UPSTREAM_UNAVAILABLE'
  | 'TIMEOUT'
  | 'INTERNAL';

export interface ToolFailure {
  readonly code: ToolFailureCode;
  readonly message: string;
  readonly field?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  /** The same call may succeed later. */
  readonly retryable: boolean;
  readonly hint: string;
  readonly next_steps: readonly NextStep[];
}

/** What was called, for the hints. */
interface Failed {
  readonly tool: NextStep['tool'];
  readonly input: Readonly<Record<string, unknown>>;
}

const codes: Record<FailureCode, ToolFailureCode> = {
  CONFIG_INVALID: 'INTERNAL',
  STORE_TAKEN: 'UPSTREAM_UNAVAILABLE',
  STORE_UNAVAILABLE: 'UPSTREAM_UNAVAILABLE',
  ENGINE_UNAVAILABLE: 'UPSTREAM_UNAVAILABLE',
  OVERLOADED: 'UPSTREAM_UNAVAILABLE',
  STOPPING: 'UPSTREAM_UNAVAILABLE',
  RATE_LIMITED: 'RATE_LIMITED',
  MALFORMED: 'VALIDATION_FAILED',
  INVALID_INPUT: 'VALIDATION_FAILED',
  PAYLOAD_TOO_LARGE: 'VALIDATION_FAILED',
  UNSUPPORTED_MEDIA_TYPE: 'INTERNAL',
  UNSUPPORTED_ENCODING: 'INTERNAL',
  METHOD_NOT_ALLOWED: 'INTERNAL',
  NOT_FOUND: 'NOT_FOUND',
  CONFLICT: 'CONFLICT',
  UNAUTHENTICATED: 'FORBIDDEN',
  FORBIDDEN: 'FORBIDDEN',
  INTERNAL: 'INTERNAL',
};

const hints: Record<ToolFailureCode, string> = {
  VALIDATION_FAILED: 'Correct the named fields and call again.',
  NOT_FOUND: 'Ids are taken from lists, as they are: ask for one and choose from it.',
  FORBIDDEN: 'This token may not do that, and trying again will not help: tell the person you work for.',
  RATE_LIMITED: 'Wait a few seconds, then make the same call once more.',
  CONFLICT: 'Something changed meanwhile: look at the present state before you decide.',
  UPSTREAM_UNAVAILABLE: 'Something that Errata needs is away: make the same call again in half a minute.',
  TIMEOUT: 'Ask for less (a shorter time span, a filter), or make the same call again later.',
  INTERNAL: 'A fault of Errata, and in its log: go on without this call, and tell the person you work for.',
};

/** The deadline of a call. */
export class DeadlineExceeded extends Error {}

/** An answer that no client could take in. */
export class AnswerTooLong extends Error {}

export function toToolFailure(cause: unknown, failed: Failed): ToolFailure {
  if (cause instanceof DeadlineExceeded) return failureOf('TIMEOUT', 'this took too long and was given up', failed);
  if (cause instanceof AnswerTooLong) {
    return { ...failureOf('VALIDATION_FAILED', 'the answer is too long', failed), hint: hints.TIMEOUT };
  }
  const failure = toFailure(cause);
  const faults = failure instanceof InvalidInput && failure.faults.length > 1 ? { errors: failure.faults } : {};
  return {
    ...failureOf(codes[failure.code], failure.message, failed),
    ...(failure.field === undefined || failure.field === '' ? {} : { field: failure.field }),
    ...faults,
  };
}

function failureOf(code: ToolFailureCode, message: string, failed: Failed): ToolFailure {
  return {
    code,
    message,
    retryable: code === 'RATE_LIMITED' || code === 'UPSTREAM_UNAVAILABLE' || code === 'TIMEOUT',
    hint: hints[code],
    next_steps: nextStepsOf(code, failed),
  };
}

function nextStepsOf(code: ToolFailureCode, { tool, input }: Failed): readonly NextStep[] {
  if (code !== 'NOT_FOUND' && code !== 'CONFLICT') return [];
  if ('delegation_id' in input) {
    return [{ tool: 'devops.agents.inbox', arguments: {}, reason: 'Lists the delegations there are.' }];
  }
  if ('fix_id' in input) {
    return [{ tool: 'devops.fixes.history', arguments: {}, reason: 'Lists the fixes there are, with their state.' }];
  }
  if (tool === 'devops.errors.list') return [];
  return [{ tool: 'devops.errors.list', arguments: {}, reason: 'Lists the errors there are, with their ids.' }];
}
