import { expect, test } from 'vitest';
import type { Outcome, Suppression } from '../../src/healing/attempt.ts';
import { efficacyOf, followUpWindow, isUntreated, shouldDemote, wilsonLowerBound } from '../../src/healing/efficacy.ts';
import { EPOCH_MS, attemptOf, ruleOf } from './rule-of.ts';

const ended = (outcome: Outcome, n = 0) =>
  attemptOf(`${outcome}${n}`, { outcome, endedAtMs: EPOCH_MS + 70_000 + n * 10_000 });

const suppressed = (id: string, suppression: Suppression) =>
  attemptOf(id, { state: 'suppressed', suppression, outcome: undefined, actedAtMs: 0, endedAtMs: EPOCH_MS + 1_000 });

test('attempts are what acted and proves something; its three parts add up', () => {
  const attempts = [
    ended('succeeded', 0),
    ended('succeeded', 1),
    ended('succeeded', 5),
    ended('ineffective'),
    ended('inconclusive'),
    ended('relapsed'),
    ended('superseded'),
    attemptOf('undiagnosed', { outcome: 'undiagnosed', actedAtMs: 0 }),
    attemptOf('running', { state: 'verifying', outcome: undefined, endedAtMs: undefined }),
    attemptOf('other', { ruleId: 'other' }),
    suppressed('s', 'cooldown'),
  ];
  expect(efficacyOf('restart', attempts)).toEqual({
    attempts: 6,
    succeeded: 3,
    ineffective: 2,
    relapsed: 1,
    medianRecoveryMs: 80_000,
    recoveryWithoutFix: undefined,
  });
});

test('the median of an even number lies between the two in the middle', () => {
  const efficacy = efficacyOf('restart', [ended('succeeded', 0), ended('succeeded', 1)]);
  expect(efficacy.medianRecoveryMs).toBe(75_000);
});

test('a rule without attempts has neither a median nor a rate', () => {
  expect(efficacyOf('restart', [])).toEqual({
    attempts: 0,
    succeeded: 0,
    ineffective: 0,
    relapsed: 0,
    medianRecoveryMs: undefined,
    recoveryWithoutFix: undefined,
  });
});

test('how it goes without a fix is known from ten firings on with which nothing was done', () => {
  const untreated = Array.from({ length: 10 }, (_, n) => suppressed(`s${n}`, n % 2 === 0 ? 'observe' : 'not_enabled'));
  const followUps = untreated.map(({ id }, n) => ({ attemptId: id, errors: n < 4 ? 0 : 1 }));
  const rate = (attempts: Parameters<typeof efficacyOf>[1], maxErrors: number, count: number) =>
    efficacyOf('restart', attempts, { followUps: followUps.slice(0, count), maxErrors }).recoveryWithoutFix;
  expect(rate(untreated, 0, 10)).toBe(0.4);
  expect(rate(untreated, 1, 10)).toBe(1);
  expect(rate(untreated, 0, 9)).toBeUndefined();
  // Somebody had just acted: that is no firing without a fix.
  expect(
    rate(
      untreated.map((one) => ({ ...one, suppression: 'cooldown' as const })),
      0,
      10,
    ),
  ).toBeUndefined();
});

test('a firing without a fix is followed as long as verification looks after one', () => {
  expect(followUpWindow(suppressed('s', 'observe'), ruleOf().verify)).toEqual({
    fromMs: EPOCH_MS + 11_000,
    toMs: EPOCH_MS + 71_000,
  });
});

test('only what was not treated is followed', () => {
  const reasons = [
    'observe',
    'paused',
    'budget',
    'cooldown',
    'busy',
    'attempts',
    'breaker_open',
    'common_cause',
  ] as const;
  expect(reasons.filter((reason) => isUntreated(suppressed('s', reason)))).toEqual(['observe', 'paused', 'budget']);
  expect(isUntreated(ended('succeeded'))).toBe(false);
});

test.each([
  [0, 0, 0],
  [0, 10, 0],
  [5, 10, 0.2366],
  [9, 10, 0.5958],
  [10, 10, 0.7225],
  [90, 100, 0.8256],
])('%d of %d successes are at least %d', (successes, trials, bound) => {
  expect(wilsonLowerBound(successes, trials)).toBeCloseTo(bound, 4);
});

function record(attempts: number, succeeded: number, recoveryWithoutFix?: number) {
  const ineffective = attempts - succeeded;
  return { attempts, succeeded, ineffective, relapsed: 0, medianRecoveryMs: undefined, recoveryWithoutFix };
}

test('a rule that does no better than nothing is set to observe, not before ten attempts', () => {
  expect(shouldDemote(record(9, 0))).toBeUndefined();
  expect(shouldDemote(record(10, 0))).toBe(
    'set to observe: 0 of 10 attempts succeeded (0 %); that is no better than nothing',
  );
  expect(shouldDemote(record(10, 1))).toBeUndefined();
  expect(shouldDemote(record(10, 5, 0.2))).toBeUndefined();
  expect(shouldDemote(record(10, 5, 0.3))).toBe(
    'set to observe: 5 of 10 attempts succeeded (50 %); without a fix 30 % recover, which is no clear difference',
  );
  expect(shouldDemote(record(100, 90, 0.8))).toBeUndefined();
  expect(shouldDemote(record(10, 9, 0.8))).toBe(
    'set to observe: 9 of 10 attempts succeeded (90 %); without a fix 80 % recover, which is no clear difference',
  );
});
