// The shipped collector configuration, on the collector that collector/build.sh builds, as services meet it.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { requirement } from '../require.ts';
import {
  BUILD_TIMEOUT_MS,
  type Collector,
  buildCollector,
  configPath,
  freePort,
  goMissing,
  startCollector,
} from './collector-process.ts';
import { logs, spans } from './otlp-samples.ts';
import { type Sink, startSink } from './sink.ts';

const missing = await goMissing();
const test = await requirement('collector', async () => missing);
const ARRIVAL = { timeout: 30_000 };

let binary = '';
let directory = '';
const running = new Set<Collector | Sink>();

beforeAll(async () => {
  // Hooks run even where only the complaint about what is missing does.
  if (missing !== undefined) return;
  binary = await buildCollector();
}, BUILD_TIMEOUT_MS);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'errata-collector-'));
});

afterEach(async () => {
  for (const part of running) await part.kill();
  running.clear();
  await rm(directory, { recursive: true, force: true });
});

test('the configuration is valid', async () => {
  await promisify(execFile)(binary, ['validate', '--config', configPath], { env: {} });
});

test('spans that report an error arrive, healthy ones do not', async () => {
  const { sink, collector } = await startBoth();
  await send(collector, 'traces', spans({ 'ok-1': {}, 'ok-2': { status: 1 } }));
  await send(
    collector,
    'traces',
    spans({
      'ok-event': { event: { name: 'cache.miss', attributes: { key: 'k' } } },
      'by-status': { status: 2 },
      'by-event': { event: { name: 'exception', attributes: {} } },
      'by-event-suffix': { event: { name: 'db.client.operation.exception', attributes: {} } },
      'by-event-attribute': { event: { name: 'oops', attributes: { 'exception.type': 'TypeError' } } },
      'by-attribute': { attributes: { 'exception.message': 'lost' } },
    }),
  );
  await expect
    .poll(() => sink.names(), ARRIVAL)
    .toEqual(['by-attribute', 'by-event', 'by-event-attribute', 'by-event-suffix', 'by-status']);
});

test('the mark that the filter reads is not left on the spans', async () => {
  const { sink, collector } = await startBoth();
  await send(collector, 'traces', spans({ 'by-event': { event: { name: 'exception', attributes: {} } } }));
  await expect.poll(() => sink.names(), ARRIVAL).toEqual(['by-event']);
  expect(sink.received()).toContain('service.name');
  expect(sink.received()).not.toContain('errata.keep');
});

test('logs from WARN up and logs that report an exception arrive, others do not', async () => {
  const { sink, collector } = await startBoth();
  await send(
    collector,
    'logs',
    logs({
      'ok-info': { severity: 9, severityText: 'INFO' },
      'ok-unset': {},
      'ok-event': { severity: 9, eventName: 'user.login', attributes: { 'event.name': 'user.login' } },
      'by-warn': { severity: 13 },
      'by-error': { severity: 17 },
      'by-fatal': { severity: 21 },
      'by-text': { severityText: 'Error' },
      'by-warning-text': { severityText: ' WARNING' },
      'by-exception': { severity: 5, attributes: { 'exception.type': 'TypeError' } },
      'by-event-name': { severity: 5, eventName: 'http.server.request.exception' },
      'by-old-event-name': { severity: 5, attributes: { 'event.name': 'exception' } },
    }),
  );
  await expect
    .poll(() => sink.names(), ARRIVAL)
    .toEqual([
      'by-error',
      'by-event-name',
      'by-exception',
      'by-fatal',
      'by-old-event-name',
      'by-text',
      'by-warn',
      'by-warning-text',
    ]);
});

