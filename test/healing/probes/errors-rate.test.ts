import { expect, test } from 'vitest';
import type { ErrorRates } from '../../../src/healing/probe.ts';
import { runProbe, targetAt } from './probe-setup.ts';

const nowMs = Date.UTC(2026, 10, 24, 12, 0, 0);

/** Counts over a list: what the store does, of one service. */
function ratesOf(agesMs: readonly number[]): ErrorRates {
  return {
    countErrors: ({ companyId, service, fromMs, toMs }) =>
      Promise.resolve(
        companyId === 1 && service === 'orders-db'
          ? agesMs.map((ageMs) => nowMs - ageMs).filter((atMs) => atMs >= fromMs && atMs < toMs).length
          : 0,
      ),
  };
}

const minutes = (...ages: readonly number[]) => ages.map((age) => age * 60_000);
const rate = (agesMs: readonly number[], params = {}) =>
  runProbe('errors.rate', { target: targetAt(1), errors: ratesOf(agesMs), params, now: () => nowMs });

test('errors per minute now, before, and their factor', async () => {
  expect(await rate(minutes(1, 1, 2, 2, 3, 4, 6, 14), { within: '5m', compare: '10m' })).toEqual({
    now: 1.2,
    before: 0.2,
    factor: 6,
  });
});

test('without an error before, the factor is what it would be with one', async () => {
  expect(await rate(minutes(1, 1, 1, 1, 1), { within: '5m', compare: '10m' })).toEqual({
    now: 1,
    before: 0,
    factor: 10,
  });
});

test('silence is no growth', async () => {
  expect(await rate([])).toEqual({ now: 0, before: 0, factor: 0 });
});

test.each(['5', '0m', '5 m', '-5m', '1w'])('%j is no duration', async (within) => {
  await expect(rate([], { within })).rejects.toThrow('within');
});
