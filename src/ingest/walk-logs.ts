// Log records that report an error, out of an ExportLogsServiceRequest.
// logs/v1 LogRecord: 1 time, 2 severity_number, 3 severity_text, 5 body, 6 attributes, 9 trace_id, 10 span_id,
// 11 observed_time, 12 event_name.
import type { AttributeValue, LogCandidate } from './candidate.ts';
import type { Decoded, Origin, Selection } from './decoded.ts';
import { isExceptionNameAt } from './exception-names.ts';
import type { ProtobufReader } from './protobuf-reader.ts';
import { readId, readText } from './read-field.ts';
import { reachesThreshold } from './severity-text.ts';
import { mayBeErrorLog } from './skim.ts';
import { isExceptionAttribute, isExceptionEventName, readAnyValue, readAttribute } from './walk-attributes.ts';
import { walkRequest } from './walk-request.ts';

const TIME = 0x09;
const SEVERITY_NUMBER = 0x10;
const SEVERITY_TEXT = 0x1a;
const BODY = 0x2a;
const ATTRIBUTE = 0x32;
const TRACE_ID = 0x4a;
const SPAN_ID = 0x52;
const OBSERVED_TIME = 0x59;
const EVENT_NAME = 0x62;

/** Throws MALFORMED. */
export function walkLogs(body: Buffer, { logThreshold }: Selection): Decoded {
  return walkRequest(body, {
    mayBeError: (bytes, from, to) => mayBeErrorLog(bytes, { from, to }, logThreshold),
    isError: (reader, end) => isErrorLog(reader, end, logThreshold),
    read: readLog,
  });
}

function isErrorLog(reader: ProtobufReader, end: number, threshold: number): boolean {
  let severityNumber = 0;
  let textFrom = end;
  let textTo = end;
  let isNamed = false;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === SEVERITY_NUMBER) severityNumber = reader.int32(end);
    else if (tag === SEVERITY_TEXT) {
      textTo = reader.fieldEnd(end);
      textFrom = reader.pos;
      reader.pos = textTo;
    } else if (tag === ATTRIBUTE) {
      if (reportsException(reader, reader.fieldEnd(end))) return true;
    } else if (tag === EVENT_NAME) {
      const to = reader.fieldEnd(end);
      isNamed = isExceptionNameAt(reader.bytes, reader.pos, to);
      reader.pos = to;
    } else reader.skip(tag, end);
  }
  const text = () => reader.bytes.toString('utf8', textFrom, textTo);
  return isNamed || reachesThreshold(severityNumber, text, threshold);
}

function reportsException(reader: ProtobufReader, end: number): boolean {
  const from = reader.pos;
  if (isExceptionAttribute(reader, end)) return true;
  reader.pos = from;
  if (isExceptionEventName(reader, end)) return true;
  reader.pos = end;
  return false;
}

function readLog(reader: ProtobufReader, end: number, origin: Origin): LogCandidate {
  const attributes = new Map<string, AttributeValue>();
  let timeUnixNano = 0n;
  let observedTimeUnixNano = 0n;
  let severityNumber = 0;
  let severityText = '';
  let body: AttributeValue;
  let eventName = '';
  let traceId = '';
  let spanId = '';
  while (reader.pos < end) {
    const tag = reader.tag(end);
    switch (tag) {
      case TIME:
        timeUnixNano = reader.fixed64(end);
        break;
      case OBSERVED_TIME:
        observedTimeUnixNano = reader.fixed64(end);
        break;
      case SEVERITY_NUMBER:
        severityNumber = reader.int32(end);
        break;
      case SEVERITY_TEXT:
        severityText = readText(reader, end);
        break;
      case BODY:
        body = readAnyValue(reader, reader.fieldEnd(end));
        break;
      case ATTRIBUTE:
        readAttribute(reader, reader.fieldEnd(end), attributes);
        break;
      case TRACE_ID:
        traceId = readId(reader, end, 16);
        break;
      case SPAN_ID:
        spanId = readId(reader, end, 8);
        break;
      case EVENT_NAME:
        eventName = readText(reader, end);
        break;
      default:
        reader.skip(tag, end);
    }
  }
  return {
    kind: 'log',
    resource: origin.resource,
    scopeName: origin.scopeName,
    timeUnixNano,
    observedTimeUnixNano,
    severityNumber,
    severityText,
    body,
    eventName,
    attributes,
    traceId,
    spanId,
  };
}
