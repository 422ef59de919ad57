// The collector and the real receiver together: what the processor counts as an error is exactly what comes through.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { scopes } from '../../src/access/principal.ts';
import { Failure } from '../../src/failure.ts';
import type { Candidate } from '../../src/ingest/candidate.ts';
import { type Receiver, createReceiver } from '../../src/ingest/receiver.ts';
import { createMetrics } from '../../src/metrics.ts';
import { requirement } from '../require.ts';
import {
  BUILD_TIMEOUT_MS,
  type Collector,
  buildCollector,
  freePort,
  goMissing,
  startCollector,
} from './collector-process.ts';
import { logs, spans } from './otlp-samples.ts';

const missing = await goMissing();
const test = await requirement('collector', async () => missing);
const ARRIVAL = { timeout: 30_000 };
const STOP_DEADLINE_MS = 5_000;

/** Every way in which something is an error, or nearly one. */
const traceSamples = spans({
  plain: {},
  'status ok': { status: 1 },
  'status error': { status: 2 },
  'event exception': { event: { name: 'exception', attributes: { 'exception.type': 'TypeError' } } },
  'event exception without attributes': { event: { name: 'exception', attributes: {} } },
  'event *.exception': { event: { name: 'rpc.server.call.exception', attributes: {} } },
  'event exceptional': { event: { name: 'exceptional', attributes: {} } },
  'event with exception.type': { event: { name: 'oops', attributes: { 'exception.type': 'TypeError' } } },
  'event with exception.message': { event: { name: 'oops', attributes: { 'exception.message': 'lost' } } },
  'event with exception.stacktrace': { event: { name: 'oops', attributes: { 'exception.stacktrace': 'at f' } } },
  'event with exception.escaped': { event: { name: 'oops', attributes: { 'exception.escaped': 'true' } } },
  'attribute exception.type': { attributes: { 'exception.type': 'TypeError' } },
  'attribute exception.message': { attributes: { 'exception.message': 'lost' } },
  'attribute exception.stacktrace': { attributes: { 'exception.stacktrace': 'at f' } },
  'attribute error.type': { attributes: { 'error.type': '500' } },
});

const logSamples = logs({
  unset: {},
  info: { severity: 9, severityText: 'INFO' },
  'highest info': { severity: 12 },
  warn: { severity: 13 },
  error: { severity: 17 },
  fatal: { severity: 24 },
  'text error': { severityText: 'Error' },
  'text with a blank': { severityText: ' WARNING' },
  'text crit': { severityText: 'crit' },
  'text severe': { severityText: 'SEVERE' },
  'text info': { severityText: 'info' },
  'text notice': { severityText: 'notice' },
  'number info, text error': { severity: 9, severityText: 'ERROR' },
  'debug with exception.type': { severity: 5, attributes: { 'exception.type': 'TypeError' } },
  'debug with exception.stacktrace': { severity: 5, attributes: { 'exception.stacktrace': 'at f' } },
  'event name exception': { severity: 5, eventName: 'exception' },
  'event name *.exception': { severity: 5, eventName: 'db.client.operation.exception' },
  'event name login': { severity: 9, eventName: 'user.login' },
  'old event name exception': { severity: 5, attributes: { 'event.name': 'exception' } },
  'old event name login': { severity: 9, attributes: { 'event.name': 'user.login' } },
});

let binary = '';
let directory = '';
let collectors: Collector[] = [];
let receivers: Receiver[] = [];

beforeAll(async () => {
  if (missing === undefined) binary = await buildCollector();
}, BUILD_TIMEOUT_MS);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'errata-collector-'));
});

afterEach(async () => {
  for (const collector of collectors) await collector.kill();
  for (const receiver of receivers) await receiver.stop(STOP_DEADLINE_MS);
  collectors = [];
  receivers = [];
  await rm(directory, { recursive: true, force: true });
});

test('what the receiver counts as an error when asked directly comes through the collector, all of it', async () => {
  const port = await freePort();
  const { receiver, names } = await receive(port);
  const direct = `http://127.0.0.1:${port}`;
  await send(direct, traceSamples, logSamples);
  const counted = names();
  expect(counted).toContain('status error');
  expect(counted).toContain('text with a blank');
  expect(counted).not.toContain('plain');
  await receiver.stop(STOP_DEADLINE_MS);

  const through = await receive(port);
  const collector = await collect(direct);
  await send(collector.otlp, traceSamples, logSamples);
  await expect.poll(() => through.names(), ARRIVAL).toEqual(counted);
});

test('a receiver whose store is away refuses, and gets everything once it is back', async () => {
  const port = await freePort();
  let refusals = 0;
  const { names } = await receive(port, () => {
    refusals += 1;
    if (refusals <= 2) throw new Failure('STORE_UNAVAILABLE', 'ClickHouse did not answer');
  });
  const collector = await collect(`http://127.0.0.1:${port}`);
  await send(collector.otlp, spans({ 'status error': { status: 2 } }));
  await expect.poll(names, ARRIVAL).toEqual(['status error']);
  expect(refusals).toBe(3);
});

test('a receiver that stops and comes back gets what was sent meanwhile', async () => {
  const port = await freePort();
  const { receiver, names } = await receive(port);
  const collector = await collect(`http://127.0.0.1:${port}`);
  await send(collector.otlp, spans({ before: { status: 2 } }));
  await expect.poll(names, ARRIVAL).toEqual(['before']);
  await receiver.stop(STOP_DEADLINE_MS);
  await send(collector.otlp, spans({ meanwhile: { status: 2 } }));
  await expect.poll(() => collector.log(), ARRIVAL).toContain('Will retry the request');
  const back = await receive(port);
  await expect.poll(back.names, ARRIVAL).toEqual(['meanwhile']);
});

async function collect(endpoint: string): Promise<Collector> {
  const collector = await startCollector({ binary, directory, endpoint });
  collectors.push(collector);
  return collector;
}

async function receive(
  port: number,
  beforeAccept: () => void = () => undefined,
): Promise<{ receiver: Receiver; names: () => readonly string[] }> {
  const candidates: Candidate[] = [];
  const receiver = createReceiver(
    { host: '127.0.0.1', port, logThreshold: 13, corsOrigins: [], maxBytesInFlight: 64 * 1024 * 1024 },
    {
      authenticate: () => ({ tokenId: 'collector', name: 'collector', company: '*', scopes: new Set(scopes) }),
      admit: () => undefined,
      accept: async (delivery) => {
        beforeAccept();
        candidates.push(...delivery.candidates);
        return { rejected: 0 };
      },
      onOutcome: () => undefined,
      metrics: createMetrics(),
      logger: pino({ level: 'silent' }),
    },
  );
  receivers.push(receiver);
  await receiver.start();
  const nameOf = (candidate: Candidate): string => {
    if (candidate.kind === 'span') return candidate.name;
    return typeof candidate.body === 'string' ? candidate.body : 'no text';
  };
  return { receiver, names: () => candidates.map(nameOf).sort() };
}

async function send(base: string, traces: unknown, records?: unknown): Promise<void> {
  for (const [signal, request] of [
    ['traces', traces],
    ['logs', records],
  ] as const) {
    if (request === undefined) continue;
    const answer = await fetch(`${base}/v1/${signal}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    expect(answer.status).toBe(200);
  }
}
