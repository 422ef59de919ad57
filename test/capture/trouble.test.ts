// The endpoint is away, slow, mad or overloaded: the host goes on, memory is bounded, what can be delivered is.
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterEach, expect, test } from 'vitest';
import type { Capture, CaptureOptions } from '../../src/capture/capture.ts';
import { logError, startCapture } from '../../src/capture/capture.ts';
import type { Misbehave, Sink } from './otlp-sink.ts';
import { startSink } from './otlp-sink.ts';

const cleanups: (() => Promise<void>)[] = [];
let capture: Capture | undefined;
afterEach(async () => {
  await capture?.stop(0);
  for (const cleanup of cleanups.splice(0)) await cleanup();
  diag.disable();
});

async function sinkThat(misbehave?: Misbehave, port?: number): Promise<Sink> {
  const sink = await startSink(misbehave, port);
  cleanups.push(() => sink.close());
  return sink;
}

function start(endpoint: string, options: Partial<CaptureOptions> = {}): Capture {
  capture = startCapture({ service: 'payments-api', endpoint, crashes: false, tracing: false, ...options });
  return capture;
}

/** A port that was free a moment ago: connections are refused. */
async function closedPort(): Promise<number> {
  const sink = await startSink();
  await sink.close();
  return sink.port;
}

test('a receiver that was away gets everything when it is back', async () => {
  const port = await closedPort();
  const running = start(`http://127.0.0.1:${port}`);
  for (let index = 0; index < 50; index++) await logError({ severity: 'error', message: `error ${index}` });
  expect(await running.flush(700)).toBe(false);
  expect(running.stats()).toMatchObject({ captured: 50, sent: 0, pending: 50 });
  const sink = await sinkThat(undefined, port);
  expect(await running.flush(10_000)).toBe(true);
  expect(sink.logs).toHaveLength(50);
  expect(running.stats()).toMatchObject({ captured: 50, sent: 50, pending: 0 });
});

test.each([429, 502, 503, 504])('%i is tried again, and Retry-After is kept', async (status) => {
  const sink = await sinkThat((response, number) => {
    if (number === 1) response.writeHead(status, { 'retry-after': '1' }).end('busy');
    return number === 1;
  });
  const running = start(sink.url);
  await logError({ severity: 'error', message: 'patient' });
  expect(await running.flush(5000)).toBe(true);
  expect(sink.logs.map((log) => log.body)).toEqual(['patient']);
  const [first, second] = sink.requests;
  expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(990);
});

test.each([400, 401, 404, 413, 500, 301])(
  '%i is for good: one try, counted, told to the diagnosis log',
  async (status) => {
    const told: string[] = [];
    const tell = (message: string): void => void told.push(message);
    diag.setLogger({ error: tell, warn: tell, info: () => 0, debug: () => 0, verbose: () => 0 }, DiagLogLevel.WARN);
    const sink = await sinkThat((response) => {
      response.writeHead(status, { location: '/elsewhere' }).end();
      return true;
    });
    const running = start(sink.url);
    await logError({ severity: 'error', message: 'refused' });
    expect(await running.flush(5000)).toBe(true);
    expect(sink.requests).toHaveLength(1);
    expect(running.stats()).toMatchObject({ captured: 1, sent: 0, dropped: { export_failed: 1 } });
    expect(told).toEqual([`errata capture gave up on 1 errors: status ${status}`]);
  },
);

test('a host that logs the diagnosis through its captured logger starts no circle', async () => {
  const report = (message: string): void => void logError({ severity: 'warning', message });
  diag.setLogger({ error: report, warn: report, info: report, debug: report, verbose: report }, DiagLogLevel.ALL);
  const sink = await sinkThat((response) => {
    response.writeHead(400).end();
    return true;
  });
  const running = start(sink.url);
  const { captured } = running.stats();
  await logError({ severity: 'error', message: 'first' });
  await running.flush(5000);
  expect(running.stats().captured - captured).toBe(1);
  expect(running.stats().dropped.own).toBe(1);
});

test('records that the receiver rejects inside a 200 are counted as such', async () => {
  const sink = await sinkThat((response) => {
    // ExportLogsServiceResponse { partial_success { rejected_log_records: 2 } }
    response.writeHead(200).end(Buffer.from([0x0a, 0x02, 0x08, 0x02]));
    return true;
  });
  const running = start(sink.url);
  for (let index = 0; index < 5; index++) await logError({ severity: 'error', message: `error ${index}` });
  await running.flush(5000);
  expect(running.stats()).toMatchObject({ captured: 5, sent: 3, dropped: { rejected: 2, export_failed: 0 } });
});

