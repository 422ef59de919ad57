// Glossary. error: one occurrence, one row (ErrorEvent). group: all errors with one fingerprint.
// occurrence id: a UUID made from the content, so that retries and twins in the other signal meet in it.

export const severities = ['info', 'warning', 'error', 'critical'] as const;
export type Severity = (typeof severities)[number];

export const errorTypes = [
  'connection_failed',
  'health_check_failed',
  'api_error',
  'timeout',
  'out_of_memory',
  'pool_exhausted',
  'auth_failed',
  'database_error',
  'rate_limited',
  'dns_failed',
  'tls_failed',
  'unhandled_exception',
  'other',
] as const;
export type ErrorType = (typeof errorTypes)[number];

export const sources = ['span_event', 'span_attributes', 'span_status', 'log', 'api'] as const;
export type Source = (typeof sources)[number];

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type Details = Readonly<Record<string, JsonValue>>;

/** Inputs of a fingerprint, kept with the group and shown as `why`. */
export interface Grouping {
  /** Algorithm, `fp1`. */
  readonly version: 'fp1';
  /** custom: set by the sender · stack: frames and template · message: no frames · location: neither type nor frames · unknown: nothing at all. */
  readonly kind: 'custom' | 'stack' | 'message' | 'location' | 'unknown';
  readonly service: string;
  readonly rootType: string;
  readonly outerType: string;
  /** Normalised `file|function`, innermost first. */
  readonly frames: readonly string[];
  readonly template: string;
  /** 32 hex characters each; `loose` is `strict` without the template. */
  readonly strict: string;
  readonly loose: string;
}

/** One occurrence, redacted, ready to be stored. Empty text means that it was not given. */
export interface ErrorEvent {
  readonly id: string;
  readonly companyId: number;
  /** Unix ms, within retention and at most ten minutes ahead. */
  readonly timestampMs: number;
  /** Its time is not its own (moved by a clamp), or its id is the caller's: a repeat may carry another time. */
  readonly timeMoves?: true;
  readonly service: string;
  readonly severity: Severity;
  readonly errorType: ErrorType;
  readonly message: string;
  readonly details: Details;
  readonly stackTrace: string;
  readonly exceptionType: string;
  /** true: caught and reported; false: it ended the operation or the process. */
  readonly handled: boolean;
  readonly environment: string;
  readonly release: string;
  readonly host: string;
  readonly containerId: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly source: Source;
  /** `grouping.strict`, or `grouping.loose` where the cardinality breaker is open. 32 hex characters. */
  readonly fingerprint: string;
  readonly grouping: Grouping;
  /** How much this copy of the occurrence tells (stack > type > message): the richer twin wins. 0–15. */
  readonly richness: number;
}
