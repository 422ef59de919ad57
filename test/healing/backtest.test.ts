import { expect, test } from 'vitest';
import type { Attempt } from '../../src/healing/attempt.ts';
import { backtest } from '../../src/healing/backtest.ts';
import type { Decision } from '../../src/healing/backtest.ts';
import { createMatcher } from '../../src/healing/matcher.ts';
import type { Rule } from '../../src/healing/rule.ts';
import type { HealingError } from '../../src/store/attempt-store.ts';
import { EPOCH_MS, all, attemptOf, errorOf, restartPlan, ruleOf, whenOf } from './rule-of.ts';

const MIN = 60_000;
const settings = {
  deployGraceMs: 3 * MIN,
  budget: { actionsPerHour: 20, concurrent: 3 },
  commonCause: { targets: 4, withinMs: MIN },
};
const rule = ruleOf({ plan: restartPlan, when: whenOf({ count: 1 }) });

function run(rules: readonly Rule[], errors: readonly HealingError[], attempts: readonly Attempt[] = []) {
  return backtest({ rules, errors, fromMs: EPOCH_MS, settings, attempts });
}

function told({ ruleId, atMs, verdict }: Decision): readonly [string, number, string] {
  return [ruleId, atMs - EPOCH_MS, verdict.kind === 'suppressed' ? verdict.reason : verdict.kind];
}

test('a rule acts once, keeps its target while it verifies, cools down, and acts again', async () => {
  const every30s = Array.from({ length: 16 }, (_, n) => errorOf(n * 30_000));
  const { decisions, rules, errors } = await run([rule], every30s);
  expect(decisions.map(told).map(([, at, verdict]) => `${at / 1_000} ${verdict}`)).toEqual([
    '0 act',
    ...[30, 60].map((at) => `${at} busy`),
    // Settle and soak end at 70 s; five minutes later it may act.
    ...[90, 120, 150, 180, 210, 240, 270, 300, 330, 360].map((at) => `${at} cooldown`),
    '390 act',
    ...[420, 450].map((at) => `${at} busy`),
  ]);
  expect(decisions[3]).toEqual({
    ruleId: 'restart',
    companyId: 1,
    key: 'checkout',
    atMs: EPOCH_MS + 90_000,
    errorId: '00000000-0000-8000-8000-000000090000',
    count: 2,
    target: 'service/checkout',
    verdict: {
      kind: 'suppressed',
      reason: 'cooldown',
      note: 'cooldown: the last attempt ended 20 s ago, 5 min are asked',
    },
    recorded: undefined,
  });
  expect(errors).toBe(16);
  expect(rules).toEqual([
    {
      ruleId: 'restart',
      fired: 16,
      acts: 2,
      handedOver: 0,
      unable: 0,
      suppressed: { busy: 4, cooldown: 10 },
      recorded: 0,
      cameBack: 0,
    },
  ]);
});

test('attempts on a target and actions an hour run out', async () => {
  const limits = { ...rule.limits, cooldownMs: 0, attempts: { max: 2, withinMs: 60 * MIN } };
  const { decisions } = await run(
    [{ ...rule, limits }],
    [0, 2, 4].map((minutes) => errorOf(minutes * MIN)),
  );
  expect(decisions.map((one) => told(one)[2])).toEqual(['act', 'act', 'attempts']);
});

test('of five targets within the gathering none is acted on, and targets apart are', async () => {
  const apart = Array.from({ length: 5 }, (_, n) => errorOf(n * 100, { service: `s${n}` }));
  expect((await run([rule], apart)).decisions.map((one) => told(one)[2])).toEqual(Array(5).fill('common_cause'));
  const four = apart.slice(0, 4);
  expect((await run([{ ...rule }], four)).decisions.map((one) => told(one)[2])).toEqual([
    'act',
    'act',
    'act',
    // Three run at once.
    'budget',
  ]);
});

test('of two rules for one target the higher acts, and a rule without steps hands over', async () => {
  const low = { ...rule, id: 'low', priority: 1 };
  const high = { ...rule, id: 'high', priority: 2 };
  expect((await run([low, high], [errorOf(0)])).decisions.map(told)).toEqual([
    ['high', 0, 'act'],
    ['low', 0, 'busy'],
  ]);
  expect((await run([ruleOf({ when: whenOf({ count: 1 }) })], [errorOf(0)])).decisions.map(told)).toEqual([
    ['restart', 0, 'hand_over'],
  ]);
});

test('two keys of one rule for one target are one act, or stopped alike', async () => {
  const byMessage = { ...rule, when: whenOf({ groupBy: ['message'], count: 1 }) };
  const errors = [0, 200_000].flatMap((at) => ['a', 'b'].map((message) => errorOf(at, { message })));
  expect((await run([byMessage], errors)).decisions.map((one) => told(one)[2])).toEqual([
    'act',
    'busy',
    'cooldown',
    'cooldown',
  ]);
});

test('what was handed over is not handed over again within the cooldown', async () => {
  const handsOver = ruleOf({ when: whenOf({ count: 1 }) });
  const errors = [0, 1, 4, 5].map((minutes) => errorOf(minutes * MIN));
  expect((await run([handsOver], errors)).decisions.map((one) => told(one)[2])).toEqual([
    'hand_over',
    'cooldown',
    'cooldown',
    'hand_over',
  ]);
});

