// Every no of the receiver: as google.rpc.Status in the encoding of the request, and what is counted for it.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../failure.ts';
import type { FailureCode } from '../failure.ts';
import { failureBody } from './export-response.ts';
import type { Signal } from './export-response.ts';
import { encodingOf, mediaTypes } from './media.ts';

/** Of a refused request `count` is 1: how many records were in it is not known. */
export interface RequestOutcome {
  /** 0 where the sender is not known. */
  readonly companyId: number;
  readonly signal: Signal;
  readonly outcome: 'rejected' | 'limited' | 'oversized';
  readonly reason: string;
  readonly count: number;
}

/** Short, because the JavaScript SDK gives up at once when it would have to wait past its own deadline of ten seconds. */
const RETRY_AFTER_SECONDS = '1';

export function refuse(request: FastifyRequest, reply: FastifyReply, failure: Failure): void {
  const encoding = encodingOf(request.headers['content-type']) ?? 'json';
  if (failure.http === 503 || failure.http === 429) void reply.header('retry-after', RETRY_AFTER_SECONDS);
  void reply.code(failure.http).header('content-type', mediaTypes[encoding]).send(failureBody(failure, encoding));
}

/** undefined: nothing is wrong with the request, and it will come again. */
export function outcomeOf(code: FailureCode): RequestOutcome['outcome'] | undefined {
  return notRejected.has(code) ? notRejected.get(code) : 'rejected';
}

const notRejected: ReadonlyMap<FailureCode, RequestOutcome['outcome'] | undefined> = new Map([
  ['PAYLOAD_TOO_LARGE', 'oversized'],
  ['RATE_LIMITED', 'limited'],
  ['OVERLOADED', 'limited'],
  ['STORE_UNAVAILABLE', undefined],
  ['STORE_TAKEN', undefined],
  ['STOPPING', undefined],
]);

/** Fastify's own refusals have an HTTP status; everything else unforeseen is our mistake and gives nothing away. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const status = (error as Partial<FastifyError> | null)?.statusCode ?? 500;
  if (status === 415) {
    return new Failure('UNSUPPORTED_MEDIA_TYPE', 'this Content-Type is not supported', { cause: error });
  }
  if (status >= 400 && status < 500)
    return new Failure('MALFORMED', 'this request is not understood', { cause: error });
  return new Failure('INTERNAL', 'an unforeseen failure; the log has its cause', { cause: error });
}
