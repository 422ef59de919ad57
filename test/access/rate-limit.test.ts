import { expect, test } from 'vitest';
import type { Principal } from '../../src/access/principal.ts';
import { createRateLimiter } from '../../src/access/rate-limit.ts';

const principal = (tokenId: string): Principal => ({ tokenId, name: tokenId, company: 1, scopes: new Set() });

function limiterAt(limit: { perSecond: number; burst: number }) {
  const clock = { ms: 1_000_000 };
  const limiter = createRateLimiter({ ...limit, now: () => clock.ms });
  const admits = (tokenId: string, cost = 1) => {
    try {
      limiter.admit(principal(tokenId), cost);
      return true;
    } catch {
      return false;
    }
  };
  return { clock, limiter, admits };
}

test('a burst passes, the next call is refused with RATE_LIMITED', () => {
  const { limiter, admits } = limiterAt({ perSecond: 1, burst: 3 });
  expect([admits('a'), admits('a'), admits('a'), admits('a')]).toEqual([true, true, true, false]);
  expect(() => limiter.admit(principal('a'), 1)).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }));
});

test('the budget comes back with time, up to the burst', () => {
  const { clock, admits } = limiterAt({ perSecond: 2, burst: 2 });
  expect([admits('a', 2), admits('a')]).toEqual([true, false]);
  clock.ms += 499;
  expect(admits('a')).toBe(false);
  clock.ms += 1;
  expect([admits('a'), admits('a')]).toEqual([true, false]);
  clock.ms += 3_600_000;
  expect([admits('a', 2), admits('a')]).toEqual([true, false]);
});

test('one token never spends the budget of another', () => {
  const { admits } = limiterAt({ perSecond: 1, burst: 1 });
  expect([admits('a'), admits('a'), admits('b')]).toEqual([true, false, true]);
});

test('a call dearer than the burst passes when the budget is full, and empties it', () => {
  const { admits } = limiterAt({ perSecond: 1, burst: 5 });
  expect([admits('a', 100), admits('a')]).toEqual([true, false]);
});

test('a clock that goes back takes nothing away and gives nothing', () => {
  const { clock, admits } = limiterAt({ perSecond: 1, burst: 2 });
  admits('a');
  clock.ms -= 60_000;
  expect([admits('a'), admits('a')]).toEqual([true, false]);
});

test('a refused call costs nothing', () => {
  const { clock, admits } = limiterAt({ perSecond: 1, burst: 2 });
  admits('a');
  expect(admits('a', 2)).toBe(false);
  expect(admits('a', 1)).toBe(true);
  clock.ms += 1_000;
  expect(admits('a', 1)).toBe(true);
});
