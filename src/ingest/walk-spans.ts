// Spans that report an error, out of an ExportTraceServiceRequest.
// trace/v1 Span: 1 trace_id, 2 span_id, 4 parent_span_id, 5 name, 6 kind, 7 start, 8 end, 9 attributes, 11 events,
// 15 status. Event: 1 time, 2 name, 3 attributes. Status: 2 message, 3 code.
import type { AttributeValue, ExceptionEvent, SpanCandidate } from './candidate.ts';
import type { Decoded, Origin } from './decoded.ts';
import { isExceptionNameAt } from './exception-names.ts';
import type { ProtobufReader } from './protobuf-reader.ts';
import { readId, readText } from './read-field.ts';
import { mayBeErrorSpan } from './skim.ts';
import { isExceptionAttribute, readAttribute } from './walk-attributes.ts';
import { walkRequest } from './walk-request.ts';

const TRACE_ID = 0x0a;
const SPAN_ID = 0x12;
const PARENT_SPAN_ID = 0x22;
const NAME = 0x2a;
const KIND = 0x30;
const START_TIME = 0x39;
const END_TIME = 0x41;
const ATTRIBUTE = 0x4a;
const EVENT = 0x5a;
const STATUS = 0x7a;

const EVENT_TIME = 0x09;
const EVENT_NAME = 0x12;
const EVENT_ATTRIBUTE = 0x1a;

const STATUS_MESSAGE = 0x12;
const STATUS_CODE = 0x18;
const STATUS_ERROR = 2;

/** Throws MALFORMED. */
export function walkSpans(body: Buffer): Decoded {
  return walkRequest(body, { mayBeError: mayBeErrorSpan, isError: isErrorSpan, read: readSpan });
}

function isErrorSpan(reader: ProtobufReader, end: number): boolean {
  let statusCode = 0;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === ATTRIBUTE) {
      if (isExceptionAttribute(reader, reader.fieldEnd(end))) return true;
    } else if (tag === EVENT) {
      const to = reader.fieldEnd(end);
      if (isExceptionEvent(reader, to)) return true;
      reader.pos = to;
    } else if (tag === STATUS) {
      const status = { code: statusCode, message: '' };
      readStatus(reader, reader.fieldEnd(end), status);
      statusCode = status.code;
    } else reader.skip(tag, end);
  }
  return statusCode === STATUS_ERROR;
}

function isExceptionEvent(reader: ProtobufReader, end: number): boolean {
  let isNamed = false;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === EVENT_NAME) {
      const to = reader.fieldEnd(end);
      isNamed = isExceptionNameAt(reader.bytes, reader.pos, to);
      reader.pos = to;
    } else if (tag === EVENT_ATTRIBUTE) {
      if (isExceptionAttribute(reader, reader.fieldEnd(end))) return true;
    } else reader.skip(tag, end);
  }
  return isNamed;
}

function readSpan(reader: ProtobufReader, end: number, origin: Origin): SpanCandidate {
  const attributes = new Map<string, AttributeValue>();
  const exceptions: ExceptionEvent[] = [];
  const status = { code: 0, message: '' };
  let traceId = '';
  let spanId = '';
  let parentSpanId = '';
  let name = '';
  let spanKind = 0;
  let startTimeUnixNano = 0n;
  let endTimeUnixNano = 0n;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    switch (tag) {
      case TRACE_ID:
        traceId = readId(reader, end, 16);
        break;
      case SPAN_ID:
        spanId = readId(reader, end, 8);
        break;
      case PARENT_SPAN_ID:
        parentSpanId = readId(reader, end, 8);
        break;
      case NAME:
        name = readText(reader, end);
        break;
      case KIND:
        spanKind = reader.int32(end);
        break;
      case START_TIME:
        startTimeUnixNano = reader.fixed64(end);
        break;
      case END_TIME:
        endTimeUnixNano = reader.fixed64(end);
        break;
      case ATTRIBUTE:
        readAttribute(reader, reader.fieldEnd(end), attributes);
        break;
      case EVENT: {
        const to = reader.fieldEnd(end);
        const from = reader.pos;
        if (isExceptionEvent(reader, to)) {
          reader.pos = from;
          exceptions.push(readEvent(reader, to));
        }
        reader.pos = to;
        break;
      }
      case STATUS:
        readStatus(reader, reader.fieldEnd(end), status);
        break;
      default:
        reader.skip(tag, end);
    }
  }
  return {
    kind: 'span',
    resource: origin.resource,
    scopeName: origin.scopeName,
    traceId,
    spanId,
    parentSpanId,
    name,
    spanKind,
    startTimeUnixNano,
    endTimeUnixNano,
    statusCode: status.code,
    statusMessage: status.message,
    attributes,
    exceptions,
  };
}

function readEvent(reader: ProtobufReader, end: number): ExceptionEvent {
  const attributes = new Map<string, AttributeValue>();
  let timeUnixNano = 0n;
  let name = '';
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === EVENT_TIME) timeUnixNano = reader.fixed64(end);
    else if (tag === EVENT_NAME) name = readText(reader, end);
    else if (tag === EVENT_ATTRIBUTE) readAttribute(reader, reader.fieldEnd(end), attributes);
    else reader.skip(tag, end);
  }
  return { timeUnixNano, name, attributes };
}

/** A repeated status is merged, as protobuf has it for messages. */
function readStatus(reader: ProtobufReader, end: number, status: { code: number; message: string }): void {
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === STATUS_CODE) status.code = reader.int32(end);
    else if (tag === STATUS_MESSAGE) status.message = readText(reader, end);
    else reader.skip(tag, end);
  }
}
