// What the receiver hands on: the spans and log records of a request that report an error, still in OpenTelemetry's
// terms, decoded; everything healthy was skipped on the way. Wire: opentelemetry-proto trace/v1 and logs/v1.
import type { Principal } from '../access/principal.ts';

/** AnyValue. int64 within ±2^53 is a number, beyond it a bigint; bytes stay bytes; an unset value is undefined. */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | undefined
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

/** Keys are untrusted text, hence a Map and no object. A repeated key: the last wins. */
export type Attributes = ReadonlyMap<string, AttributeValue>;

interface Origin {
  /** Shared by all candidates of one ResourceSpans or ResourceLogs: the same Map object. */
  readonly resource: Attributes;
  readonly scopeName: string;
}

/** A span with status ERROR, an exception event, or `exception.*` attributes. Ids are lower-case hex or ''. */
export interface SpanCandidate extends Origin {
  readonly kind: 'span';
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  /** SpanKind: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly spanKind: number;
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  /** StatusCode: 0 unset, 1 ok, 2 error. */
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly attributes: Attributes;
  /** Only the events that report an exception: named `exception`, `*.exception`, or carrying `exception.*`. */
  readonly exceptions: readonly ExceptionEvent[];
}

export interface ExceptionEvent {
  readonly timeUnixNano: bigint;
  readonly name: string;
  readonly attributes: Attributes;
}

/** A log record at or above the threshold severity, or with `exception.*` attributes or an exception event name. */
export interface LogCandidate extends Origin {
  readonly kind: 'log';
  readonly timeUnixNano: bigint;
  readonly observedTimeUnixNano: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: AttributeValue;
  readonly eventName: string;
  readonly attributes: Attributes;
  readonly traceId: string;
  readonly spanId: string;
}

export type Candidate = SpanCandidate | LogCandidate;

/** One request's candidates. `undecodable` items were bad for good and are reported as rejected. */
export interface Delivery {
  readonly signal: 'traces' | 'logs';
  readonly candidates: readonly Candidate[];
  readonly principal: Principal;
}

/**
 * The next stage. Resolves when every error of the delivery is durable; then the request is answered 200, with partial
 * success where records were refused for good. Throws a retryable Failure when the sender must keep the data.
 */
export type Accept = (delivery: Delivery) => Promise<Acceptance>;

export interface Acceptance {
  /** Records that are bad for good; never for anything that may pass. */
  readonly rejected: number;
  readonly message?: string;
}
