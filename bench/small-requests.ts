// One small error a request, 500 requests a second, on a schedule that does not wait for answers.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcessor } from '../test/processor.ts';
import { stormBody } from './otlp-corpus.ts';
import { createSender } from './post.ts';
import type { BenchRow } from './row.ts';

const RATE = 500;
const SECONDS = 10;
const TICK_MS = 10;
const WANTED_MS = 50;

export async function benchSmallRequests(): Promise<readonly BenchRow[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'errata-bench-'));
  const processor = await startProcessor(dataDir, {
    env: { ERRATA_CONFIG: 'bench/errata.yaml' },
  });
  const sender = createSender({
    base: processor.otlp,
    connections: 64,
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' },
  });
  const bodies = Array.from({ length: RATE * SECONDS }, (_, number) => stormBody(number, 1));
  const tookMs: number[] = [];
  const pending: Promise<void>[] = [];
  const startedMs = performance.now();
  await new Promise<void>((resolve) => {
    let sent = 0;
    const timer = setInterval(() => {
      const due = Math.min(bodies.length, Math.floor(((performance.now() - startedMs) / 1000) * RATE));
      for (; sent < due; sent += 1) pending.push(post(bodies[sent] ?? Buffer.alloc(0)));
      if (sent === bodies.length) {
        clearInterval(timer);
        resolve();
      }
    }, TICK_MS);
  });
  await Promise.all(pending);
  sender.close();
  await processor.stop();
  await rm(dataDir, { recursive: true, force: true });
  tookMs.sort((a, b) => a - b);
  const p99 = tookMs[Math.floor(tookMs.length * 0.99)] ?? 0;
  const p50 = tookMs[Math.floor(tookMs.length / 2)] ?? 0;
  return [
    {
      what: `one error a request, ${RATE} requests/s: acknowledged p99 (p50 ${p50.toFixed(1)} ms)`,
      value: p99,
      unit: 'ms',
      reference: 'limit',
      referenceValue: WANTED_MS,
      ratio: p99 / WANTED_MS,
      target: '≤ 1',
    },
  ];

  async function post(body: Buffer): Promise<void> {
    const sentMs = performance.now();
    const status = await sender.post('/v1/traces', body);
    if (status !== 200) throw new Error(`answered ${status}`);
    tookMs.push(performance.now() - sentMs);
  }
}
