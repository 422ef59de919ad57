import { expect, test } from 'vitest';
import { createClock } from '../../src/capture/moment.ts';

test('times within one millisecond, and after a small step back of the clock, still ascend', () => {
  const times = [5000, 5000, 5000.9, 4999, 5001];
  const clock = createClock(() => times.shift() ?? 0);
  expect([clock(), clock(), clock(), clock(), clock()]).toEqual([
    [5, 0],
    [5, 1],
    [5, 2],
    [5, 3],
    [5, 1_000_000],
  ]);
});

test('a clock that was set back for good is followed', () => {
  const times = [90_000, 10_000];
  const clock = createClock(() => times.shift() ?? 0);
  expect([clock(), clock()]).toEqual([
    [90, 0],
    [10, 0],
  ]);
});
