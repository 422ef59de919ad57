import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { defineProbe } from '../probe.ts';
import { containerOf } from './target-container.ts';

const SAMPLES = 3;
// The engine measures once a second and takes up to two to answer. Asked side by side, three samples fit into the 5 s that
// a call has unless its rule says otherwise.
const EVERY_MS = 900;
/** Less growth than that over the samples is noise. */
const MIN_GROWTH = 0.01;

export const memoryTrend = defineProbe({
  name: 'memory.trend',
  summary: "Samples the memory of the target's container over about two seconds.",
  parameters: z.strictObject({}),
  facts: {
    growing: 'true: no sample was below the one before, and the last is at least 1 % above the first',
    slope_bytes_per_s: 'of the line through the samples',
  },
  needsEngine: true,
  async run(_params, context) {
    const found = containerOf(context);
    if (found === undefined) return {};
    const sample = async (index: number): Promise<Sample | undefined> => {
      await wait(index * EVERY_MS, undefined, { signal: context.signal });
      const usage = await found.engine.usage(found.container.id);
      return usage === undefined ? undefined : { atMs: context.now(), bytes: usage.memoryBytes };
    };
    const samples = await Promise.all(Array.from({ length: SAMPLES }, (_, index) => sample(index)));
    const trend = trendOf(samples.filter((sample) => sample !== undefined));
    return trend === undefined ? {} : { growing: trend.growing, slope_bytes_per_s: trend.slope };
  },
});

export interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

/** undefined: fewer than three samples, or all at one time. Slope: least squares. */
export function trendOf(samples: readonly Sample[]): { growing: boolean; slope: number } | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || samples.length < 3) return undefined;
  const points = samples.map(({ atMs, bytes }) => ({ x: (atMs - first.atMs) / 1_000, y: bytes }));
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / points.length;
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (spread === 0) return undefined;
  const slope = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const neverFell = samples.every(({ bytes }, index) => bytes >= (samples[index - 1]?.bytes ?? 0));
  return { growing: neverFell && last.bytes >= first.bytes * (1 + MIN_GROWTH), slope: Math.round(slope) };
}