test('a 200 with garbage in it counts as taken', async () => {
  const sink = await sinkThat((response) => {
    response.writeHead(200).end(Buffer.alloc(200_000, 0xff));
    return true;
  });
  const running = start(sink.url);
  await logError({ severity: 'error', message: 'taken' });
  expect(await running.flush(5000)).toBe(true);
  expect(running.stats()).toMatchObject({ sent: 1, dropped: { rejected: 0 } });
});

test.each<[string, (socket: Socket) => void]>([
  ['hangs', () => undefined],
  ['hangs up', (socket) => socket.destroy()],
  ['speaks no HTTP', (socket) => socket.end('E\0\0\0\x85SFATAL')],
])('an endpoint that %s holds up neither a call nor the stop, and loses nothing uncounted', async (_name, behave) => {
  const sockets: Socket[] = [];
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const running = start(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await logError({ severity: 'error', message: 'stuck' });
  expect(await running.flush(300)).toBe(false);
  expect(sockets.length).toBeGreaterThan(0);
  const startedAt = performance.now();
  await running.stop(300);
  // A request alone would hold ten seconds.
  expect(performance.now() - startedAt).toBeLessThan(4000);
  await logError({ severity: 'error', message: 'too late' });
  await running.logError({ severity: 'error', message: 'too late' });
  expect(running.stats()).toMatchObject({
    captured: 2,
    sent: 0,
    pending: 0,
    dropped: { stopped: 2, export_failed: 0 },
  });
});

test('100,000 errors with the endpoint down: exact counts, bounded memory, a host that breathes', async () => {
  const running = start(`http://127.0.0.1:${await closedPort()}`, { maxQueue: 2000 });
  const before = process.memoryUsage().heapUsed;
  // Time of our own on the processor, not on the wall: what the machine does beside is no part of the promise. A tenth of the
  // turns may be longer: those that are compiled meanwhile, or in which the heap is collected.
  const turnsMs: number[] = [];
  for (let burst = 0; burst < 100; burst++) {
    const usedBefore = process.cpuUsage();
    for (let index = 0; index < 1000; index++) {
      const message = `burst ${burst} error ${index}`;
      void logError({ severity: 'error', message, error: new Error(message), details: { burst, index } });
    }
    await new Promise((resolve) => setImmediate(resolve));
    const used = process.cpuUsage(usedBefore);
    turnsMs.push((used.user + used.system) / 1000);
  }
  expect(running.stats()).toMatchObject({ captured: 100_000, sent: 0, pending: 2000, dropped: { queue_full: 98_000 } });
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1024 * 1024);
  expect(turnsMs.toSorted((a, b) => a - b)[89]).toBeLessThan(250);
  await running.stop(0);
  expect(running.stats()).toMatchObject({ pending: 0, dropped: { queue_full: 98_000, stopped: 2000 } });
});

test('the queue is bounded by bytes too', async () => {
  const running = start(`http://127.0.0.1:${await closedPort()}`, { maxQueueBytes: 1024 * 1024 });
  for (let index = 0; index < 100; index++) await logError({ severity: 'error', message: 'x'.repeat(16_000) });
  const { captured, pending, dropped } = running.stats();
  expect(captured).toBe(100);
  // 64 KB each: the message stands in the body and in exception.message.
  expect(pending).toBe(16);
  expect(dropped.queue_full).toBe(84);
});

test('what was sent gives its room back', async () => {
  const sink = await sinkThat();
  // Room for four of them at a time.
  const running = start(sink.url, { maxQueueBytes: 280 * 1024, maxQueue: 4 });
  for (let round = 0; round < 5; round++) {
    for (let index = 0; index < 4; index++) await logError({ severity: 'error', message: 'x'.repeat(16_000) });
    expect(await running.flush(5000)).toBe(true);
  }
  expect(running.stats()).toMatchObject({ captured: 20, sent: 20, dropped: { queue_full: 0 } });
});

test('a batch that is not delivered in its time is given up and makes room', async () => {
  const running = start(`http://127.0.0.1:${await closedPort()}`, { giveUpAfterMs: 600 });
  await logError({ severity: 'error', message: 'old' });
  expect(await running.flush(5000)).toBe(true);
  expect(running.stats()).toMatchObject({ captured: 1, pending: 0, dropped: { export_failed: 1 } });
});
