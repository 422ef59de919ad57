// Trend points, of which there are only those that are not zero, as 24 counts for each group.
import type { Trends } from '../../answers.ts';

const HOUR_MS = 3_600_000;
const HOURS = 24;

/** By fingerprint; oldest hour first, the last one is the hour that runs. */
export function hourlyCounts(
  { points }: Pick<Trends, 'points'>,
  nowMs: number,
): ReadonlyMap<string, readonly number[]> {
  const firstMs = (Math.floor(nowMs / HOUR_MS) - HOURS + 1) * HOUR_MS;
  const counts = new Map<string, number[]>();
  for (const { start, key, count } of points) {
    const of = counts.get(key) ?? Array<number>(HOURS).fill(0);
    counts.set(key, of);
    const hour = Math.floor((Date.parse(start) - firstMs) / HOUR_MS);
    if (hour >= 0 && hour < HOURS) of[hour] = (of[hour] ?? 0) + count;
  }
  return counts;
}
