// An OTLP receiver of the test's own, so that what arrives is read by nobody's code but protobufjs.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import protobuf from 'protobufjs';

const { root } = protobuf.parse(`syntax = "proto3";
message AnyValue { oneof value { string stringValue = 1; bool boolValue = 2; int64 intValue = 3; double doubleValue = 4; } }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; }
message LogRecord { fixed64 timeUnixNano = 1; int32 severityNumber = 2; string severityText = 3; AnyValue body = 5;
  repeated KeyValue attributes = 6; bytes traceId = 9; bytes spanId = 10; string eventName = 12; }
message ScopeLogs { repeated LogRecord logRecords = 2; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scopeLogs = 2; }
message LogsRequest { repeated ResourceLogs resourceLogs = 1; }
message Event { string name = 2; repeated KeyValue attributes = 3; }
message Span { bytes traceId = 1; bytes spanId = 2; string name = 5; repeated Event events = 11; }
message ScopeSpans { repeated Span spans = 2; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scopeSpans = 2; }
message TracesRequest { repeated ResourceSpans resourceSpans = 1; }`);

export interface SinkLog {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Unix nanoseconds. */
  readonly time: string;
  readonly severityNumber: number;
  readonly body: unknown;
  readonly eventName: string;
  readonly traceId: string;
  readonly spanId: string;
}

export interface SinkSpan {
  readonly name: string;
  readonly traceId: string;
  readonly exceptions: number;
}

export interface Sink {
  readonly url: string;
  readonly port: number;
  readonly logs: SinkLog[];
  readonly spans: SinkSpan[];
  /** Headers of each request, in order. */
  readonly requests: { readonly path: string; readonly authorization: string | undefined; readonly atMs: number }[];
  close(): Promise<void>;
}

/** true: answered here; false: taken and answered 200. */
export type Misbehave = (response: ServerResponse, requestNumber: number) => boolean;

export async function startSink(misbehave: Misbehave = () => false, port = 0): Promise<Sink> {
  const logs: SinkLog[] = [];
  const spans: SinkSpan[] = [];
  const requests: Sink['requests'] = [];
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    requests.push({ path, authorization: request.headers.authorization, atMs: performance.now() });
    if (misbehave(response, requests.length)) return;
    const body = Buffer.concat(chunks);
    if (path === '/v1/logs') logs.push(...readLogs(body));
    if (path === '/v1/traces') spans.push(...readSpans(body));
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  }
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    logs,
    spans,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface WireAttributes {
  readonly attributes: readonly { readonly key: string; readonly value?: Readonly<Record<string, unknown>> }[];
}

function decode(type: string, body: Uint8Array): Record<string, unknown[]> {
  const message = root.lookupType(type);
  return message.toObject(message.decode(body), { longs: String, arrays: true, defaults: false });
}

function plain(from: Partial<WireAttributes> | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries((from?.attributes ?? []).map(({ key, value }) => [key, Object.values(value ?? {})[0]]));
}

function hex(bytes: unknown): string {
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('hex') : '';
}

function readLogs(body: Uint8Array): SinkLog[] {
  return ((decode('LogsRequest', body)['resourceLogs'] ?? []) as Record<string, never>[]).flatMap((resourceLogs) =>
    ((resourceLogs['scopeLogs'] as Record<string, never>[] | undefined) ?? []).flatMap((scope) =>
      ((scope['logRecords'] as Record<string, unknown>[] | undefined) ?? []).map((record) => ({
        resource: plain(resourceLogs['resource']),
        attributes: plain(record as Partial<WireAttributes>),
        time: record['timeUnixNano'] as string,
        severityNumber: Number(record['severityNumber']),
        body: Object.values((record['body'] as Record<string, unknown> | undefined) ?? {})[0],
        eventName: typeof record['eventName'] === 'string' ? record['eventName'] : '',
        traceId: hex(record['traceId']),
        spanId: hex(record['spanId']),
      })),
    ),
  );
}

function readSpans(body: Uint8Array): SinkSpan[] {
  return ((decode('TracesRequest', body)['resourceSpans'] ?? []) as Record<string, never>[]).flatMap((resourceSpans) =>
    ((resourceSpans['scopeSpans'] as Record<string, never>[] | undefined) ?? []).flatMap((scope) =>
      ((scope['spans'] as Record<string, unknown>[] | undefined) ?? []).map((span) => ({
        name: String(span['name']),
        traceId: hex(span['traceId']),
        exceptions: ((span['events'] as { name: string }[] | undefined) ?? []).filter((e) => e.name === 'exception')
          .length,
      })),
    ),
  );
}
