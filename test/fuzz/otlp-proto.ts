// The OTLP messages that the receiver reads, as protobufjs reflection: the oracle of the fuzz tests and of the benchmark.
// Field numbers from opentelemetry-proto: common/v1, resource/v1, trace/v1, logs/v1.
import protobuf from 'protobufjs';

const field = (id: number, type: string) => ({ id, type });
const list = (id: number, type: string) => ({ id, type, rule: 'repeated' });

const ANY_VALUE_MEMBERS = [
  'stringValue',
  'boolValue',
  'intValue',
  'doubleValue',
  'arrayValue',
  'kvlistValue',
  'bytesValue',
];

const root = protobuf.Root.fromJSON({
  // proto3, so that absent fields are told from those that were set.
  options: { syntax: 'proto3' },
  nested: {
    AnyValue: {
      oneofs: { value: { oneof: ANY_VALUE_MEMBERS } },
      fields: {
        stringValue: field(1, 'string'),
        boolValue: field(2, 'bool'),
        intValue: field(3, 'int64'),
        doubleValue: field(4, 'double'),
        arrayValue: field(5, 'ArrayValue'),
        kvlistValue: field(6, 'KeyValueList'),
        bytesValue: field(7, 'bytes'),
      },
    },
    ArrayValue: { fields: { values: list(1, 'AnyValue') } },
    KeyValueList: { fields: { values: list(1, 'KeyValue') } },
    KeyValue: { fields: { key: field(1, 'string'), value: field(2, 'AnyValue') } },
    Resource: { fields: { attributes: list(1, 'KeyValue'), droppedAttributesCount: field(2, 'uint32') } },
    Scope: { fields: { name: field(1, 'string'), version: field(2, 'string'), attributes: list(3, 'KeyValue') } },
    Status: { fields: { message: field(2, 'string'), code: field(3, 'int32') } },
    Event: {
      fields: {
        timeUnixNano: field(1, 'fixed64'),
        name: field(2, 'string'),
        attributes: list(3, 'KeyValue'),
        droppedAttributesCount: field(4, 'uint32'),
      },
    },
    Link: { fields: { traceId: field(1, 'bytes'), spanId: field(2, 'bytes'), attributes: list(4, 'KeyValue') } },
    Span: {
      fields: {
        traceId: field(1, 'bytes'),
        spanId: field(2, 'bytes'),
        traceState: field(3, 'string'),
        parentSpanId: field(4, 'bytes'),
        name: field(5, 'string'),
        kind: field(6, 'int32'),
        startTimeUnixNano: field(7, 'fixed64'),
        endTimeUnixNano: field(8, 'fixed64'),
        attributes: list(9, 'KeyValue'),
        droppedAttributesCount: field(10, 'uint32'),
        events: list(11, 'Event'),
        droppedEventsCount: field(12, 'uint32'),
        links: list(13, 'Link'),
        droppedLinksCount: field(14, 'uint32'),
        status: field(15, 'Status'),
        flags: field(16, 'fixed32'),
      },
    },
    ScopeSpans: { fields: { scope: field(1, 'Scope'), spans: list(2, 'Span'), schemaUrl: field(3, 'string') } },
    ResourceSpans: {
      fields: { resource: field(1, 'Resource'), scopeSpans: list(2, 'ScopeSpans'), schemaUrl: field(3, 'string') },
    },
    TracesRequest: { fields: { resourceSpans: list(1, 'ResourceSpans') } },
    LogRecord: {
      fields: {
        timeUnixNano: field(1, 'fixed64'),
        severityNumber: field(2, 'int32'),
        severityText: field(3, 'string'),
        body: field(5, 'AnyValue'),
        attributes: list(6, 'KeyValue'),
        droppedAttributesCount: field(7, 'uint32'),
        flags: field(8, 'fixed32'),
        traceId: field(9, 'bytes'),
        spanId: field(10, 'bytes'),
        observedTimeUnixNano: field(11, 'fixed64'),
        eventName: field(12, 'string'),
      },
    },
    ScopeLogs: {
      fields: { scope: field(1, 'Scope'), logRecords: list(2, 'LogRecord'), schemaUrl: field(3, 'string') },
    },
    ResourceLogs: {
      fields: { resource: field(1, 'Resource'), scopeLogs: list(2, 'ScopeLogs'), schemaUrl: field(3, 'string') },
    },
    LogsRequest: { fields: { resourceLogs: list(1, 'ResourceLogs') } },
    // The answers.
    PartialSuccess: { fields: { rejected: field(1, 'int64'), errorMessage: field(2, 'string') } },
    ExportResponse: { fields: { partialSuccess: field(1, 'PartialSuccess') } },
    BadRequest: { fields: { fieldViolations: list(1, 'FieldViolation') } },
    FieldViolation: { fields: { field: field(1, 'string'), description: field(2, 'string') } },
    Any: { fields: { typeUrl: field(1, 'string'), value: field(2, 'bytes') } },
    RpcStatus: { fields: { code: field(1, 'int32'), message: field(2, 'string'), details: list(3, 'Any') } },
  },
});

export const tracesRequest = root.lookupType('TracesRequest');
export const logsRequest = root.lookupType('LogsRequest');
export const rpcStatus = root.lookupType('RpcStatus');
export const badRequest = root.lookupType('BadRequest');
export const exportResponse = root.lookupType('ExportResponse');

/** OTLP JSON's field names and bytes as Buffer; 64-bit integers as decimal text. */
export function encode(type: protobuf.Type, content: object): Buffer {
  return Buffer.from(type.encode(type.fromObject(content)).finish());
}
