// A log record as an occurrence. The message is the exception's own, so that the log copy of a span's exception says the
// same; the line that was logged around it stays as the detail `log.body`.
import type { Attributes, AttributeValue, LogCandidate } from '../ingest/candidate.ts';
import { exceptionInBody } from './body-stack.ts';
import { firstText, toJsonValue, toText } from './attribute-values.ts';
import type { JsonValue } from './error-event.ts';
import { handledAfter, severityAfter, severityOfLog } from './error-severity.ts';
import { customFingerprintOf, exceptionFieldsOf, functionOf, isEmpty, ownErrorType } from './exception-fields.ts';
import type { Occurrence } from './occurrence.ts';
import { withPythonException } from './python-exception.ts';
import type { ResourceFacts } from './resource-facts.ts';

export function occurrenceOfLog(log: LogCandidate, facts: ResourceFacts): Occurrence {
  const attributes: readonly Attributes[] = [log.attributes];
  const attributed = exceptionFieldsOf(log.attributes);
  const inBody = isEmpty(attributed) ? exceptionInBody(bodyMessage(log.body)) : undefined;
  const exception = inBody ?? withPythonException(attributed);
  const severity = severityOfLog(log.severityNumber, log.severityText);
  const body = bodyMessage(log.body);
  const eventName = log.eventName || firstText(attributes, 'event.name');
  return {
    source: 'log',
    facts,
    timeUnixNano: log.timeUnixNano > 0n ? log.timeUnixNano : log.observedTimeUnixNano,
    traceId: log.traceId,
    spanId: log.spanId,
    scopeName: log.scopeName,
    location: [eventName || log.scopeName, functionOf(attributes)].filter((part) => part !== '').join(' '),
    exceptionType: exception.exceptionType || firstText(attributes, 'error.type'),
    message: exception.message || firstText(attributes, 'error.message') || body || eventName,
    stackTrace: exception.stackTrace || firstText(attributes, 'code.stacktrace'),
    severity: severityAfter(attributes, severity),
    handled: handledAfter(attributes, severity === 'info' || severity === 'warning'),
    errorType: ownErrorType(attributes),
    customFingerprint: customFingerprintOf(attributes),
    attributes,
    details: detailsOf(log, { eventName, body, message: attributed.message }),
  };
}

/** Structured bodies keep their text under one of these names. */
const messageKeys = ['message', 'msg', 'error', 'event'];

function bodyMessage(body: AttributeValue): string {
  if (typeof body !== 'object' || body instanceof Uint8Array || Array.isArray(body)) return toText(body);
  const members = new Map(Object.entries(body));
  for (const key of messageKeys) {
    const value = members.get(key);
    if (typeof value === 'string' && value !== '') return value;
  }
  return toText(body);
}

function detailsOf(
  log: LogCandidate,
  texts: { eventName: string; body: string; message: string },
): readonly (readonly [string, JsonValue])[] {
  const details: [string, JsonValue][] = [];
  if (log.scopeName !== '') details.push(['logger', log.scopeName]);
  if (texts.eventName !== '') details.push(['event.name', texts.eventName]);
  const isNested = typeof log.body === 'object';
  if (isNested || (texts.message !== '' && texts.body !== '' && texts.body !== texts.message)) {
    details.push(['log.body', toJsonValue(log.body)]);
  }
  return details;
}
