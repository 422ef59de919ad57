// What the walk must find, said a second time and the slow way: decode everything with protobufjs, then choose by the
// rules on SpanCandidate and LogCandidate. It shares nothing with src/ingest but the types.
import type { AttributeValue, Candidate } from '../../src/ingest/candidate.ts';
import { logsRequest, tracesRequest } from './otlp-proto.ts';

interface AnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly AnyValue[] };
  readonly kvlistValue?: { readonly values: readonly KeyValue[] };
  readonly bytesValue?: Buffer;
}
interface KeyValue {
  readonly key: string;
  readonly value: AnyValue | null;
}
interface Event {
  readonly timeUnixNano: string;
  readonly name: string;
  readonly attributes: readonly KeyValue[];
}
interface Span {
  readonly traceId: Buffer;
  readonly spanId: Buffer;
  readonly parentSpanId: Buffer;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly events: readonly Event[];
  readonly status: { readonly code: number; readonly message: string } | null;
}
interface Log {
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: AnyValue | null;
  readonly attributes: readonly KeyValue[];
  readonly traceId: Buffer;
  readonly spanId: Buffer;
  readonly eventName: string;
}
interface Group {
  readonly resource: { readonly attributes: readonly KeyValue[] } | null;
  readonly scopeSpans?: readonly {
    readonly scope: { readonly name: string } | null;
    readonly spans: readonly Span[];
  }[];
  readonly scopeLogs?: readonly {
    readonly scope: { readonly name: string } | null;
    readonly logRecords: readonly Log[];
  }[];
}

const conversion = { longs: String, bytes: Buffer, defaults: true, arrays: true, oneofs: false };
const THRESHOLD = 13;
const texts = /^(?:err|warn|fatal|crit|emerg|alert|panic|severe)/i;

export function expectedSpans(body: Buffer): readonly Candidate[] {
  const request = tracesRequest.toObject(tracesRequest.decode(body), conversion) as { resourceSpans: readonly Group[] };
  return request.resourceSpans.flatMap((group) =>
    (group.scopeSpans ?? []).flatMap(({ scope, spans }) =>
      spans
        .filter((span) => span.status?.code === 2 || span.events.some(isException) || hasKey(span.attributes))
        .map((span) => ({
          kind: 'span' as const,
          resource: toMap(group.resource?.attributes ?? []),
          scopeName: scope?.name ?? '',
          traceId: idOf(span.traceId, 16),
          spanId: idOf(span.spanId, 8),
          parentSpanId: idOf(span.parentSpanId, 8),
          name: span.name,
          spanKind: span.kind,
          startTimeUnixNano: BigInt(span.startTimeUnixNano),
          endTimeUnixNano: BigInt(span.endTimeUnixNano),
          statusCode: span.status?.code ?? 0,
          statusMessage: span.status?.message ?? '',
          attributes: toMap(span.attributes),
          exceptions: span.events.filter(isException).map((event) => ({
            timeUnixNano: BigInt(event.timeUnixNano),
            name: event.name,
            attributes: toMap(event.attributes),
          })),
        })),
    ),
  );
}

export function expectedLogs(body: Buffer): readonly Candidate[] {
  const request = logsRequest.toObject(logsRequest.decode(body), conversion) as { resourceLogs: readonly Group[] };
  return request.resourceLogs.flatMap((group) =>
    (group.scopeLogs ?? []).flatMap(({ scope, logRecords }) =>
      logRecords.filter(isError).map((log) => ({
        kind: 'log' as const,
        resource: toMap(group.resource?.attributes ?? []),
        scopeName: scope?.name ?? '',
        timeUnixNano: BigInt(log.timeUnixNano),
        observedTimeUnixNano: BigInt(log.observedTimeUnixNano),
        severityNumber: log.severityNumber,
        severityText: log.severityText,
        body: toValue(log.body),
        eventName: log.eventName,
        attributes: toMap(log.attributes),
        traceId: idOf(log.traceId, 16),
        spanId: idOf(log.spanId, 8),
      })),
    ),
  );
}

function isError(log: Log): boolean {
  const { severityNumber, severityText, attributes } = log;
  if (severityNumber >= THRESHOLD || (severityNumber === 0 && texts.test(severityText.trimStart()))) return true;
  const names = attributes.filter(({ key }) => key === 'event.name').map(({ value }) => value?.stringValue ?? '');
  return hasKey(attributes) || [log.eventName, ...names].some((name) => /(?:^|\.)exception$/.test(name));
}

function isException({ name, attributes }: Event): boolean {
  return /(?:^|\.)exception$/.test(name) || hasKey(attributes);
}

function hasKey(attributes: readonly KeyValue[]): boolean {
  return attributes.some(({ key }) => /^exception\.(?:type|message|stacktrace)$/.test(key));
}

function toMap(attributes: readonly KeyValue[]): ReadonlyMap<string, AttributeValue> {
  return new Map(attributes.map(({ key, value }) => [key, toValue(value)]));
}

function toValue(value: AnyValue | null): AttributeValue {
  if (value === null) return undefined;
  if (value.arrayValue != null) return value.arrayValue.values.map(toValue);
  if (value.kvlistValue != null) {
    return Object.fromEntries(value.kvlistValue.values.map((entry) => [entry.key, toValue(entry.value)]));
  }
  if (value.bytesValue != null) return new Uint8Array(value.bytesValue);
  if (value.intValue != null) {
    const integer = BigInt(value.intValue);
    return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer;
  }
  return value.stringValue ?? value.boolValue ?? value.doubleValue;
}

function idOf(bytes: Buffer, length: number): string {
  return bytes.length === length && bytes.some((byte) => byte !== 0) ? bytes.toString('hex') : '';
}
