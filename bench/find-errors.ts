// How fast errors are found in protobuf batches, per core, against decoding the same batches with protobufjs.
import { mayBeErrorSpan } from '../src/ingest/skim.ts';
import { walkRequest } from '../src/ingest/walk-request.ts';
import { walkSpans } from '../src/ingest/walk-spans.ts';
import { tracesRequest } from '../test/fuzz/otlp-proto.ts';
import { median } from './median.ts';
import type { BenchRow } from './row.ts';
import { makeTraceBatches } from './trace-batches.ts';

const BATCHES = 20;
const SPANS_PER_BATCH = 1_000;
const ERRORS_PER_BATCH = 10;
/** Rounds alternate, so that a slow moment of the machine meets both. */
const ROUNDS = 5;
const ROUND_MS = 600;

export async function benchFindErrors(): Promise<BenchRow[]> {
  const batches = makeTraceBatches(BATCHES);
  for (const batch of batches) {
    const read = walkSpans(batch).candidates.length;
    const found = countErrors(batch);
    if (read !== ERRORS_PER_BATCH || found !== ERRORS_PER_BATCH) throw new Error(`${found} errors found, ${read} read`);
  }
  const find: number[] = [];
  const findAndRead: number[] = [];
  const decode: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    find.push(spansPerSecond(batches, countErrors));
    findAndRead.push(spansPerSecond(batches, (batch) => walkSpans(batch)));
    decode.push(spansPerSecond(batches, (batch) => tracesRequest.decode(batch)));
  }
  const row = (what: string, values: readonly number[], target: string): BenchRow => {
    const [value, referenceValue] = [median(values), median(decode)];
    const ratio = value / referenceValue;
    return { what, value, unit: 'spans/s/core', reference: 'protobufjs full decode', referenceValue, ratio, target };
  };
  return [
    row('find the errors in 1000-span protobuf batches with 1 % errors', find, '≥ 40'),
    row('find them and read them into candidates', findAndRead, '≥ 25'),
  ];
}

function countErrors(batch: Buffer): number {
  let count = 0;
  walkRequest(batch, {
    mayBeError: mayBeErrorSpan,
    isError: () => {
      count += 1;
      return false;
    },
    read: () => {
      throw new Error('nothing is read here');
    },
  });
  return count;
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
