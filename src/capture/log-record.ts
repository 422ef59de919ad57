// From a report to the OpenTelemetry log record that the pipeline reads: semconv exception.* for everyone, errata.* for
// what the conventions have no word for. Wire contract: docs/capture.md.
import type { AnyValueMap, LogRecord } from '@opentelemetry/api-logs';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { detailsJson } from './details-json.ts';
import type { CaptureSeverity, ErrorReport } from './error-report.ts';
import { codeOf, isError, messageOf, stackTextOf, typeNameOf } from './stack-text.ts';

const severityNumbers: Readonly<Record<CaptureSeverity, SeverityNumber>> = {
  critical: SeverityNumber.FATAL,
  error: SeverityNumber.ERROR,
  warning: SeverityNumber.WARN,
  info: SeverityNumber.INFO,
};

/** A message is a sentence; what is longer is a dump. */
const MAX_MESSAGE = 16_384;
/** Some 500 frames. */
const MAX_STACK = 65_536;

export function toLogRecord(report: ErrorReport): LogRecord {
  // Plain JavaScript callers are not held by the types.
  const severity = report.severity in severityNumbers ? report.severity : 'error';
  const message = cut(typeof report.message === 'string' ? report.message : messageOf(report.error), MAX_MESSAGE);
  const attributes: AnyValueMap = {
    // Always set: the receiver keeps an info record only because of its exception.* attributes.
    'exception.type': report.error === undefined ? (report.error_type ?? 'Error') : typeNameOf(report.error),
    'exception.message': message,
    'errata.severity': severity,
    'errata.handled': report.handled ?? true,
  };
  if (isError(report.error)) attributes['exception.stacktrace'] = cut(stackTextOf(report.error), MAX_STACK);
  if (report.error_type !== undefined) attributes['errata.error_type'] = report.error_type;
  const details = detailsOf(report);
  if (Object.keys(details).length > 0) attributes['errata.details'] = detailsJson(details);
  return {
    severityNumber: severityNumbers[severity],
    severityText: severity,
    body: message,
    ...(isError(report.error) ? { eventName: 'exception' } : {}),
    attributes,
  };
}

/** Memory that the record holds while it waits, in bytes: two for each character, and what the objects weigh. */
export function weightOf(record: Pick<LogRecord, 'attributes' | 'body'>): number {
  const RECORD_ITSELF = 1024;
  let characters = typeof record.body === 'string' ? record.body.length : 0;
  for (const value of Object.values(record.attributes ?? {})) if (typeof value === 'string') characters += value.length;
  return RECORD_ITSELF + 2 * characters;
}

/** The code tells a refused connection from a reset one, and no message is sure to hold it. */
function detailsOf(report: ErrorReport): Readonly<Record<string, unknown>> {
  const code = codeOf(report.error);
  const details = typeof report.details === 'object' && report.details !== null ? report.details : {};
  return code === undefined ? details : { code, ...details };
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}… (cut, ${text.length} characters)`;
}
