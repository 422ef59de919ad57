// OTLP requests for the benchmarks: gzip-compressed protobuf, every span an error with an 18-frame Java stack out of
// twenty, each in a trace of its own, as a storm of failing requests would be.
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

const STACKS = 20;
const FRAMES = 18;

const stacks = Array.from({ length: STACKS }, (_, stack) =>
  [
    `java.lang.IllegalStateException: order was refused`,
    ...Array.from(
      { length: FRAMES },
      (_unused, frame) =>
        `\tat com.acme.shop.checkout.flow${stack}.Step${frame}.advance(Step${frame}.java:${40 + frame})`,
    ),
  ].join('\n'),
);

const resource = resourceFromAttributes({
  'service.name': 'checkout',
  'service.version': '1.4.2',
  'deployment.environment.name': 'production',
  'host.name': 'web-1',
  'telemetry.sdk.language': 'java',
});

/** One request body with `spans` errors; `first` numbers them. */
export function stormBody(first: number, spans: number): Buffer {
  const bytes = ProtobufTraceSerializer.serializeRequest(
    Array.from({ length: spans }, (_, index) => errorSpan(first + index)),
  );
  if (bytes === undefined) throw new Error('the spans could not be encoded');
  return gzipSync(bytes);
}

function errorSpan(number: number): ReadableSpan {
  const nowMs = Date.now();
  const time: [number, number] = [Math.floor(nowMs / 1000), (nowMs % 1000) * 1_000_000];
  const context = {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    traceFlags: TraceFlags.SAMPLED,
  };
  return {
    name: 'POST /orders',
    kind: SpanKind.SERVER,
    spanContext: () => context,
    startTime: time,
    endTime: time,
    duration: [0, 0],
    ended: true,
    status: { code: SpanStatusCode.ERROR, message: 'order was refused' },
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/orders',
      'http.response.status_code': 500,
      'url.path': `/orders/${number}`,
      'server.address': 'shop.example',
      'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
    },
    links: [],
    events: [
      {
        name: 'exception',
        time,
        attributes: {
          'exception.type': 'java.lang.IllegalStateException',
          'exception.message': `order ${number} was refused`,
          'exception.stacktrace': stacks[number % STACKS] ?? '',
        },
      },
    ],
    resource,
    instrumentationScope: { name: 'io.opentelemetry.spring', version: '2.9.0' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}
