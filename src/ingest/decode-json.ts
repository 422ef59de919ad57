// OTLP's JSON encoding into the very same candidates that the walk makes of protobuf. Only lowerCamelCase names count,
// unknown ones are passed over at any depth, ids are hex.
import type { AttributeValue, Candidate, ExceptionEvent, LogCandidate, SpanCandidate } from './candidate.ts';
import { Failure } from '../failure.ts';
import { CandidateList } from './decoded.ts';
import type { Decoded, Origin, Selection } from './decoded.ts';
import { parseExactJson } from './exact-json.ts';
import { isEventNameKey, isExceptionName } from './exception-names.ts';
import {
  arrayAt,
  attributesAt,
  bodyAt,
  enumAt,
  hasExceptionKey,
  isObject,
  keyValuesOf,
  nanosAt,
  objectAt,
  objectsAt,
  rawTextAt,
  textFieldAt,
} from './json-values.ts';
import type { JsonObject } from './json-values.ts';
import { knownId } from './read-field.ts';
import { reachesThreshold } from './severity-text.ts';

const STATUS_ERROR = 2;
const statusCodes = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];
const spanKinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (name) => `SPAN_KIND_${name}`,
);
const severityNumbers = [
  'SEVERITY_NUMBER_UNSPECIFIED',
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((level) =>
    ['', '2', '3', '4'].map((step) => `SEVERITY_NUMBER_${level}${step}`),
  ),
];

/** Throws MALFORMED or PAYLOAD_TOO_LARGE. */
export function decodeJsonSpans(body: Buffer): Decoded {
  return decodeRequest(body, {
    names: ['resourceSpans', 'scopeSpans', 'spans'],
    isError: isErrorSpan,
    read: readSpan,
  });
}

/** Throws MALFORMED or PAYLOAD_TOO_LARGE. */
export function decodeJsonLogs(body: Buffer, { logThreshold }: Selection): Decoded {
  return decodeRequest(body, {
    names: ['resourceLogs', 'scopeLogs', 'logRecords'],
    isError: (record) => isErrorLog(record, logThreshold),
    read: readLog,
  });
}

interface RecordDecoding {
  readonly names: readonly [resources: string, scopes: string, records: string];
  readonly isError: (record: JsonObject) => boolean;
  readonly read: (record: JsonObject, origin: Origin) => Candidate;
}

function decodeRequest(body: Buffer, { names, isError, read }: RecordDecoding): Decoded {
  const request = parseExactJson(body);
  if (!isObject(request)) throw new Failure('MALFORMED', 'the body is not a JSON object');
  const list = new CandidateList();
  const [resources, scopes, records] = names;
  for (const resourceRecords of objectsAt(request, resources)) {
    let resource: ReadonlyMap<string, AttributeValue> | undefined;
    for (const scopeRecords of objectsAt(resourceRecords, scopes)) {
      for (const record of objectsAt(scopeRecords, records)) {
        try {
          if (!isError(record)) continue;
          if (list.room === 0) {
            list.rejectOneTooMany();
            continue;
          }
          resource ??= attributesAt(objectAt(resourceRecords, 'resource'));
          list.add(read(record, { resource, scopeName: textFieldAt(objectAt(scopeRecords, 'scope'), 'name') }));
        } catch (cause) {
          // One bad record must not cost the others: the sender is told of it as partial success.
          if (!(cause instanceof Failure)) throw cause;
          list.reject(cause.message);
        }
      }
    }
  }
  return list.toDecoded();
}

function isErrorSpan(span: JsonObject): boolean {
  return (
    enumAt(objectAt(span, 'status'), 'code', statusCodes) === STATUS_ERROR ||
    objectsAt(span, 'events').some(isExceptionEvent) ||
    hasExceptionKey(keyValuesOf(arrayAt(span, 'attributes')))
  );
}

function isExceptionEvent(event: JsonObject): boolean {
  return isExceptionName(rawTextAt(event, 'name')) || hasExceptionKey(keyValuesOf(arrayAt(event, 'attributes')));
}

function isErrorLog(log: JsonObject, threshold: number): boolean {
  const severityNumber = enumAt(log, 'severityNumber', severityNumbers);
  if (reachesThreshold(severityNumber, () => rawTextAt(log, 'severityText'), threshold)) return true;
  if (isExceptionName(rawTextAt(log, 'eventName'))) return true;
  const attributes = keyValuesOf(arrayAt(log, 'attributes'));
  return (
    hasExceptionKey(attributes) || attributes.some(({ key, value }) => isEventNameKey(key) && namesException(value))
  );
}

function namesException(value: unknown): boolean {
  return isObject(value) && isExceptionName(rawTextAt(value, 'stringValue'));
}

function readSpan(span: JsonObject, { resource, scopeName }: Origin): SpanCandidate {
  const status = objectAt(span, 'status');
  return {
    kind: 'span',
    resource,
    scopeName,
    traceId: idAt(span, 'traceId', 16),
    spanId: idAt(span, 'spanId', 8),
    parentSpanId: idAt(span, 'parentSpanId', 8),
    name: textFieldAt(span, 'name'),
    spanKind: enumAt(span, 'kind', spanKinds),
    startTimeUnixNano: nanosAt(span, 'startTimeUnixNano'),
    endTimeUnixNano: nanosAt(span, 'endTimeUnixNano'),
    statusCode: enumAt(status, 'code', statusCodes),
    statusMessage: textFieldAt(status, 'message'),
    attributes: attributesAt(span),
    exceptions: objectsAt(span, 'events').filter(isExceptionEvent).map(readEvent),
  };
}

function readEvent(event: JsonObject): ExceptionEvent {
  return {
    timeUnixNano: nanosAt(event, 'timeUnixNano'),
    name: textFieldAt(event, 'name'),
    attributes: attributesAt(event),
  };
}

function readLog(log: JsonObject, { resource, scopeName }: Origin): LogCandidate {
  return {
    kind: 'log',
    resource,
    scopeName,
    timeUnixNano: nanosAt(log, 'timeUnixNano'),
    observedTimeUnixNano: nanosAt(log, 'observedTimeUnixNano'),
    severityNumber: enumAt(log, 'severityNumber', severityNumbers),
    severityText: textFieldAt(log, 'severityText'),
    body: bodyAt(log),
    eventName: textFieldAt(log, 'eventName'),
    attributes: attributesAt(log),
    traceId: idAt(log, 'traceId', 16),
    spanId: idAt(log, 'spanId', 8),
  };
}

/** Hex in either case; anything else is no id. */
function idAt(object: JsonObject, name: string, length: 8 | 16): string {
  const hex = rawTextAt(object, name);
  return hex.length === 2 * length && /^[\da-f]+$/i.test(hex) ? knownId(hex.toLowerCase()) : '';
}
