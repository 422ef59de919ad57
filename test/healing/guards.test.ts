import { expect, test } from 'vitest';
import { outcomes } from '../../src/healing/attempt.ts';
import { isBreakerFailure } from '../../src/healing/breaker.ts';
import type { PastAttempt } from '../../src/healing/breaker.ts';
import { createCommonCause } from '../../src/healing/common-cause.ts';
import type { TargetFiring } from '../../src/healing/common-cause.ts';
import { guard, historyMs, inWords } from '../../src/healing/guards.ts';
import type { GuardInput } from '../../src/healing/guards.ts';
import type { Container, Target } from '../../src/healing/target.ts';
import { ruleOf } from './rule-of.ts';

const NOW = Date.UTC(2026, 10, 24, 12, 0, 0);
const MIN = 60_000;
const HOUR = 60 * MIN;
const settings = { deployGraceMs: 3 * MIN, budget: { actionsPerHour: 20, concurrent: 3 } };

function containerOf(change: Partial<Container> = {}): Container {
  return {
    id: 'c'.repeat(64),
    name: 'shop-redis-1',
    labels: { 'errata.autofix': 'true' },
    status: 'running',
    health: 'none',
    startedAt: '2026-11-24T10:00:00.000000000Z',
    finishedAt: '0001-01-01T00:00:00Z',
    createdAtMs: NOW - HOUR,
    exitCode: 0,
    oomKilled: false,
    memoryBytes: 0,
    memorySwapBytes: 0,
    restartPolicy: 'no',
    healthCommand: '',
    addresses: [],
    networkMode: 'shop_default',
    ...change,
  };
}

function targetOf(change: Partial<Target> = {}, service: Partial<Target['service']> = {}): Target {
  return {
    key: 'container/shop/redis',
    name: 'redis',
    service: {
      name: 'redis',
      aliases: [],
      company: 1,
      container: undefined,
      address: undefined,
      protocol: undefined,
      healthCheck: undefined,
      credentials: undefined,
      fixEndpoint: undefined,
      mode: undefined,
      protected: false,
      ...service,
    },
    container: containerOf(),
    ...change,
  };
}

type Seen = Pick<GuardInput, 'events' | 'foreignEvents'>;

function inputOf(change: Partial<GuardInput> = {}): GuardInput {
  return {
    rule: ruleOf(),
    mode: 'auto',
    byHand: false,
    paused: false,
    target: targetOf(),
    events: [],
    foreignEvents: [],
    needsContainer: true,
    attemptId: undefined,
    ...change,
  };
}

/** Of the rule on the target: acted and ended `agoMs` before now. */
function past(agoMs: number, change: Partial<PastAttempt> = {}): PastAttempt {
  return {
    id: `a${agoMs}`,
    ruleId: 'restart',
    targetKey: 'container/shop/redis',
    state: 'ended',
    outcome: 'succeeded',
    actedAtMs: NOW - agoMs,
    endedAtMs: NOW - agoMs,
    steps: [{ intentAtMs: NOW - agoMs, state: 'done' }],
    ...change,
  };
}

function verdict(input: Partial<GuardInput>, history: readonly PastAttempt[] = [], nowMs = NOW) {
  return guard(inputOf(input), { history, settings, nowMs });
}

const withContainer = (change: Partial<Container>, seen: Partial<Seen> = {}) => ({
  target: targetOf({ container: containerOf(change) }),
  ...seen,
});

test('a labelled container without a history may be acted on', () => {
  expect(verdict({})).toBeUndefined();
});

test('permission is asked in order, and each no says why', () => {
  const bare = targetOf({ container: containerOf({ labels: {} }) }, { protected: true });
  const unlabelled = targetOf({ container: containerOf({ labels: { 'errata.autofix': 'True' } }) });
  expect([
    verdict({ paused: true, target: bare }),
    verdict({ target: bare }),
    verdict({ target: unlabelled, mode: 'observe' }),
    verdict({ mode: 'observe', ...withContainer({ createdAtMs: NOW }) }),
    verdict({ target: targetOf({ container: undefined }) }),
  ]).toEqual([
    { reason: 'paused', note: 'auto-fix is paused' },
    { reason: 'protected', note: 'redis is protected' },
    { reason: 'not_enabled', note: 'shop-redis-1 has no label errata.autofix=true' },
    { reason: 'observe', note: 'the mode is observe: it looks and does not act' },
    { reason: 'no_target', note: 'redis has no container here' },
  ]);
});

test('a plan that reaches no container asks for no label', () => {
  expect(verdict({ needsContainer: false, target: targetOf({ container: undefined }) })).toBeUndefined();
});

