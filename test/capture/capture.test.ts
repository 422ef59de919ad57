// What a service's call becomes on the wire.
import { context, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { NoopSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Capture, CaptureOptions, ErrorReport } from '../../src/capture/capture.ts';
import { logError, startCapture } from '../../src/capture/capture.ts';
import type { Sink } from './otlp-sink.ts';
import { startSink } from './otlp-sink.ts';

let sink: Sink;
let capture: Capture | undefined;

beforeEach(async () => {
  sink = await startSink();
});
afterEach(async () => {
  await capture?.stop(100);
  capture = undefined;
  await sink.close();
});

// The test runner listens for crashes itself.
function start(options: Partial<CaptureOptions> = {}): Capture {
  capture = startCapture({ service: 'mcp-server', endpoint: sink.url, crashes: false, ...options });
  return capture;
}

test("the seed's call arrives with everything it said", async () => {
  const running = start({ environment: 'production', release: '1.4.2', companyId: 7, token: 'secret-token' });
  await logError({
    service: 'mcp-server',
    severity: 'error',
    error_type: 'health_check_failed',
    message: 'PostgreSQL health check failed',
    details: { service_name: 'PostgreSQL', port: 5432 },
  });
  expect(await running.flush()).toBe(true);
  expect(sink.logs).toHaveLength(1);
  const [log] = sink.logs;
  expect(log?.severityNumber).toBe(17);
  expect(log?.body).toBe('PostgreSQL health check failed');
  expect(log?.attributes).toEqual({
    'exception.type': 'health_check_failed',
    'exception.message': 'PostgreSQL health check failed',
    'errata.severity': 'error',
    'errata.error_type': 'health_check_failed',
    'errata.handled': true,
    'errata.details': '{"service_name":"PostgreSQL","port":5432}',
  });
  expect(log?.resource).toMatchObject({
    'service.name': 'mcp-server',
    'service.version': '1.4.2',
    'deployment.environment.name': 'production',
    // int64, written out in full by the decoder.
    'company.id': '7',
    'process.pid': `${process.pid}`,
  });
  expect(log?.resource['service.instance.id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(sink.requests).toMatchObject([{ path: '/v1/logs', authorization: 'Bearer secret-token' }]);
});

test.each([
  ['critical', 21],
  ['error', 17],
  ['warning', 13],
  ['info', 9],
] as const)('severity %s is sent as %i, with the attributes that keep it', async (severity, number) => {
  const running = start();
  await logError({ severity, message: 'it happened' });
  await running.flush();
  expect(sink.logs[0]?.severityNumber).toBe(number);
  expect(sink.logs[0]?.attributes['exception.message']).toBe('it happened');
  expect(sink.logs[0]?.attributes['exception.type']).toBe('Error');
});

test('an error brings its class, its stack and its causes', async () => {
  class PaymentDeclined extends Error {}
  const running = start();
  const error = new PaymentDeclined('card declined', { cause: new RangeError('limit 500 exceeded') });
  await logError({ severity: 'critical', message: error.message, error });
  await running.flush();
  const [log] = sink.logs;
  expect(log?.eventName).toBe('exception');
  expect(log?.attributes['exception.type']).toBe('PaymentDeclined');
  const stack = String(log?.attributes['exception.stacktrace']);
  expect(stack).toMatch(/^Error: card declined\n {4}at .*capture\.test\.ts/);
  expect(stack).toMatch(/ \{\n {2}\[cause\]: RangeError: limit 500 exceeded\n {6}at .*capture\.test\.ts[^]*\n\}$/);
});

test('a thousand equal errors in a row each have a time of their own, which is now', async () => {
  const running = start();
  const earliest = BigInt(Date.now()) * 1_000_000n;
  for (let index = 0; index < 1000; index++) void logError({ severity: 'error', message: 'again' });
  const latest = BigInt(Date.now() + 1) * 1_000_000n;
  await running.flush();
  const times = sink.logs.map((log) => BigInt(log.time));
  expect(new Set(times).size).toBe(1000);
  expect(times.every((time) => time >= earliest && time <= latest)).toBe(true);
});

test('the same error object is one error, however many layers report it', async () => {
  const running = start();
  const error = new Error('once');
  await logError({ severity: 'error', message: 'in the repository', error });
  await logError({ severity: 'error', message: 'in the route', error });
  await running.flush();
  expect(sink.logs.map((log) => log.body)).toEqual(['in the repository']);
  expect(running.stats()).toMatchObject({ captured: 1, sent: 1 });
});

test('each service that a process speaks for has its own resource, sixteen beside the started one', async () => {
  const running = start();
  for (let index = 0; index < 20; index++)
    await logError({ service: `service-${index}`, severity: 'error', message: `error ${index}` });
  await running.flush();
  const names = sink.logs.map((log) => log.resource['service.name']);
  expect(names.filter((name) => name === 'mcp-server')).toHaveLength(4);
  expect(new Set(names).size).toBe(17);
});

test('trace and span of the active span come along, and a span with an exception is sent, a healthy one is not', async () => {
  const running = start();
  const tracer = trace.getTracer('test');
  tracer.startActiveSpan('healthy', (span) => span.end());
  const ids = await tracer.startActiveSpan('charge', async (span) => {
    await Promise.resolve();
    await logError({ severity: 'error', message: 'inside' });
    span.recordException(new Error('recorded'));
    span.end();
    return span.spanContext();
  });
  await running.flush();
  expect(sink.logs).toMatchObject([{ body: 'inside', traceId: ids.traceId, spanId: ids.spanId }]);
  expect(sink.spans).toEqual([{ name: 'charge', traceId: ids.traceId, exceptions: 1 }]);
});

test("a host's own tracing stays as it is: its ids come along, its spans are its own affair", async () => {
  const host = new NodeSDK({ spanProcessors: [new NoopSpanProcessor()], logRecordProcessors: [], metricReaders: [] });
  host.start();
  const provider = trace.getTracerProvider();
  const running = start();
  const ids = trace.getTracer('host').startActiveSpan('request', (span) => {
    void logError({ severity: 'error', message: 'inside' });
    span.recordException(new Error('recorded'));
    span.end();
    return span.spanContext();
  });
  await running.stop();
  expect(sink.logs).toMatchObject([{ traceId: ids.traceId, spanId: ids.spanId }]);
  expect(sink.spans).toEqual([]);
  expect(trace.getTracerProvider()).toBe(provider);
  expect(trace.getTracer('host').startSpan('after').isRecording()).toBe(true);
  await host.shutdown();
  trace.disable();
  context.disable();
});

test('before startCapture an error is counted and nothing is thrown', async () => {
  await expect(logError({ severity: 'error', message: 'too early' })).resolves.toBeUndefined();
  expect(start().stats().dropped.not_started).toBe(1);
  expect(capture?.stats().captured).toBe(0);
});

test('a second start gives the capture that runs; after stop a new one starts', async () => {
  const first = start();
  expect(startCapture({ service: 'other' })).toBe(first);
  await first.stop();
  await first.stop();
  const second = start();
  expect(second).not.toBe(first);
  await logError({ severity: 'error', message: 'after' });
  expect(await second.flush()).toBe(true);
  expect(sink.logs).toHaveLength(1);
});

const hostile: [string, unknown][] = [
  ['nothing', undefined],
  ['a text', 'failed'],
  ['a message that is an object', { severity: 'error', message: { toString: () => 1 } }],
  ['an unknown severity', { severity: 'fatal', message: 'm' }],
  ['null details', { severity: 'error', message: 'm', details: null }],
  [
    'a getter that throws',
    {
      severity: 'error',
      get message(): string {
        throw new Error('no');
      },
    },
  ],
  ['a thrown string', { severity: 'error', message: 'm', error: 'text' }],
  ['a revoked proxy', revoked()],
];
test.each(hostile)('the host survives a call with %s', async (_name, input) => {
  const running = start();
  await expect(logError(input as ErrorReport)).resolves.toBeUndefined();
  await running.flush();
  const { captured, sent, dropped } = running.stats();
  expect(captured).toBe(1);
  expect(sent + dropped.unreadable).toBe(1);
});

test('details that JSON cannot say are said as text', async () => {
  const running = start();
  const circular: Record<string, unknown> = { big: 10n, when: new Date(0), buffer: Buffer.alloc(3), nan: Number.NaN };
  circular['self'] = circular;
  Object.defineProperty(circular, 'bad', {
    enumerable: true,
    get: () => {
      throw new Error('no');
    },
  });
  await logError({ severity: 'error', message: 'm', details: circular });
  await running.flush();
  expect(JSON.parse(String(sink.logs[0]?.attributes['errata.details']))).toEqual({
    big: '10',
    when: '1970-01-01T00:00:00.000Z',
    buffer: '[3 bytes]',
    nan: 'NaN',
    self: '[circular]',
    bad: '[unreadable]',
  });
});

test('an endless message and endless details are cut', async () => {
  const running = start();
  await logError({
    severity: 'error',
    message: 'x'.repeat(1_000_000),
    details: { list: Array(50_000).fill('y'.repeat(9000)) },
  });
  await running.flush();
  expect(String(sink.logs[0]?.body)).toMatch(/^x{16384}… \(cut, 1000000 characters\)$/);
  expect(String(sink.logs[0]?.attributes['errata.details']).length).toBeLessThan(33_000);
});

test('an endpoint that is no URL is warned of, and what is lost is counted', async () => {
  const warnings: string[] = [];
  const listen = (warning: Error): void => void warnings.push(warning.message);
  process.on('warning', listen);
  const running = start({ endpoint: 'not a url' });
  await logError({ severity: 'error', message: 'lost' });
  await running.flush();
  process.removeListener('warning', listen);
  expect(running.stats().dropped.export_failed).toBe(1);
  expect(warnings).toEqual(['the OTLP endpoint is no http(s) URL; captured errors are dropped']);
});

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
