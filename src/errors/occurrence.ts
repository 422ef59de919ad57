// One failure as its sender told it, whatever the shape: what a span event, span attributes, a bare status, a log record
// and a report have in common. Not yet cleaned, redacted, classified or grouped.
import type { Attributes } from '../ingest/candidate.ts';
import type { ErrorType, JsonValue, Severity, Source } from './error-event.ts';
import type { ResourceFacts } from './resource-facts.ts';

export interface Occurrence {
  readonly source: Source;
  readonly facts: ResourceFacts;
  /** Unix ns as the sender gave it, 0n when it gave none. */
  readonly timeUnixNano: bigint;
  readonly traceId: string;
  readonly spanId: string;
  /** Name of the instrumentation scope or logger. */
  readonly scopeName: string;
  /** Where it happened (span, logger, function): tells errors apart that have neither type nor frames. */
  readonly location: string;
  readonly exceptionType: string;
  readonly message: string;
  readonly stackTrace: string;
  readonly severity: Severity;
  readonly handled: boolean;
  /** The sender's own word, from the capture library. */
  readonly errorType: ErrorType | undefined;
  /** The sender's own fingerprint (`error.fingerprint`), [] when it has none. */
  readonly customFingerprint: readonly string[];
  /** Nearest first: those of the event, then those of its span. */
  readonly attributes: readonly Attributes[];
  /** Facts of the record itself that are worth showing: span name, logger. */
  readonly details: readonly (readonly [key: string, value: JsonValue])[];
}