test('a call by hand passes observe, and nothing else', () => {
  expect(verdict({ mode: 'observe', byHand: true })).toBeUndefined();
  expect(verdict({ byHand: true, paused: true })?.reason).toBe('paused');
  expect(verdict({ byHand: true }, [past(MIN)])?.reason).toBe('cooldown');
});

test('approve is no obstacle: a person still decides', () => {
  expect(verdict({ mode: 'approve' })).toBeUndefined();
});

test('a container is left to its deployment until the grace is over', () => {
  expect(verdict(withContainer({ createdAtMs: NOW - 2 * MIN }))).toEqual({
    reason: 'deploy_in_progress',
    note: 'shop-redis-1 was created 2 min ago, 3 min are left to a deployment',
  });
  expect(verdict(withContainer({ createdAtMs: NOW - 3 * MIN }))).toBeUndefined();
});

test('compose replaces a container while it has its temporary name; the label that stays afterwards stops nothing', () => {
  const labels = { 'errata.autofix': 'true', 'com.docker.compose.replace': 'shop-redis-1' };
  expect(verdict(withContainer({ labels, name: '0123456789ab_shop-redis-1' }))).toEqual({
    reason: 'deploy_in_progress',
    note: 'compose is replacing 0123456789ab_shop-redis-1',
  });
  expect(verdict(withContainer({ labels }))).toBeUndefined();
});

test('what an operator stopped or paused stays so', () => {
  const stop = { action: 'stop', atMs: NOW - MIN, exitCode: undefined };
  const die = { action: 'die', atMs: NOW - MIN, exitCode: 137 };
  const start = { action: 'start', atMs: NOW - 1_000, exitCode: undefined };
  expect(
    verdict(withContainer({ status: 'exited', exitCode: 137 }, { events: [die, stop], foreignEvents: [stop] })),
  ).toEqual({
    reason: 'operator_hold',
    note: 'shop-redis-1 was stopped from outside (stop at 2026-11-24T11:59:00.000Z)',
  });
  expect(verdict(withContainer({ status: 'paused' }))).toEqual({
    reason: 'operator_hold',
    note: 'shop-redis-1 is paused',
  });
  expect(verdict(withContainer({ status: 'created' }))?.reason).toBe('operator_hold');
  // Started again by hand, then it fell over.
  expect(
    verdict(
      withContainer({ status: 'exited', exitCode: 1 }, { events: [stop, start, die], foreignEvents: [stop, start] }),
    ),
  ).toBeUndefined();
  // It runs: whatever was, nobody holds it.
  expect(verdict(withContainer({}, { foreignEvents: [stop] }))).toBeUndefined();
});

test('what fell over while Errata watched may be started, whatever its code', () => {
  const die = { action: 'die', atMs: NOW - MIN, exitCode: 0 };
  expect(verdict(withContainer({ status: 'exited', exitCode: 0 }, { events: [die] }))).toBeUndefined();
});

test.each([
  ['no', 0, false, 'operator_hold'],
  ['no', 143, false, 'operator_hold'],
  ['no', 1, false, undefined],
  ['no', 137, false, undefined],
  ['on-failure', 0, false, 'operator_hold'],
  ['unless-stopped', 137, false, 'operator_hold'],
  ['always', 1, false, 'operator_hold'],
  ['unless-stopped', 255, false, undefined],
  ['always', 137, true, undefined],
] as const)(
  'ended while nobody watched: policy %s, code %d, out of memory %s → %s',
  (restartPolicy, exitCode, oomKilled, reason) => {
    expect(verdict(withContainer({ status: 'exited', restartPolicy, exitCode, oomKilled }))?.reason).toBe(reason);
  },
);

test('one attempt per target at a time, of whatever rule', () => {
  const open = { outcome: undefined, endedAtMs: undefined, actedAtMs: 0, steps: [], ruleId: 'other' } as const;
  expect(verdict({}, [past(0, { ...open, state: 'awaiting_approval', id: 'x1' })])).toEqual({
    reason: 'busy',
    note: 'attempt x1 of rule other is awaiting approval',
  });
  expect(verdict({ attemptId: 'x1' }, [past(0, { ...open, state: 'diagnosing', id: 'x1' })])).toBeUndefined();
  expect(verdict({}, [past(0, { ...open, state: 'acting', targetKey: 'container/shop/pg' })])).toBeUndefined();
  expect(verdict({}, [past(0, { ...open, state: 'suppressed' })])).toBeUndefined();
});

