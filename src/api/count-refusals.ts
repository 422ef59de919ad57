// An error that a caller could not log is a loss that somebody must be able to see: it is counted with its reason.
import type { FastifyRequest } from 'fastify';
import { companyFor } from '../access/principal.ts';
import type { FailureCode } from '../failure.ts';
import type { ErrorStore, Outcome } from '../store/error-store.ts';
import type { Callers } from './callers.ts';
import { failureOf } from './problem.ts';

type OnError = (request: FastifyRequest, reply: unknown, error: Error) => Promise<void>;

/** An onError hook. Strangers are in the request metrics only: they have no company to count for. */
export function countRefusals(store: Pick<ErrorStore, 'countOutcome'>, callers: Callers): OnError {
  return async (request, _reply, error) => {
    const principal = callers.find(request);
    const failure = failureOf(error);
    // What may still succeed is no loss yet, but for the limit, which tells of a sender that does not fit.
    if (principal === undefined || (failure.retryable && failure.code !== 'RATE_LIMITED')) return;
    store.countOutcome({
      companyId: companyFor(principal, undefined),
      signal: 'api',
      outcome: outcomeOf(failure.code),
      reason: failure.code.toLowerCase(),
      count: 1,
    });
  };
}

function outcomeOf(code: FailureCode): Outcome['outcome'] {
  if (code === 'RATE_LIMITED') return 'limited';
  return code === 'PAYLOAD_TOO_LARGE' ? 'oversized' : 'rejected';
}
