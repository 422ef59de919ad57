import { expect, test } from 'vitest';
import { parseMomentMs, parseSpanMs } from '../../src/operations/moment.ts';

const NOW = Date.UTC(2026, 2, 1, 12);

test.each([
  ['2026-02-28', Date.UTC(2026, 1, 28)],
  ['2026-02-28T10:30:00Z', Date.UTC(2026, 1, 28, 10, 30)],
  ['2026-02-28T10:30:00.250Z', Date.UTC(2026, 1, 28, 10, 30, 0, 250)],
  ['2026-02-28T10:30:00+02:00', Date.UTC(2026, 1, 28, 8, 30)],
  ['2026-02-28T10:30Z', Date.UTC(2026, 1, 28, 10, 30)],
  ['24h', Date.UTC(2026, 1, 28, 12)],
  ['7d', Date.UTC(2026, 1, 22, 12)],
  ['15m', Date.UTC(2026, 2, 1, 11, 45)],
])('%s is a point in time', (text, expected) => {
  expect(parseMomentMs(text, NOW)).toBe(expected);
});

test.each(['', 'yesterday', '2026', '2026-02-30', '2026-13-01', '2026-02-28T10:30:00', '24', 'h', '-5h', '1.5h', '1y'])(
  '%j is none',
  (text) => {
    expect(parseMomentMs(text, NOW)).toBeUndefined();
  },
);

test('a span has a count and a unit', () => {
  expect([parseSpanMs('90s'), parseSpanMs('2w'), parseSpanMs('2 w')]).toEqual([90_000, 1_209_600_000, undefined]);
});
