// The main job, as its users have it: three kinds of senders → the real collector → the processor → REST.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, expect } from 'vitest';
import { startCapture } from '../../src/capture/capture.ts';
import { buildCollector, BUILD_TIMEOUT_MS, goMissing, startCollector } from '../collector/collector-process.ts';
import type { Collector } from '../collector/collector-process.ts';
import { startProcessor } from '../processor.ts';
import type { Processor } from '../processor.ts';
import { requirement } from '../require.ts';
import { logsOf, postUntilAcknowledged, tracesOf } from './otlp-json.ts';

const missing = await goMissing();
const test = await requirement('collector', async () => missing);

let folder: string;
let processor: Processor;
let collector: Collector | undefined;
beforeAll(async () => {
  if (missing !== undefined) return;
  await buildCollector();
  folder = await mkdtemp(join(tmpdir(), 'errata-collector-to-rest-'));
  processor = await startProcessor(join(folder, 'data'));
}, BUILD_TIMEOUT_MS);
afterAll(async () => {
  if (missing !== undefined) return;
  await collector?.kill();
  await processor.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Listed {
  readonly total: number;
  readonly errors: readonly { readonly id: string }[];
}

test('the capture library, the plain SDK with gzip and OTLP JSON: each error once, with service, type, stack and trace', async () => {
  const binary = await buildCollector();
  collector = await startCollector({ binary, directory: join(folder, 'queue'), endpoint: processor.otlp });
  const { otlp } = collector;

  const capture = startCapture({ service: 'mcp-server', endpoint: otlp, environment: 'production' });
  await capture.logError({
    service: 'mcp-server',
    severity: 'critical',
    error_type: 'health_check_failed',
    message: 'PostgreSQL health check failed',
    details: { service_name: 'PostgreSQL', port: 5432 },
    error: new TypeError('PostgreSQL health check failed'),
  });
  await capture.flush();
  await capture.stop();

  const exporter = new OTLPTraceExporter({ url: `${otlp}/v1/traces`, compression: CompressionAlgorithm.GZIP });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'billing' }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('plain');
  const healthy = tracer.startSpan('GET /invoices');
  healthy.end();
  const failing = tracer.startSpan('POST /invoices');
  failing.recordException(new RangeError('invoice 17 is too large'));
  failing.setStatus({ code: SpanStatusCode.ERROR, message: 'invoice 17 is too large' });
  failing.end();
  const { traceId } = failing.spanContext();
  await provider.forceFlush();
  await provider.shutdown();

  // The same exception in both signals.
  const example = { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174', message: 'card declined' };
  await postUntilAcknowledged(`${otlp}/v1/traces`, tracesOf([example]), AbortSignal.timeout(10_000));
  await postUntilAcknowledged(`${otlp}/v1/logs`, logsOf([example]), AbortSignal.timeout(10_000));

  const list = async () => (await (await fetch(`${processor.api}/api/errors`)).json()) as Listed;
  await expect.poll(async () => (await list()).total, { timeout: 30_000 }).toBeGreaterThanOrEqual(3);
  // The log twin of the example is on its way through the same queue: one more error shows that it has passed.
  const last = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', message: 'the last one' };
  await postUntilAcknowledged(`${otlp}/v1/logs`, logsOf([last]), AbortSignal.timeout(10_000));
  await expect.poll(async () => (await list()).total, { timeout: 30_000 }).toBe(4);

  const { errors } = await list();
  const whole = await Promise.all(
    errors.map(async ({ id }) => (await (await fetch(`${processor.api}/api/errors/${id}`)).json()) as object),
  );
  const expected = [
    {
      service: 'mcp-server',
      severity: 'critical',
      error_type: 'health_check_failed',
      exception_type: 'TypeError',
      message: 'PostgreSQL health check failed',
      stack_trace: expect.stringContaining('TypeError: PostgreSQL health check failed\n    at ') as string,
      details: expect.objectContaining({ service_name: 'PostgreSQL', port: 5432 }) as object,
      environment: 'production',
    },
    {
      service: 'billing',
      exception_type: 'RangeError',
      stack_trace: expect.stringContaining('RangeError: invoice 17 is too large\n    at ') as string,
      trace_id: traceId,
    },
    { service: 'checkout', exception_type: 'PaymentFailed', message: 'card declined', trace_id: example.traceId },
    { service: 'checkout', exception_type: 'PaymentFailed', message: 'the last one', trace_id: last.traceId },
  ];
  for (const error of expected) {
    expect(whole.filter((stored) => 'message' in stored && isLike(stored, error))).toHaveLength(1);
  }
}, 120_000);

function isLike(stored: object, wanted: object): boolean {
  try {
    expect(stored).toMatchObject(wanted);
    return true;
  } catch {
    return false;
  }
}
