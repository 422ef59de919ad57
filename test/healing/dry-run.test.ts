// What a dry run says, over a real store and without a Docker engine: the plan, whom it tells, and what can't work here.
import { afterEach, expect, test } from 'vitest';
import type { HealingError } from '../../src/store/attempt-store.ts';
import type { Branch, Rule } from '../../src/healing/rule.ts';
import type { FixAnswer } from '../../src/healing/healing.ts';
import { eventOf, idOf } from '../store/open-store.ts';
import { openHealing, serviceOf } from './open-healing.ts';
import type { OpenHealing } from './open-healing.ts';
import { all, restartPlan, ruleOf, unmatched, whenOf } from './rule-of.ts';

let open: OpenHealing;
afterEach(() => open.close());

const nothing = { all: [], any: [], none: [] };
const NO_ENGINE = 'no Docker engine is configured, and it is needed for container.restart';

async function insert(change: Parameters<typeof eventOf>[1] = {}): Promise<HealingError> {
  await open.store.insert([eventOf(1, { timestampMs: Date.now(), ...change })]);
  await open.healing.start();
  const error = await open.store.getError(1, idOf(1));
  if (error === undefined) throw new Error('it was not stored');
  return error;
}

const rehearse = (error: HealingError) => open.healing.fix(error, { dryRun: true, by: 'olga' });

test('rules that know the error but can not work here are named, as the list of rules has them', async () => {
  const restart = (id: string, priority: number) => ruleOf({ id, priority, plan: restartPlan });
  const elsewhere = ruleOf({
    id: 'elsewhere',
    plan: restartPlan,
    when: whenOf({ match: all({ name: 'service', op: 'eq', value: 'billing' }) }),
  });
  open = await openHealing({ rules: [restart('low', 1), elsewhere, restart('high', 9)] });
  const error = await insert();
  for (const dryRun of [true, false]) {
    expect(await open.healing.fix(error, { dryRun, by: 'olga' })).toMatchObject({
      kind: 'no_rule',
      unavailable: [
        { rule: { id: 'high' }, unavailable: NO_ENGINE },
        { rule: { id: 'low' }, unavailable: NO_ENGINE },
      ],
    });
  }
  expect(await open.healing.listRules(error)).toMatchObject([
    { rule: { id: 'high' }, unavailable: NO_ENGINE, mismatch: '' },
    { rule: { id: 'low' }, unavailable: NO_ENGINE, mismatch: '' },
    { rule: { id: 'elsewhere' }, unavailable: NO_ENGINE, mismatch: expect.stringContaining('service') },
  ]);
});

test('an error that no rule knows has none that could', async () => {
  open = await openHealing({ rules: [unmatched] });
  expect(await rehearse(await insert({ severity: 'error' }))).toEqual({ kind: 'no_rule', unavailable: [] });
});

/** One branch, in the catalogue's only service. */
async function planOf(
  end: Branch['then'],
  { mode = 'auto', ...branch }: Partial<Branch> & { mode?: Rule['mode'] } = {},
): Promise<FixAnswer> {
  const rule = ruleOf({
    mode: 'approve',
    // oxlint-disable-next-line unicorn/no-thenable -- a rule's own word, never awaited
    plan: [{ name: 'only', if: nothing, finding: 'FOUND', steps: [], then: end, ...branch }],
    verify: {
      ...ruleOf().verify,
      probes: [
        {
          id: 'up',
          probe: 'tcp.connect',
          with: {},
          timeoutMs: 5_000,
          needs: undefined,
          expect: all({ name: 'ok', op: 'eq', value: true }),
          successes: 3,
          everyMs: 1_000,
          withinMs: 60_000,
        },
      ],
    },
    escalate: { to: 'ada', ask: ['Who can see to it?'] },
  });
  open = await openHealing({ rules: [rule], services: [serviceOf('checkout')], mode });
  return rehearse(await insert());
}

test('a diagnosis that ends in other hands says so, with the questions, whatever would hold a change back', async () => {
  await planOf('escalate');
  await open.healing.setPaused(true, 'olga');
  const error = await open.store.getError(1, idOf(1));
  expect(error && (await rehearse(error))).toMatchObject({
    kind: 'dry_run',
    mode: 'approve',
    steps: [],
    verify: '',
    handOver: { to: 'ada', ask: ['Who can see to it?'] },
    suppression: undefined,
  });
});

test('what no branch fits is handed over too', async () => {
  const answer = await planOf('escalate', { if: all({ name: 'past.failed', op: 'gt', value: 99 }) });
  expect(answer).toMatchObject({ finding: 'UNDIAGNOSED', branch: '', handOver: { to: 'ada' } });
});

test.each(['resolve', 'wait'] as const)('what is only looked at (%s) is handed to nobody', async (end) => {
  expect(await planOf(end)).toMatchObject({ finding: 'FOUND', steps: [], verify: '', handOver: undefined });
});

test('a plan with steps says its mode and what must hold for a success', async () => {
  const call = { id: 'correct', action: 'check.correct', with: { protocol: 'redis' } };
  const steps = [{ ...call, timeoutMs: 5_000, retries: 0, onFail: 'escalate' } as const];
  expect(await planOf('verify', { steps, mode: 'observe' })).toMatchObject({
    mode: 'observe',
    steps: [call],
    verify:
      'the probe tcp.connect passes 3 times in a row (ok is true), ' +
      'and no error of the same groups for 1 min, from 10 s after the change on',
    handOver: undefined,
  });
});