test('cooldown runs from the end of the last attempt that acted, for the same rule and target', () => {
  expect(verdict({}, [past(HOUR), past(2 * MIN)])).toEqual({
    reason: 'cooldown',
    note: 'cooldown: the last attempt ended 2 min ago, 5 min are asked',
  });
  expect(verdict({}, [past(5 * MIN)])).toBeUndefined();
  expect(verdict({}, [past(2 * MIN, { ruleId: 'other' })])).toBeUndefined();
  expect(verdict({}, [past(2 * MIN, { targetKey: 'container/shop/pg' })])).toBeUndefined();
  expect(verdict({}, [past(2 * MIN, { actedAtMs: 0, steps: [] })])).toBeUndefined();
});

test('attempts on a target are limited over all rules', () => {
  const others = [10, 20, 59].map((minutes) => past(minutes * MIN, { ruleId: `r${minutes}` }));
  expect(verdict({}, others)).toEqual({
    reason: 'attempts',
    note: 'attempts: 3 on this target in the last 1 h, 3 are allowed',
  });
  expect(verdict({}, [...others.slice(0, 2), past(HOUR)])).toBeUndefined();
});

const manyAttempts = ruleOf({
  limits: {
    cooldownMs: 0,
    attempts: { max: 100, withinMs: HOUR },
    breaker: { failures: 3, withinMs: HOUR, openMs: 30 * MIN },
  },
});

test('the breaker opens after its failures, for its time, counted from the last', () => {
  const failures = [50, 40, 20].map((minutes) => past(minutes * MIN, { outcome: 'ineffective' }));
  expect(verdict({ rule: manyAttempts }, failures)).toEqual({
    reason: 'breaker_open',
    note: 'breaker: 3 attempts did not help, open for another 10 min',
  });
  expect(verdict({ rule: manyAttempts }, failures, NOW + 10 * MIN)).toBeUndefined();
  expect(verdict({ rule: manyAttempts }, failures.slice(1))).toBeUndefined();
  // Too far apart.
  expect(verdict({ rule: manyAttempts }, [past(90 * MIN, { outcome: 'worse' }), ...failures.slice(1)])).toBeUndefined();
  // Another rule or another target has its own breaker.
  expect(verdict({ rule: { ...manyAttempts, id: 'other' } }, failures)).toBeUndefined();
  expect(
    verdict(
      { rule: manyAttempts },
      failures.map((one) => ({ ...one, targetKey: 'container/shop/pg' })),
    ),
  ).toBeUndefined();
});

test('a success between failures does not close the count', () => {
  const history = [
    past(50 * MIN, { outcome: 'relapsed' }),
    past(40 * MIN, { outcome: 'inconclusive' }),
    past(30 * MIN),
    past(20 * MIN, { outcome: 'failed' }),
  ];
  expect(verdict({ rule: manyAttempts }, history)?.reason).toBe('breaker_open');
});

test('half-open lets one through: its failure opens again at once, its success closes', () => {
  const rule = ruleOf({
    limits: { ...manyAttempts.limits, breaker: { failures: 2, withinMs: 10 * MIN, openMs: 30 * MIN } },
  });
  const tripped = [past(65 * MIN, { outcome: 'worse' }), past(60 * MIN, { outcome: 'worse' })];
  expect(verdict({ rule }, tripped, NOW - 31 * MIN)?.reason).toBe('breaker_open');
  expect(verdict({ rule }, tripped, NOW - 30 * MIN)).toBeUndefined();
  expect(verdict({ rule }, [...tripped, past(20 * MIN, { outcome: 'failed' })])?.reason).toBe('breaker_open');
  expect(verdict({ rule }, [...tripped, past(20 * MIN), past(10 * MIN, { outcome: 'failed' })])).toBeUndefined();
  // While it is on its way, the next one waits.
  const trial = past(MIN, { state: 'verifying', outcome: undefined, endedAtMs: undefined });
  expect(verdict({ rule }, [...tripped, trial])?.reason).toBe('busy');
});

test('what ended without acting, or without blame, feeds no breaker', () => {
  const blameless = (['superseded', 'rejected', 'abandoned', 'self_healed'] as const).map((outcome, n) =>
    past((n + 1) * MIN, { outcome }),
  );
  const untouched = [1, 2, 3].map((n) => past(n * MIN, { outcome: 'escalated', actedAtMs: 0, steps: [] }));
  expect(verdict({ rule: manyAttempts }, [...blameless, ...untouched])).toBeUndefined();
});

test('every outcome but these five is a failure', () => {
  expect(outcomes.filter((outcome) => !isBreakerFailure(outcome))).toEqual([
    'succeeded',
    'self_healed',
    'superseded',
    'rejected',
    'abandoned',
  ]);
});

