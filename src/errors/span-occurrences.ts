// A span tells of errors in three shapes: exception events (deprecated, the most common), exception attributes on the
// span itself (OTEP 4430), and nothing but an ERROR status. Several different events are several errors; the status of
// a span that has an exception adds none.
import { STATUS_CODES } from 'node:http';
import type { Attributes, ExceptionEvent, SpanCandidate } from '../ingest/candidate.ts';
import { firstText, integerOf, textOf } from './attribute-values.ts';
import type { Source } from './error-event.ts';
import { handledAfter, severityAfter } from './error-severity.ts';
import { customFingerprintOf, exceptionFieldsOf, functionOf, isEmpty, ownErrorType } from './exception-fields.ts';
import type { ExceptionFields } from './exception-fields.ts';
import type { Occurrence } from './occurrence.ts';
import { withPythonMessage } from './python-exception.ts';
import type { ResourceFacts } from './resource-facts.ts';

const STATUS_ERROR = 2;
const SERVER = 2;
const CLIENT = 3;
const kindNames = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

/** [] when the span tells of no error after all: see `isClientsFault`. */
export function occurrencesOfSpan(span: SpanCandidate, facts: ResourceFacts): readonly Occurrence[] {
  const fromEvents = span.exceptions.flatMap((event) => eventOccurrence(span, event, facts));
  const own = ownFields(span);
  if (!isEmpty(own)) {
    const told = fromEvents.some((event) => own.message === '' || event.message === own.message);
    return told ? fromEvents : [...fromEvents, spanOccurrence(span, facts, { source: 'span_attributes', fields: own })];
  }
  if (fromEvents.length > 0) return fromEvents;
  if (span.statusCode !== STATUS_ERROR || isClientsFault(span)) return [];
  return [spanOccurrence(span, facts, { source: 'span_status', fields: statusFields(span) })];
}

function eventOccurrence(span: SpanCandidate, event: ExceptionEvent, facts: ResourceFacts): readonly Occurrence[] {
  const fields = withPythonMessage(exceptionFieldsOf(event.attributes));
  if (isEmpty(fields)) return [];
  return [spanOccurrence(span, facts, { source: 'span_event', fields, event })];
}

interface Shape {
  readonly source: Source;
  readonly fields: ExceptionFields;
  readonly event?: ExceptionEvent;
}

function spanOccurrence(span: SpanCandidate, facts: ResourceFacts, shape: Shape): Occurrence {
  const attributes: readonly Attributes[] =
    shape.event === undefined ? [span.attributes] : [shape.event.attributes, span.attributes];
  const details: [string, string][] = [['span.name', span.name]];
  const kind = kindNames[span.spanKind] ?? '';
  if (kind !== '') details.push(['span.kind', kind]);
  return {
    source: shape.source,
    facts,
    timeUnixNano: timeOf(span, shape.event),
    traceId: span.traceId,
    spanId: span.spanId,
    scopeName: span.scopeName,
    location: joined(span.name, functionOf(attributes)),
    ...shape.fields,
    severity: severityAfter(attributes, 'error'),
    handled: handledAfter(attributes, span.statusCode !== STATUS_ERROR),
    errorType: ownErrorType(attributes),
    customFingerprint: customFingerprintOf(attributes),
    attributes,
    details,
  };
}

function timeOf(span: SpanCandidate, event: ExceptionEvent | undefined): bigint {
  if (event !== undefined && event.timeUnixNano > 0n) return event.timeUnixNano;
  return span.endTimeUnixNano > 0n ? span.endTimeUnixNano : span.startTimeUnixNano;
}

/** exception.* on the span itself; error.type counts here only together with error.message. */
function ownFields(span: SpanCandidate): ExceptionFields {
  const fields = withPythonMessage(exceptionFieldsOf(span.attributes));
  const errorMessage = textOf(span.attributes, 'error.message');
  if (!isEmpty(fields) || errorMessage === '') return fields;
  return { exceptionType: typeOf(span), message: errorMessage, stackTrace: '' };
}

function statusFields(span: SpanCandidate): ExceptionFields {
  const code = httpStatusOf(span);
  const message = span.statusMessage || (code === undefined ? '' : `HTTP ${code}`);
  return { exceptionType: typeOf(span), message, stackTrace: '' };
}

/** error.type, unless it is only the HTTP status once more. */
function typeOf(span: SpanCandidate): string {
  const errorType = textOf(span.attributes, 'error.type');
  return /^\d{3}$/.test(errorType) || errorType === '_OTHER' ? '' : errorType;
}

/**
 * Runtimes mark 4xx spans as ERROR; with nothing but the code they are somebody's wrong URL, and bots would fill the list.
 * The standard reason phrase and the code once more as error.type say nothing beyond the code.
 */
function isClientsFault(span: SpanCandidate): boolean {
  const code = httpStatusOf(span);
  if ((span.spanKind !== SERVER && span.spanKind !== CLIENT) || code === undefined) return false;
  if (code < 400 || code > 499 || typeOf(span) !== '') return false;
  const said = span.statusMessage
    .toLowerCase()
    .replace(/^http\s/, '')
    .trim();
  const phrase = (STATUS_CODES[code] ?? '').toLowerCase();
  return ['', `${code}`, phrase, `${code} ${phrase}`].includes(said);
}

function httpStatusOf(span: SpanCandidate): number | undefined {
  const text = firstText([span.attributes], 'http.response.status_code', 'http.status_code');
  const code = integerOf(text === '' ? textOf(span.attributes, 'error.type') : text);
  return code !== undefined && code >= 100 && code <= 599 ? code : undefined;
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
