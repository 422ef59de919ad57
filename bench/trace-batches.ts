// The corpus of the receiver's benchmarks: batches of 1000 HTTP spans with 12 or 13 attributes, 1 % of them errors with
// an exception event and a stack of 18 frames. Ids and numbers differ from span to span, as they do in life.
import { encode, tracesRequest } from '../test/fuzz/otlp-proto.ts';

const SPANS = 1_000;
const ERROR_EVERY = 100;
const FRAMES = 18;
const START_NANOS = 1_760_000_000_000_000_000n;

const routes = ['/api/orders/:id', '/api/customers', '/api/carts/:id/items', '/api/payments', '/health'];

export function makeTraceBatches(count: number): readonly Buffer[] {
  return Array.from({ length: count }, (_, batch) => encode(tracesRequest, makeRequest(batch)));
}

function makeRequest(batch: number): object {
  const spans = Array.from({ length: SPANS }, (_, index) => makeSpan(batch * SPANS + index));
  const resource = {
    attributes: [
      text('service.name', 'orders'),
      text('service.version', '4.11.2'),
      text('host.name', `node-${batch % 4}`),
      text('telemetry.sdk.language', 'java'),
      text('deployment.environment.name', 'production'),
    ],
  };
  const scope = { name: 'io.opentelemetry.tomcat-10.0', version: '2.9.0' };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] };
}

function makeSpan(index: number): object {
  const isError = index % ERROR_EVERY === ERROR_EVERY - 1;
  const start = START_NANOS + BigInt(index) * 1_234_567n;
  const route = routes[index % routes.length] ?? '/';
  const attributes = [
    text('http.request.method', index % 3 === 0 ? 'POST' : 'GET'),
    text('http.route', route),
    text('url.path', route.replace(':id', `${scramble(index) % 1_000_000}`)),
    text('url.scheme', 'https'),
    text('server.address', 'orders.internal.example.com'),
    whole('server.port', 8443),
    whole('http.response.status_code', isError ? 500 : 200),
    text('network.protocol.version', '1.1'),
    text('network.peer.address', `10.3.${index % 256}.${scramble(index) % 256}`),
    whole('network.peer.port', 30_000 + (scramble(index) % 20_000)),
    text('user_agent.original', 'okhttp/4.12.0 (Linux; U; Android 14; mobile)'),
    whole('thread.id', 20 + (index % 200)),
    ...(index % 2 === 0 ? [text('thread.name', `http-nio-8443-exec-${index % 200}`)] : []),
  ];
  return {
    traceId: id(index, 16),
    spanId: id(index + 1, 8),
    parentSpanId: id(index + 2, 8),
    name: `GET ${route}`,
    kind: 2,
    startTimeUnixNano: `${start}`,
    endTimeUnixNano: `${start + 42_000_000n}`,
    attributes,
    events: isError ? [makeException(index, start)] : [],
    status: isError ? { code: 2, message: '' } : {},
    flags: 257,
  };
}

function makeException(index: number, start: bigint): object {
  const type = 'org.springframework.dao.DataAccessResourceFailureException';
  const message = `Unable to acquire JDBC Connection after ${scramble(index) % 30_000} ms`;
  const frames = Array.from(
    { length: FRAMES },
    (_, frame) =>
      `\tat com.example.orders.service.layer${frame}.OrderService.load(OrderService.java:${100 + frame * 17})`,
  );
  return {
    timeUnixNano: `${start + 41_000_000n}`,
    name: 'exception',
    attributes: [
      text('exception.type', type),
      text('exception.message', message),
      text('exception.stacktrace', [`${type}: ${message}`, ...frames].join('\n')),
    ],
  };
}

function text(key: string, value: string): object {
  return { key, value: { stringValue: value } };
}

function whole(key: string, value: number): object {
  return { key, value: { intValue: value } };
}

/** Looks random, is the same in every run. */
function scramble(index: number): number {
  return Math.imul(index + 1, 2_654_435_761) >>> 0;
}

function id(index: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 4) bytes.writeUInt32LE(scramble(index * 7 + at), at);
  return bytes;
}
