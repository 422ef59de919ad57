// Every no of the REST door, as application/problem+json (RFC 9457). The only place that turns a Failure into HTTP.
import type { FastifyError, FastifyReply } from 'fastify';
import { Failure, toFailure } from '../failure.ts';
import type { FailureCode } from '../failure.ts';
import { InvalidInput } from '../operations/invalid-input.ts';

/** Senders come back after this: long enough for one insert, short enough that nobody notices. */
const RETRY_AFTER_SECONDS = 1;

export interface Problem {
  /** Where the code is explained. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: FailureCode;
  readonly field?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** No id of the request and no path in it: another company's id must be answered byte for byte like an unknown one. */
export function toProblem(failure: Failure): Problem {
  const faults =
    failure instanceof InvalidInput
      ? failure.faults
      : failure.field === undefined
        ? undefined
        : [{ field: failure.field, message: failure.message }];
  return {
    type: `/docs#${failure.code}`,
    title: titleOf(failure.code),
    status: failure.http,
    detail: failure.message,
    code: failure.code,
    ...(failure.field === undefined ? {} : { field: failure.field }),
    ...(faults === undefined ? {} : { errors: faults }),
  };
}

export function sendProblem(reply: FastifyReply, failure: Failure): void {
  void reply.code(failure.http).header('content-type', 'application/problem+json; charset=utf-8');
  if (failure.code === 'UNAUTHENTICATED') void reply.header('www-authenticate', 'Bearer realm="errata"');
  if (failure.http === 503 || failure.http === 429)
    void reply.header('retry-after', failure.retryAfterSeconds ?? RETRY_AFTER_SECONDS);
  void reply.send(JSON.stringify(toProblem(failure)));
}

/** Fastify's own refusals (body parser, router) in our codes. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure || !isFastifyError(error)) return toFailure(error);
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Failure('PAYLOAD_TOO_LARGE', 'the body is larger than this server takes', { cause: error });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Failure('UNSUPPORTED_MEDIA_TYPE', 'send the body as application/json', { cause: error });
    default:
      // A 4xx is the caller's doing and its text is the parser's; anything else is ours and stays inside.
      return error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
        ? new Failure('MALFORMED', `the request can't be read: ${error.message}`, { cause: error })
        : toFailure(error);
  }
}

function titleOf(code: FailureCode): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && ('statusCode' in error || 'code' in error);
}
