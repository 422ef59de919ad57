// From the library into the processor's own receiver: what a service reported is what the next stage is given.
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { trace } from '@opentelemetry/api';
import { scopes } from '../../src/access/principal.ts';
import type { Candidate, Delivery } from '../../src/ingest/candidate.ts';
import { Failure } from '../../src/failure.ts';
import { createReceiver } from '../../src/ingest/receiver.ts';
import type { Receiver } from '../../src/ingest/receiver.ts';
import { createMetrics } from '../../src/metrics.ts';
import type { Capture } from '../../src/capture/capture.ts';
import { logError, startCapture } from '../../src/capture/capture.ts';

let receiver: Receiver;
let capture: Capture;
let candidates: Candidate[];
let headers: (string | undefined)[];
/** How many deliveries the store is away for. */
let refusals: number;

beforeEach(async () => {
  candidates = [];
  headers = [];
  refusals = 0;
  receiver = createReceiver(
    { host: '127.0.0.1', port: 0, logThreshold: 13, corsOrigins: [], maxBytesInFlight: 64 * 1024 * 1024 },
    {
      accept,
      authenticate,
      admit: () => undefined,
      onOutcome: () => undefined,
      logger: pino({ level: 'silent' }),
      metrics: createMetrics(),
    },
  );
  const { host, port } = await receiver.start();
  capture = startCapture({
    service: 'mcp-server',
    companyId: 3,
    endpoint: `http://${host}:${port}`,
    token: 'errata_t',
    crashes: false,
  });
});
afterEach(async () => {
  await capture.stop(100);
  await receiver.stop(100);
});

async function accept(delivery: Delivery) {
  if (refusals-- > 0) throw new Failure('STORE_UNAVAILABLE', 'the store is away');
  candidates.push(...delivery.candidates);
  return { rejected: 0 };
}

function authenticate(header: string | undefined) {
  headers.push(header);
  return { tokenId: 't', name: 't', company: '*' as const, scopes: new Set(scopes) };
}

test.each([
  ['critical', 21],
  ['error', 17],
  ['warning', 13],
  ['info', 9],
] as const)('an error of severity %s is a candidate, with all that was said', async (severity, severityNumber) => {
  await logError({
    severity,
    error_type: 'health_check_failed',
    message: 'PostgreSQL health check failed',
    details: { port: 5432 },
    error: new TypeError('fetch failed'),
  });
  expect(await capture.flush()).toBe(true);
  expect(headers).toEqual(['Bearer errata_t']);
  expect(candidates).toHaveLength(1);
  const [log] = candidates;
  expect(log).toMatchObject({
    kind: 'log',
    severityNumber,
    body: 'PostgreSQL health check failed',
    eventName: 'exception',
  });
  expect(Object.fromEntries(log?.attributes ?? [])).toMatchObject({
    'exception.type': 'TypeError',
    'exception.message': 'PostgreSQL health check failed',
    'exception.stacktrace': expect.stringContaining('receiver.test.ts'),
    'errata.severity': severity,
    'errata.error_type': 'health_check_failed',
    'errata.details': '{"port":5432}',
    'errata.handled': true,
  });
  expect(Object.fromEntries(log?.resource ?? [])).toMatchObject({ 'service.name': 'mcp-server', 'company.id': 3 });
});

test('while the store is away the library keeps what it has, and delivers it once afterwards', async () => {
  refusals = 2;
  for (let index = 0; index < 20; index++) await logError({ severity: 'error', message: `error ${index}` });
  expect(await capture.flush(10_000)).toBe(true);
  expect(candidates).toHaveLength(20);
  expect(capture.stats()).toMatchObject({ captured: 20, sent: 20, pending: 0 });
});

test('a span with an exception is a candidate of the traces', async () => {
  trace.getTracer('test').startActiveSpan('charge', (span) => {
    span.recordException(new RangeError('over the limit'));
    span.end();
  });
  await capture.flush();
  expect(candidates).toMatchObject([{ kind: 'span', name: 'charge', exceptions: [{ name: 'exception' }] }]);
});
