// Points of GET /api/trends as columns for a chart: one number for each interval and key, zeros included. Pure.
import { severities } from '../../../../errors/error-event.ts';
import type { Trends } from '../../answers.ts';
import type { Period, Window } from './period.ts';

type Points = Trends['points'];

export interface Series {
  readonly key: string;
  readonly counts: readonly number[];
  readonly total: number;
}

/** More lines than this can't be told apart: the others are one line. */
const MOST_LINES = 6;

export function startsOf({ sinceMs, untilMs }: Window, { intervalMs }: Period): readonly number[] {
  return Array.from(
    { length: Math.round((untilMs - sinceMs) / intervalMs) },
    (_, index) => sinceMs + index * intervalMs,
  );
}

/** All keys together. `shiftMs`: the points are of so long ago. */
export function totals(points: Points, starts: readonly number[], shiftMs = 0): readonly number[] {
  return countsOf(points, starts, shiftMs);
}

/** The most frequent first, of severities the worst first; what is over is `other`. */
export function toSeries(points: Points, starts: readonly number[]): readonly Series[] {
  const keys = [...new Set(points.map(({ key }) => key))];
  const all = keys
    .map((key) =>
      seriesOf(
        key,
        points.filter((point) => point.key === key),
        starts,
      ),
    )
    .toSorted((one, other) => rankOf(other.key) - rankOf(one.key) || other.total - one.total);
  if (all.length <= MOST_LINES) return all;
  const shown = all.slice(0, MOST_LINES - 1);
  const rest = new Set(all.slice(MOST_LINES - 1).map(({ key }) => key));
  return [
    ...shown,
    seriesOf(
      'other',
      points.filter(({ key }) => rest.has(key)),
      starts,
    ),
  ];
}

function seriesOf(key: string, points: Points, starts: readonly number[]): Series {
  const counts = countsOf(points, starts, 0);
  return { key, counts, total: sum(counts) };
}

export function sum(counts: readonly number[]): number {
  return counts.reduce((before, count) => before + count, 0);
}

function countsOf(points: Points, starts: readonly number[], shiftMs: number): readonly number[] {
  const at = new Map(starts.map((start, index) => [start, index]));
  const counts = starts.map(() => 0);
  for (const { start, count } of points) {
    const index = at.get(Date.parse(start) + shiftMs);
    if (index !== undefined) counts[index] = (counts[index] ?? 0) + count;
  }
  return counts;
}

function rankOf(key: string): number {
  return severities.findIndex((severity) => severity === key);
}
