// A storm: every span an error with an 18-frame stack, until durable and grouped; against the speed at which the store
// alone takes the same rows, ready made. And what the processor's memory does while two million go through.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { scopes } from '../src/access/principal.ts';
import { createErrorMaker } from '../src/errors/error-maker.ts';
import { walkSpans } from '../src/ingest/walk-spans.ts';
import { createClickHouseStore } from '../src/store/clickhouse-store.ts';
import { startProcessor } from '../test/processor.ts';
import { stormBody } from './otlp-corpus.ts';
import { createSender } from './post.ts';
import type { Sender } from './post.ts';
import type { BenchRow } from './row.ts';

const SPANS = 1_000;
const REQUESTS = 120;
const CONNECTIONS = 8;
const MEMORY_REQUESTS = 2_000;
const GIB = 1_073_741_824;

export async function benchStorm(): Promise<readonly BenchRow[]> {
  const bodies = Array.from({ length: REQUESTS }, (_, request) => stormBody(request * SPANS, SPANS));
  const alone = await storeAlone(bodies);
  const dataDir = await mkdtemp(join(tmpdir(), 'errata-bench-'));
  const processor = await startProcessor(dataDir, {
    env: { ERRATA_CONFIG: 'bench/errata.yaml' },
  });
  const sender = createSender({
    base: processor.otlp,
    connections: CONNECTIONS,
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' },
  });
  const whole = await sendAll(sender, bodies.length, (request) => bodies[request] ?? Buffer.alloc(0));
  let peakBytes = 0;
  const sampler = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentBytes(processor.pid));
  }, 100);
  // Bodies made as they are sent, so that two million different errors need no memory here.
  await sendAll(sender, MEMORY_REQUESTS, (request) => stormBody((REQUESTS + request) * SPANS, SPANS));
  clearInterval(sampler);
  sender.close();
  await processor.stop();
  await rm(dataDir, { recursive: true, force: true });
  return [
    {
      what: 'storm, every span an error, until durable',
      value: whole,
      unit: 'errors/s',
      reference: 'the store alone with the same rows',
      referenceValue: alone,
      ratio: whole / alone,
      target: '≥ 0.5',
    },
    {
      what: 'peak resident set while 2 million errors go through',
      value: peakBytes / GIB,
      unit: 'GiB',
      reference: 'limit',
      referenceValue: 1.2,
      ratio: peakBytes / GIB / 1.2,
      target: '≤ 1',
    },
  ];
}

/** Errors a second. */
async function storeAlone(bodies: readonly Buffer[]): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), 'errata-bench-'));
  const store = createClickHouseStore(
    { target: { kind: 'embedded', dataDir }, cluster: undefined, retentionDays: 30 },
    { now: Date.now, logger: { warn: () => undefined } },
  );
  await store.start();
  const errorMaker = createErrorMaker();
  const principal = { tokenId: 'bench', name: 'bench', company: 1, scopes: new Set(scopes) } as const;
  const batches = bodies.map((body) => {
    const { candidates } = walkSpans(gunzipSync(body));
    return errorMaker.fromDelivery({ signal: 'traces', candidates, principal }, Date.now()).events;
  });
  const startedMs = performance.now();
  let next = 0;
  const insert = async () => {
    for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) await store.insert(batch);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, insert));
  const tookMs = performance.now() - startedMs;
  await store.stop(5_000);
  await rm(dataDir, { recursive: true, force: true });
  return (batches.length * SPANS) / (tookMs / 1000);
}

/** Errors a second, all acknowledged; a 503 is sent again, as a collector would. */
async function sendAll(sender: Sender, requests: number, bodyOf: (request: number) => Buffer): Promise<number> {
  const startedMs = performance.now();
  let next = 0;
  const send = async () => {
    for (let request = next++; request < requests; request = next++) {
      const body = bodyOf(request);
      let status = 0;
      do status = await sender.post('/v1/traces', body);
      while (status === 503);
      if (status !== 200) throw new Error(`answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, send));
  return (requests * SPANS) / ((performance.now() - startedMs) / 1000);
}

function residentBytes(pid: number): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib ?? 0) * 1024;
}
