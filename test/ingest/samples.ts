// Requests as a service would send them, in OTLP JSON with bytes as Buffer, which protobufjs takes as well.
import { encode, logsRequest, tracesRequest } from '../fuzz/otlp-proto.ts';

export const TRACE_ID = '5b8efff798038103d269b633813fc60c';
export const SPAN_ID = 'eee19b7ec3c1b174';

const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] };
const scope = { name: 'orders.http' };

export function attribute(key: string, stringValue: string): object {
  return { key, value: { stringValue } };
}

export const exceptionEvent = {
  timeUnixNano: '1760000000000000001',
  name: 'exception',
  attributes: [attribute('exception.type', 'TypeError'), attribute('exception.message', 'x is not a function')],
};

export const errorSpan = {
  traceId: TRACE_ID,
  spanId: SPAN_ID,
  name: 'GET /orders',
  kind: 2,
  startTimeUnixNano: '1760000000000000000',
  endTimeUnixNano: '1760000000000000009',
  attributes: [attribute('http.request.method', 'GET')],
  events: [exceptionEvent],
  status: { code: 2, message: 'failed' },
};

export const healthySpan = { ...errorSpan, events: [], status: { code: 1 } };

export const errorLog = {
  timeUnixNano: '1760000000000000000',
  severityNumber: 17,
  severityText: 'ERROR',
  body: { stringValue: 'payment refused' },
  traceId: TRACE_ID,
  spanId: SPAN_ID,
};

export function tracesOf(...spans: readonly object[]): object {
  return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] };
}

export function logsOf(...logRecords: readonly object[]): object {
  return { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] };
}

export function tracesProtobuf(...spans: readonly object[]): Buffer {
  return encode(tracesRequest, withBytes(tracesOf(...spans)) as object);
}

export function logsProtobuf(...logRecords: readonly object[]): Buffer {
  return encode(logsRequest, withBytes(logsOf(...logRecords)) as object);
}

export function json(content: object): Buffer {
  return Buffer.from(JSON.stringify(content));
}

/** Ids are hex in JSON and bytes in protobuf; `bytesValue` is base64 in JSON. */
export function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]: [string, unknown]) => {
      if (typeof member !== 'string') return [key, withBytes(member)];
      if (['traceId', 'spanId', 'parentSpanId'].includes(key)) return [key, Buffer.from(member, 'hex')];
      return [key, key === 'bytesValue' ? Buffer.from(member, 'base64') : member];
    }),
  );
}