test('another group is handed over within the cooldown, one for each key and 30 s', async () => {
  const handsOver = ruleOf({ when: whenOf({ count: 1, withinMs: 5 * MIN }) });
  const errors = [
    [0, 'a'],
    [30_000, 'b'],
    [60_000, 'a'],
    [61_000, 'c'],
    [90_000, 'a'],
    [120_000, 'c'],
  ].map(([at, group]) => errorOf(Number(at), { fingerprint: String(group).repeat(32) }));
  const { decisions } = await run([handsOver], errors);
  expect(decisions.map((one) => [one.atMs - (errors[0]?.receivedAtMs ?? 0), told(one)[2], one.errorId])).toEqual([
    [0, 'hand_over', errors[0]?.id],
    [30_000, 'hand_over', errors[1]?.id],
    [60_000, 'cooldown', errors[2]?.id],
    // Of `c`, which came within the same 30 s.
    [90_000, 'hand_over', errors[3]?.id],
    [120_000, 'cooldown', errors[5]?.id],
  ]);
});

test('the target is the peer that the error names, or the service that the rule names', async () => {
  const error = errorOf(0, { details: { 'server.address': 'redis' } });
  const targets = await Promise.all(
    [rule, { ...rule, target: 'peer' as const }, { ...rule, target: { service: 'postgres' } }].map(
      async (one) => (await run([one], [error])).decisions[0]?.target,
    ),
  );
  expect(targets).toEqual(['service/checkout', 'service/redis', 'service/postgres']);
});

test('what came before the asked time fills the windows and decides nothing', async () => {
  const three = ruleOf({ plan: restartPlan });
  const { decisions, errors } = await run([three], [errorOf(-20_000), errorOf(-10_000), errorOf(1_000)]);
  expect(decisions.map(told)).toEqual([['restart', 1_000, 'act']]);
  expect(errors).toBe(1);
});

test('attempts on record stand beside their firing, with what came back within the relapse time', async () => {
  const fingerprint = 'f'.repeat(32);
  const acted = attemptOf('a1', { cause: { fingerprints: [fingerprint], firedAtMs: EPOCH_MS + 1_000 } });
  const errors = [
    errorOf(0, { fingerprint }),
    // Ended at 70 s; the relapse time is 30 min.
    errorOf(70_000, { fingerprint }),
    errorOf(70_001, { fingerprint }),
    errorOf(71_000, { fingerprint: 'e'.repeat(32) }),
    errorOf(72_000, { fingerprint, companyId: 2 }),
    errorOf(70_000 + 30 * MIN, { fingerprint }),
    errorOf(70_001 + 30 * MIN, { fingerprint }),
  ];
  const { decisions, rules } = await run([rule], errors, [acted]);
  expect(decisions[0]?.recorded).toEqual({ attemptId: 'a1', end: 'succeeded', cameBack: 2 });
  expect(decisions.slice(1).every(({ recorded }) => recorded === undefined)).toBe(true);
  expect(rules[0]).toMatchObject({ recorded: 1, cameBack: 1 });
});

test('an attempt that was suppressed is told with its reason, and nothing came back from it', async () => {
  const suppressed = attemptOf('a1', {
    state: 'suppressed',
    outcome: undefined,
    suppression: 'observe',
    actedAtMs: 0,
    cause: { firedAtMs: EPOCH_MS - 29_000 },
  });
  const { decisions } = await run([rule], [errorOf(0), errorOf(80_000)], [suppressed]);
  expect(decisions[0]?.recorded).toEqual({ attemptId: 'a1', end: 'observe', cameBack: undefined });
  const late = attemptOf('a1', { cause: { firedAtMs: EPOCH_MS + 30_001 } });
  expect((await run([rule], [errorOf(0)], [late])).decisions[0]?.recorded).toBeUndefined();
});

test('it decides on the firings that the matcher makes of the same stream, live and over history', async () => {
  const match = all({ name: 'error_type', op: 'in', value: ['service_not_responding', 'out_of_memory'] });
  const rules = [
    ruleOf({ id: 'a', plan: restartPlan, when: whenOf({ match }) }),
    ruleOf({ id: 'b', plan: restartPlan, when: whenOf({ count: 20, ratio: { min: 0.3, samples: 30 } }) }),
  ];
  const errors = Array.from({ length: 5_000 }, (_, n) =>
    errorOf(n * 137, { service: `s${n % 7}`, errorType: n % 3 === 0 ? 'out_of_memory' : 'other' }),
  );
  const matcher = createMatcher(rules);
  const live = errors
    .flatMap((error) => matcher.observe(error))
    .map(({ rule, cause }) => `${rule.id} ${cause.errorId}`);
  const { decisions } = await run(rules, errors);
  expect(decisions.map(({ ruleId, errorId }) => `${ruleId} ${errorId}`)).toEqual(live);
  // Two rules, seven services, and 23 slots of 30 s in 685 s.
  expect(live).toHaveLength(322);
});
