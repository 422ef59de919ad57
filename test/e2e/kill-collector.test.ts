import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { buildCollector, BUILD_TIMEOUT_MS, goMissing, startCollector } from '../collector/collector-process.ts';
import type { Collector } from '../collector/collector-process.ts';
import { startProcessor } from '../processor.ts';
import type { Processor } from '../processor.ts';
import { requirement } from '../require.ts';
import { numberedErrors, postUntilAcknowledged, tracesOf } from './otlp-json.ts';
import { readAll, until } from './read-all.ts';

const missing = await goMissing();
const test = await requirement('collector', async () => missing);

let folder: string;
let processor: Processor;
let collector: Collector | undefined;
let binary: string;
let ports: { otlp: number; api: number };
beforeAll(async () => {
  if (missing !== undefined) return;
  binary = await buildCollector();
  folder = await mkdtemp(join(tmpdir(), 'errata-kill-collector-'));
  processor = await startProcessor(join(folder, 'data'));
  ports = { otlp: Number(new URL(processor.otlp).port), api: Number(new URL(processor.api).port) };
}, BUILD_TIMEOUT_MS);
afterAll(async () => {
  if (missing !== undefined) return;
  await collector?.kill();
  await processor.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = () =>
  startCollector({ binary, directory: join(folder, 'queue'), endpoint: `http://127.0.0.1:${ports.otlp}` });

const KILLS = 10;
const SENDERS = 4;
const ERRORS_PER_REQUEST = 20;

test('with the collector in front, kills of both lose nothing that the collector acknowledged', async () => {
  collector = await start();
  const acknowledged = new Set<string>();
  const done = new AbortController();
  const errors = numberedErrors();
  const giveUp = AbortSignal.timeout(280_000);
  const send = async () => {
    while (!done.signal.aborted) {
      const spans = errors(ERRORS_PER_REQUEST);
      const body = tracesOf(spans);
      // The collector comes back on another port: each try asks where it is now.
      await postUntilAcknowledged(() => `${collector?.otlp}/v1/traces`, body, giveUp);
      for (const span of spans) acknowledged.add(span.message);
    }
  };
  const senders = Array.from({ length: SENDERS }, send);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = acknowledged.size;
    await until(() => acknowledged.size > before + 200, giveUp);
    if (kill % 2 === 0) {
      await collector.kill();
      collector = await start();
    } else {
      await processor.kill();
      processor = await startProcessor(join(folder, 'data'), { ports });
    }
  }
  done.abort();
  await Promise.all(senders);

  await expect
    .poll(
      async () => ((await (await fetch(`${processor.api}/api/errors?limit=1`)).json()) as { total: number }).total,
      {
        timeout: 60_000,
        interval: 250,
      },
    )
    .toBeGreaterThanOrEqual(acknowledged.size);
  const rows = await readAll(processor.api);
  const messages = new Set(rows.map((row) => row.message));
  expect(messages.size).toBe(rows.length);
  expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
  // A request whose acknowledgement was cut off may be there too: sent again under the same ids, it is one row.
  expect([...acknowledged].filter((message) => !messages.has(message))).toEqual([]);
  process.stdout.write(
    `${KILLS} kills of collector and processor: ${acknowledged.size} errors acknowledged, each once\n`,
  );
}, 300_000);