test.each([
  ['grpc', (collector: Collector) => collector.grpc],
  ['http/protobuf', (collector: Collector) => collector.otlp],
  ['http/json', (collector: Collector) => collector.otlp],
] as const)('errors of the plain OpenTelemetry SDK arrive over %s with gzip', async (protocol, endpointOf) => {
  const { sink, collector } = await startBoth();
  await promisify(execFile)(process.execPath, [new URL('plain-sdk-service.mjs', import.meta.url).pathname], {
    env: {
      OTEL_SERVICE_NAME: 'plain',
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpointOf(collector),
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    },
  });
  await expect.poll(() => sink.names(), ARRIVAL).toEqual(['by-sdk']);
  expect(sink.received()).toContain('cannot read the cart');
});

test('the token goes along with the data', async () => {
  const { sink, collector } = await startBoth({ token: 'errata_secret' });
  await send(collector, 'traces', spans({ 'by-status': { status: 2 } }));
  await expect.poll(() => sink.names(), ARRIVAL).toEqual(['by-status']);
  expect(sink.authorization()).toBe('Bearer errata_secret');
});

test('what is sent while the processor is away arrives when it is back', async () => {
  const port = await freePort();
  const collector = await startBound(port);
  await send(collector, 'traces', spans({ 'by-status': { status: 2 } }));
  await send(collector, 'logs', logs({ 'by-error': { severity: 17 } }));
  await expect.poll(() => collector.log(), ARRIVAL).toContain('Will retry the request');
  const sink = await startSinkOn(port);
  await expect.poll(() => sink.names(), ARRIVAL).toEqual(['by-error', 'by-status']);
});

test('what the collector has acknowledged survives its own kill -9', async () => {
  const port = await freePort();
  const first = await startBound(port);
  for (let batch = 0; batch < 20; batch++) {
    await send(first, 'traces', spans({ [`by-status-${batch}`]: { status: 2 } }));
  }
  await expect.poll(() => first.log(), ARRIVAL).toContain('Will retry the request');
  await first.kill();
  const sink = await startSinkOn(port);
  await startBound(port);
  await expect.poll(() => sink.names().length, ARRIVAL).toBe(20);
});

test('a processor that answers 503 is asked again until it takes the data', async () => {
  const { sink, collector } = await startBoth({ refusals: 2 });
  await send(collector, 'traces', spans({ 'by-status': { status: 2 } }));
  await expect.poll(() => sink.names(), ARRIVAL).toEqual(['by-status']);
  expect(sink.refused()).toBe(2);
});

test('the collector counts what it sent and what waits', async () => {
  const { sink, collector } = await startBoth();
  await send(collector, 'traces', spans({ 'by-status': { status: 2 } }));
  await expect.poll(() => sink.names(), ARRIVAL).toEqual(['by-status']);
  await expect
    .poll(async () => (await fetch(collector.metrics)).text(), ARRIVAL)
    .toMatch(/otelcol_exporter_sent_spans[^\n]* 1\n/);
  const metrics = await (await fetch(collector.metrics)).text();
  expect(metrics).toMatch(/otelcol_exporter_queue_capacity[^\n]* 2\.147483648e\+09\n/);
});

async function startBoth(
  options: { token?: string; refusals?: number } = {},
): Promise<{ sink: Sink; collector: Collector }> {
  const port = await freePort();
  const sink = await startSinkOn(port, options.refusals);
  return { sink, collector: await startBound(port, options.token) };
}

async function startSinkOn(port: number, refusals = 0): Promise<Sink> {
  const sink = await startSink(port, refusals);
  running.add(sink);
  return sink;
}

async function startBound(port: number, token?: string): Promise<Collector> {
  const endpoint = `http://127.0.0.1:${port}`;
  const collector = await startCollector({ binary, directory, endpoint, ...(token === undefined ? {} : { token }) });
  running.add(collector);
  return collector;
}

async function send(collector: Collector, signal: 'traces' | 'logs', request: unknown): Promise<void> {
  const answer = await fetch(`${collector.otlp}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: gzipSync(JSON.stringify(request)),
  });
  expect(answer.status).toBe(200);
}
