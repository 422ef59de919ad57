// What telemetry says after a fix, asked of a real store; only the clock is the test's.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verify } from '../../src/healing/verify.ts';
import type { VerifyDeps } from '../../src/healing/verify.ts';
import { eventOf, fingerprintOf, openStore } from '../store/open-store.ts';
import { attemptOf, ruleOf } from './rule-of.ts';

const ACTED = Date.UTC(2026, 10, 24, 12, 0, 0);
const rule = ruleOf();
const afterSoakMs = ACTED + rule.verify.settleMs + rule.verify.soakMs + 2_000;

let opened: Awaited<ReturnType<typeof openStore>>;
let number = 0;
beforeAll(async () => {
  opened = await openStore(() => afterSoakMs);
});
afterAll(() => opened.close());

/** As many errors of a group at equal distances. */
const errors = (group: number, count: number, { fromMs, overMs }: { fromMs: number; overMs: number }) =>
  opened.store.insert(
    Array.from({ length: count }, (_, index) =>
      eventOf((number += 1), {
        fingerprint: fingerprintOf(group),
        timestampMs: fromMs + Math.floor((index * overMs) / count),
      }),
    ),
  );

async function verdictOf(group: number): Promise<string> {
  const attempt = attemptOf('11111111-1111-4111-8111-111111111111', {
    cause: { fingerprints: [fingerprintOf(group)] },
    actedAtMs: ACTED,
  });
  const step = { id: 'restart', intentAtMs: ACTED - 1_000 };
  const deps = {
    store: opened.store,
    clock: { now: () => afterSoakMs, sleep: async () => undefined },
    signal: new AbortController().signal,
  } as unknown as VerifyDeps;
  const subject = { error: {}, target: {} } as never;
  const { kind } = await verify({ ...attempt, steps: [step as never] }, { rule, subject }, deps);
  return kind;
}

const before = { fromMs: ACTED - 61_000, overMs: 60_000 };
const soak = { fromMs: ACTED + 10_000, overMs: 60_000 };

test('silence after the fix is success', async () => {
  await errors(1, 300, before);
  // Before it has settled, errors of the old state may still come.
  await errors(1, 5, { fromMs: ACTED, overMs: 9_000 });
  expect(await verdictOf(1)).toBe('helped');
});

test('errors that go on as before mean that it did not help, not that it made things worse', async () => {
  await errors(2, 300, before);
  await errors(2, 310, soak);
  expect(await verdictOf(2)).toBe('ineffective');
});

test('more than twice as many as in the same time before is worse', async () => {
  await errors(3, 100, before);
  await errors(3, 210, soak);
  expect(await verdictOf(3)).toBe('worse');
});
