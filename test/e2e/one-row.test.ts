import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcessor } from '../processor.ts';
import type { Processor } from '../processor.ts';
import { logsOf, postUntilAcknowledged, tracesOf } from './otlp-json.ts';
import type { SpanOfError } from './otlp-json.ts';

let dataDir: string;
let processor: Processor;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'errata-one-row-'));
  processor = await startProcessor(dataDir);
});
afterAll(async () => {
  await processor.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const traceId = '5b8efff798038103d269b633813fc60c';
const message = 'card was declined';
/** One exception: where it was thrown, and the two spans above it that recorded it again a few milliseconds later. */
const startNano = BigInt(Date.now()) * 1_000_000n;
const spans: readonly SpanOfError[] = [
  { traceId, spanId: 'aaaaaaaaaaaaaaaa', parentSpanId: 'bbbbbbbbbbbbbbbb', message, timeUnixNano: String(startNano) },
  {
    traceId,
    spanId: 'bbbbbbbbbbbbbbbb',
    parentSpanId: 'cccccccccccccccc',
    message,
    timeUnixNano: String(startNano + 2_000_000n),
  },
  { traceId, spanId: 'cccccccccccccccc', message, timeUnixNano: String(startNano + 5_000_000n) },
];

const send = (path: '/v1/traces' | '/v1/logs', body: object) =>
  postUntilAcknowledged(`${processor.otlp}${path}`, body, AbortSignal.timeout(20_000));

test('an exception as span event, as log, as both, on two parents, replayed and re-batched is one row', async () => {
  const [thrown, parent, grandparent] = spans as [SpanOfError, SpanOfError, SpanOfError];
  await send('/v1/traces', tracesOf([thrown]));
  await send('/v1/logs', logsOf([thrown]));
  await Promise.all([send('/v1/traces', tracesOf([thrown])), send('/v1/logs', logsOf([thrown]))]);
  await send('/v1/traces', tracesOf([parent]));
  await send('/v1/traces', tracesOf([grandparent]));
  for (let replay = 0; replay < 5; replay += 1) {
    await send('/v1/traces', tracesOf(spans));
    await send('/v1/logs', logsOf(spans.toReversed()));
    await send('/v1/traces', tracesOf([grandparent, thrown]));
  }
  const response = await fetch(`${processor.api}/api/errors`);
  const page = (await response.json()) as {
    total: number;
    errors: { message: string; exception_type: string; trace_id: string }[];
  };
  expect(page.total).toBe(1);
  expect(page.errors).toMatchObject([{ message, exception_type: 'PaymentFailed', trace_id: traceId }]);
  const groups = (await (await fetch(`${processor.api}/api/groups`)).json()) as {
    total: number;
    groups: { count: number }[];
  };
  expect(groups).toMatchObject({ total: 1, groups: [{ count: 1 }] });
});