test('actions an hour are limited over all targets; skipped steps are none', () => {
  const steps = (state: 'done' | 'unknown' | 'skipped') =>
    Array.from({ length: 10 }, () => ({ intentAtMs: NOW - 30 * MIN, state }));
  const elsewhere = { targetKey: 'container/shop/pg', ruleId: 'other' };
  const history = [
    past(30 * MIN, { ...elsewhere, steps: steps('done') }),
    past(29 * MIN, { ...elsewhere, steps: steps('unknown') }),
  ];
  expect(verdict({}, history)).toEqual({
    reason: 'budget',
    note: 'budget: 20 actions in the last hour, 20 are allowed',
  });
  expect(verdict({}, history, NOW + 30 * MIN)).toBeUndefined();
  expect(verdict({}, [past(30 * MIN, { ...elsewhere, steps: steps('skipped') })])).toBeUndefined();
});

test('so many attempts run at once, and those that wait for a person are not among them', () => {
  const running = (n: number, state: 'verifying' | 'awaiting_approval') =>
    past(n, { targetKey: `container/shop/${n}`, state, outcome: undefined, endedAtMs: undefined });
  expect(verdict({}, [running(1, 'verifying'), running(2, 'verifying'), running(3, 'verifying')])).toEqual({
    reason: 'budget',
    note: 'budget: 3 attempts are running, 3 are allowed at once',
  });
  expect(
    verdict({}, [running(1, 'verifying'), running(2, 'verifying'), running(3, 'awaiting_approval')]),
  ).toBeUndefined();
});

test('history reaches back over every limit', () => {
  expect(historyMs(ruleOf())).toBe(6 * HOUR);
});

test('durations are told in the unit that a person would choose', () => {
  expect([0, 999, 90_000, 120_000, HOUR, 90 * MIN, 48 * HOUR, -5].map(inWords)).toEqual([
    '0 s',
    '0 s',
    '90 s',
    '2 min',
    '1 h',
    '90 min',
    '2 d',
    '0 s',
  ]);
});

const createStop = () => createCommonCause({ targets: 4, withinMs: 60_000 });
const firings = (from: number, to: number, atMs: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => ({ targetKey: `t${from + n}`, atMs }));

test('four targets at once are acted on, one more stops all', () => {
  const stop = createStop();
  expect(stop.decide(firings(1, 4, NOW))).toEqual({ kind: 'go' });
  expect(stop.decide([...firings(1, 4, NOW), ...firings(1, 4, NOW + 1)])).toEqual({ kind: 'go' });
  expect(stop.decide(firings(5, 5, NOW + 2))).toEqual({
    kind: 'stop',
    first: true,
    targets: ['t1', 't2', 't3', 't4', 't5'],
    note: '5 targets failed within 60 s, more than 4: a common cause is likely',
  });
});

test('forty targets escalate once, also when more come later', () => {
  const stop = createStop();
  expect(stop.decide(firings(1, 40, NOW))).toMatchObject({ kind: 'stop', first: true });
  expect(stop.decide(firings(41, 41, NOW + 59_999))).toMatchObject({ kind: 'stop', first: false });
  expect(stop.decide(firings(42, 42, NOW + 60_000))).toEqual({ kind: 'go' });
});

test('targets that were acted on before count too', () => {
  const stop = createStop();
  expect(stop.decide(firings(1, 4, NOW - 30_000))).toEqual({ kind: 'go' });
  expect(stop.decide(firings(4, 4, NOW))).toEqual({ kind: 'go' });
  expect(stop.decide(firings(5, 5, NOW))).toMatchObject({ kind: 'stop', first: true });
});

test('what was stopped stays stopped while it lasts, stops nobody else, and begins anew after a silence', () => {
  const longer = createStop();
  const decide = (pending: readonly TargetFiring[]) => {
    const verdict = longer.decide(pending);
    return verdict.kind === 'stop' ? { targets: verdict.targets, first: verdict.first } : { targets: [], first: false };
  };
  const five = ['t1', 't2', 't3', 't4', 't5'];
  expect(decide(firings(1, 5, NOW))).toEqual({ targets: five, first: true });
  for (let atMs = NOW + 30_000; atMs <= NOW + 600_000; atMs += 30_000) {
    expect(decide(firings(1, 5, atMs))).toEqual({ targets: five, first: false });
  }
  expect(decide(firings(1, 6, NOW + 630_000))).toEqual({ targets: five, first: false });
  expect(decide(firings(1, 1, NOW + 720_000))).toEqual({ targets: [], first: false });
});

test('four that nobody repairs are no part of a common cause that begins later', () => {
  const longer = createStop();
  for (let atMs = NOW; atMs <= NOW + 120_000; atMs += 30_000) {
    expect(longer.decide(firings(1, 4, atMs))).toEqual({ kind: 'go' });
  }
  expect(longer.decide([...firings(1, 4, NOW + 150_000), ...firings(5, 6, NOW + 150_000)])).toEqual({ kind: 'go' });
});
