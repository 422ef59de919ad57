// What a failed route says about itself, the same for every web framework.
import type { ErrorReport } from './error-report.ts';
import { messageOf } from './stack-text.ts';

export interface RouteAnswer {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly error: unknown;
}

export function failureOfRoute(answer: RouteAnswer): ErrorReport {
  const { method, route, status, requestId, error } = answer;
  return {
    severity: 'error',
    error_type: 'api_error',
    message: error === undefined ? `${method} ${route} answered ${status}` : messageOf(error),
    details: { method, route, status, ...(requestId === undefined ? {} : { request_id: requestId }) },
    // The request failed because of it.
    handled: false,
    ...(error === undefined ? {} : { error }),
  };
}

/** Either the error says so (http-errors, Fastify: statusCode; Express: status) or the host answered so. */
export function isClientFault(error: unknown, answered: number): boolean {
  return isClientStatus(answered) || isClientStatus(statusOf(error) ?? 0);
}

export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const status = ('statusCode' in error && error.statusCode) || ('status' in error && error.status);
  return typeof status === 'number' ? status : undefined;
}

function isClientStatus(status: number): boolean {
  return status >= 400 && status < 500;
}
