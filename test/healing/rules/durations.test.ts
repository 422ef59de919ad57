import { expect, test } from 'vitest';
import { duration, parseDuration, parseSize } from '../../../src/healing/durations.ts';

test('times and sizes in plain words', () => {
  expect(['500ms', '30s', '5m', '1h', '7d', '0s'].map(parseDuration)).toEqual([
    500, 30_000, 300_000, 3_600_000, 604_800_000, 0,
  ]);
  expect(['64KiB', '256MiB', '2GiB', '1B'].map(parseSize)).toEqual([65_536, 268_435_456, 2_147_483_648, 1]);
});

test('anything else is none', () => {
  expect(['', '5', 's', '5 m', '-1s', '1.5h', '5M', 'm5'].map(parseDuration)).toEqual(Array(8).fill(undefined));
  expect(['256MB', '256', 'MiB', '1e3B'].map(parseSize)).toEqual(Array(4).fill(undefined));
});

test('a duration in a file is bounded', () => {
  expect(duration('1s', '1m').parse('30s')).toBe(30_000);
  expect(duration('1s', '1m').safeParse('2m').error?.issues[0]?.message).toBe('must be between 1s and 1m');
});
