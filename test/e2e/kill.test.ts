import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcessor } from '../processor.ts';
import type { Processor } from '../processor.ts';
import { numberedErrors, postUntilAcknowledged, tracesOf } from './otlp-json.ts';
import { readAll, until } from './read-all.ts';

let dataDir: string;
let processor: Processor;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'errata-kill-'));
  processor = await startProcessor(dataDir);
});
afterAll(async () => {
  await processor.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const KILLS = 10;
const SENDERS = 4;
const ERRORS_PER_REQUEST = 20;

test('ten kills under load lose nothing that was acknowledged, and double nothing', async () => {
  const ports = { otlp: Number(new URL(processor.otlp).port), api: Number(new URL(processor.api).port) };
  const acknowledged = new Set<string>();
  const done = new AbortController();
  const errors = numberedErrors();
  const giveUp = AbortSignal.timeout(240_000);
  let retried = 0;
  const send = async () => {
    while (!done.signal.aborted) {
      const spans = errors(ERRORS_PER_REQUEST);
      const tries = await postUntilAcknowledged(`http://127.0.0.1:${ports.otlp}/v1/traces`, tracesOf(spans), giveUp);
      if (tries > 1) retried += 1;
      for (const span of spans) acknowledged.add(span.message);
    }
  };
  const senders = Array.from({ length: SENDERS }, send);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = acknowledged.size;
    await until(() => acknowledged.size > before + 200, giveUp);
    await processor.kill();
    processor = await startProcessor(dataDir, { ports });
  }
  done.abort();
  await Promise.all(senders);

  const rows = await readAll(processor.api);
  const messages = rows.map((row) => row.message);
  expect(new Set(messages).size).toBe(messages.length);
  expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
  expect(messages.toSorted()).toEqual([...acknowledged].toSorted());
  process.stdout.write(
    `${KILLS} kills, ${SENDERS} senders: ${acknowledged.size} errors acknowledged, ${retried} requests retried, each error once\n`,
  );
}, 300_000);
