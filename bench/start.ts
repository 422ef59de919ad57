// From the command to ready, on a store that holds ten million errors.
import { startProcessor } from '../test/processor.ts';
import type { BenchRow } from './row.ts';

const RUNS = 5;
const WANTED_S = 3;

export async function benchStart(dataDir: string): Promise<readonly BenchRow[]> {
  const took: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const startedMs = performance.now();
    const processor = await startProcessor(dataDir);
    const ready = await fetch(`${processor.api}/readyz`);
    if (ready.status !== 200) throw new Error(`not ready: ${ready.status}`);
    took.push((performance.now() - startedMs) / 1000);
    await processor.stop();
  }
  took.sort((a, b) => a - b);
  const median = took[Math.floor(RUNS / 2)] ?? 0;
  return [
    {
      what: 'start to ready on 10 million errors (median of 5)',
      value: median,
      unit: 's',
      reference: 'limit',
      referenceValue: WANTED_S,
      ratio: median / WANTED_S,
      target: '≤ 1',
    },
  ];
}
