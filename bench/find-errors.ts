// How fast errors are found in protobuf batches, per core, against decoding the same batches with protobufjs.
import { walkSpans } from '../src/ingest/walk-spans.ts';
import { tracesRequest } from '../test/fuzz/otlp-proto.ts';
import type { BenchRow } from './row.ts';
import { makeTraceBatches } from './trace-batches.ts';

const BATCHES = 20;
const SPANS_PER_BATCH = 1_000;
const ERRORS_PER_BATCH = 10;
/** Rounds alternate, so that a slow moment of the machine meets both. */
const ROUNDS = 5;
const ROUND_MS = 700;

export async function benchFindErrors(): Promise<BenchRow[]> {
  const batches = makeTraceBatches(BATCHES);
  for (const batch of batches) {
    const found = walkSpans(batch).candidates.length;
    if (found !== ERRORS_PER_BATCH) throw new Error(`${found} errors found, ${ERRORS_PER_BATCH} are there`);
  }
  const walk: number[] = [];
  const decode: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    walk.push(spansPerSecond(batches, (batch) => walkSpans(batch)));
    decode.push(spansPerSecond(batches, (batch) => tracesRequest.decode(batch)));
  }
  const [value, referenceValue] = [median(walk), median(decode)];
  return [
    {
      what: 'find and read the errors in 1000-span protobuf batches with 1 % errors',
      value,
      unit: 'spans/s/core',
      reference: 'protobufjs full decode',
      referenceValue,
      ratio: value / referenceValue,
      target: '>= 40',
    },
  ];
}

function spansPerSecond(batches: readonly Buffer[], work: (batch: Buffer) => unknown): number {
  const start = performance.now();
  let spans = 0;
  let elapsedMs = 0;
  do {
    for (const batch of batches) work(batch);
    spans += batches.length * SPANS_PER_BATCH;
    elapsedMs = performance.now() - start;
  } while (elapsedMs < ROUND_MS);
  return (spans / elapsedMs) * 1_000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
