// What the receiver answers, in the encoding of the request.
// collector/trace/v1 ExportTraceServiceResponse: 1 partial_success {1 rejected_spans, 2 error_message}; logs alike.
// google.rpc.Status: 1 code, 2 message, 3 details (Any {1 type_url, 2 value}). google.rpc.BadRequest: 1 field_violations
// {1 field, 2 description}. The JSON forms are those of the JSON Protobuf Encoding.
import type { Failure } from '../failure.ts';
import type { Delivery } from './candidate.ts';
import type { Encoding } from './media.ts';

export type Signal = Delivery['signal'];

interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';

/** Senders keep answers in memory: the specification has them limited, and nobody reads more. */
const MAX_MESSAGE_CHARS = 500;

/** With nothing rejected the partial success must be unset: in protobuf that is no bytes at all. */
export function successBody(signal: Signal, encoding: Encoding, { rejected, message }: PartialSuccess): Buffer {
  const isPartial = rejected > 0;
  const errorMessage = message.slice(0, MAX_MESSAGE_CHARS);
  if (encoding === 'json') {
    const rejectedName = signal === 'traces' ? 'rejectedSpans' : 'rejectedLogRecords';
    // int64 is text in protobuf's JSON.
    const partialSuccess = { [rejectedName]: String(rejected), errorMessage };
    return Buffer.from(JSON.stringify(isPartial ? { partialSuccess } : {}));
  }
  if (!isPartial) return Buffer.alloc(0);
  return delimited(1, Buffer.concat([varintField(1, rejected), delimited(2, Buffer.from(errorMessage))]));
}

/** google.rpc.Status. */
export function failureBody(failure: Failure, encoding: Encoding): Buffer {
  const { grpc: code, http, field } = failure;
  const message = failure.message.slice(0, MAX_MESSAGE_CHARS);
  const violation = http === 400 && field !== undefined ? { field, description: message } : undefined;
  if (encoding === 'json') {
    const details = violation && [{ '@type': BAD_REQUEST, fieldViolations: [violation] }];
    return Buffer.from(JSON.stringify({ code, message, details }));
  }
  const parts = [varintField(1, code), delimited(2, Buffer.from(message))];
  if (violation !== undefined) {
    const { field: name, description } = violation;
    const fields = Buffer.concat([delimited(1, Buffer.from(name)), delimited(2, Buffer.from(description))]);
    const any = Buffer.concat([delimited(1, Buffer.from(BAD_REQUEST)), delimited(2, delimited(1, fields))]);
    parts.push(delimited(3, any));
  }
  return Buffer.concat(parts);
}

function delimited(field: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2]), varint(content.length), content]);
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([field << 3]), varint(value)]);
}

/** Of a whole number that is not negative. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  while (left >= 0x80) {
    bytes.push((left % 0x80) | 0x80);
    left = Math.floor(left / 0x80);
  }
  bytes.push(left);
  return Buffer.from(bytes);
}
