// Where the mode asks for consent: what it is about is on record, and undoing, a change as well, takes it too.
import { afterEach, expect, test } from 'vitest';
import type { Attempt } from '../../src/healing/attempt.ts';
import { eventOf, idOf } from '../store/open-store.ts';
import { openHealing, serviceOf } from './open-healing.ts';
import type { OpenHealing } from './open-healing.ts';
import { attemptOf, ruleOf } from './rule-of.ts';

const ATTEMPT = '5d1c7ab0-52e7-4f0e-9f6a-0d8a4be0a001';
let open: OpenHealing;
afterEach(() => open.close());

const correcting = ruleOf({
  plan: [
    {
      name: 'wrong',
      if: { all: [], any: [], none: [] },
      finding: 'WRONG_PROTOCOL',
      steps: [
        {
          id: 'correct',
          action: 'check.correct',
          with: { protocol: 'postgresql' },
          timeoutMs: 5_000,
          retries: 0,
          onFail: 'escalate',
        },
      ],
      // oxlint-disable-next-line unicorn/no-thenable -- a rule's own word, never awaited
      then: 'verify',
    },
  ],
});

/** The service's check was corrected from http a minute ago. */
async function openCorrected(modes: { mode?: 'observe' | 'approve' | 'auto'; service?: 'observe' | 'approve' }) {
  open = await openHealing({
    rules: [correcting],
    services: [
      serviceOf('checkout', { healthCheck: { protocol: 'postgresql', path: '/' }, mode: modes.service ?? 'auto' }),
    ],
    mode: modes.mode ?? 'auto',
  });
  await open.store.insert([eventOf(1)]);
  const endedAtMs = Date.now() - 60_000;
  const corrected: Attempt = attemptOf(ATTEMPT, {
    cause: { errorId: idOf(1) },
    branch: 'wrong',
    steps: [
      {
        id: 'correct',
        action: 'check.correct',
        params: { protocol: 'postgresql' },
        state: 'done',
        before: { protocol: 'http' },
        after: { protocol: 'postgresql' },
        intentAtMs: endedAtMs - 2_000,
        endedAtMs: endedAtMs - 1_000,
        note: '',
      },
    ],
    startedAtMs: endedAtMs - 2_000,
    actedAtMs: endedAtMs - 1_000,
    updatedAtMs: endedAtMs,
    endedAtMs,
  });
  await open.put(corrected);
  await open.healing.start();
}

const checked = () => open.catalogue.healthCheckOf({ name: 'checkout', company: 1 });
const undo = (consents: boolean, reason?: string) =>
  open.healing.rollback(1, ATTEMPT, { by: 'morgan', consents, ...(reason === undefined ? {} : { reason }) });

test('what waits for approval says each step with the values that it would be taken with', async () => {
  const [branch] = correcting.plan;
  const [call] = branch?.steps ?? [];
  if (branch === undefined || call === undefined) throw new Error('the rule has a step');
  const asking = { ...branch, steps: [{ ...call, with: { protocol: '${error.details.speaks}' } }] };
  open = await openHealing({
    rules: [{ ...correcting, mode: 'approve', plan: [asking] }],
    services: [serviceOf('checkout')],
  });
  await open.store.insert([eventOf(1, { timestampMs: Date.now(), details: { speaks: 'redis' } })]);
  await open.healing.start();
  const error = await open.store.getError(1, idOf(1));
  if (error === undefined) throw new Error('it was not stored');
  expect(await open.healing.fix(error, { dryRun: false, by: 'olga' })).toMatchObject({
    kind: 'attempt',
    attempt: {
      state: 'awaiting_approval',
      steps: [],
      planned: [{ id: 'correct', action: 'check.correct', params: { protocol: 'redis' } }],
    },
  });
});

test('values that the rule leaves to the action are shown too, in a dry run as in what waits', async () => {
  const [branch] = correcting.plan;
  const [call] = branch?.steps ?? [];
  if (branch === undefined || call === undefined) throw new Error('the rule has a step');
  const closing = {
    ...branch,
    steps: [{ ...call, id: 'close', action: 'postgres.close_idle', with: { application_name: 'export' } }],
  };
  open = await openHealing({
    rules: [{ ...correcting, mode: 'approve', plan: [closing] }],
    services: [serviceOf('checkout')],
  });
  await open.store.insert([eventOf(1, { timestampMs: Date.now() })]);
  await open.healing.start();
  const error = await open.store.getError(1, idOf(1));
  if (error === undefined) throw new Error('it was not stored');
  const values = { application_name: 'export', idle_for: 300_000, max: 10, states: ['idle', 'idle in transaction'] };
  expect(await open.healing.fix(error, { dryRun: true, by: 'olga' })).toMatchObject({
    mode: 'approve',
    steps: [{ id: 'close', action: 'postgres.close_idle', with: values }],
  });
  expect(await open.healing.fix(error, { dryRun: false, by: 'olga' })).toMatchObject({
    attempt: { planned: [{ id: 'close', action: 'postgres.close_idle', params: values }] },
  });
});

test.each([{ mode: 'approve' }, { mode: 'observe' }, { service: 'approve' }, { service: 'observe' }] as const)(
  'with %j nothing is undone without consent, and with it it is',
  async (modes) => {
    await openCorrected(modes);
    await expect(undo(false)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('a person must do it'),
    });
    expect(checked()).toBe('postgresql');
    expect(await open.healing.getAttempt(1, ATTEMPT)).toMatchObject({ seq: 9, outcome: 'succeeded' });
    expect(await undo(true)).toMatchObject({ outcome: 'rolled_back', steps: [{ state: 'undone' }] });
    expect(checked()).toBe('http');
  },
);

test('what was undone still says what it had done', async () => {
  await openCorrected({});
  await undo(false);
  expect(await open.healing.getAttempt(1, ATTEMPT)).toMatchObject({
    steps: [{ state: 'undone', before: { protocol: 'http' }, after: { protocol: 'postgresql' } }],
  });
});

test('in mode auto an undo needs no consent, and why it was asked for is on record', async () => {
  await openCorrected({});
  expect(await undo(false, 'it was http after all')).toMatchObject({
    outcome: 'rolled_back',
    note: 'undone by morgan: it was http after all',
  });
  expect(checked()).toBe('http');
});
