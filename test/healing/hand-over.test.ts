// Rules that only hand over, over a real store: each group is told of, once in the cooldown.
import { afterEach, expect, test, vi } from 'vitest';
import type { Attempt } from '../../src/healing/attempt.ts';
import { eventOf, fingerprintOf, idOf } from '../store/open-store.ts';
import { openHealing } from './open-healing.ts';
import type { OpenHealing } from './open-healing.ts';
import { unmatched } from './rule-of.ts';

let open: OpenHealing;
afterEach(() => open.close());

async function insert(n: number, group: number): Promise<void> {
  const timestampMs = Date.now() + open.clock.aheadMs;
  await open.store.insert([eventOf(n, { timestampMs, fingerprint: fingerprintOf(group), severity: 'critical' })]);
}

/** Oldest first: errors and groups that were handed over, and how often they were joined. */
async function handedOver(): Promise<readonly (readonly [string, readonly string[], number])[]> {
  const attempts: readonly Attempt[] = await open.healing.listAttempts({ companyId: 1, limit: 100 });
  expect(attempts.map(({ state, escalatedTo }) => [state, escalatedTo])).toEqual(attempts.map(() => ['ended', 'ada']));
  return attempts.map(({ cause, joined }) => [cause.errorId, cause.fingerprints, joined] as const).toReversed();
}

const untilHandedOver = (expected: Awaited<ReturnType<typeof handedOver>>) =>
  vi.waitFor(async () => expect(await handedOver()).toEqual(expected), { timeout: 10_000, interval: 100 });

/** Its start, so that what follows is in it. */
const nextSlot = () => void (open.clock.aheadMs += 30_000 - ((Date.now() + open.clock.aheadMs) % 30_000));

test('where nothing is looked at and nothing is done, the hand-over is all that is written', async () => {
  open = await openHealing({ rules: [unmatched] });
  await open.healing.start();
  await insert(1, 1);
  await untilHandedOver([[idOf(1), [fingerprintOf(1)], 0]]);
  const [attempt] = await open.healing.listAttempts({ companyId: 1, limit: 1 });
  expect(attempt).toMatchObject({
    state: 'ended',
    outcome: 'escalated',
    finding: 'UNMATCHED_CRITICAL',
    branch: 'unknown',
    note: 'UNMATCHED_CRITICAL: nothing to fix automatically',
    questions: ['What is it, and who can see to it?'],
  });
  const events = await open.store.listAttemptEvents(1, attempt?.id ?? '');
  expect(events.map((event) => (JSON.parse(event.attempt) as Attempt).state)).toEqual(['matched', 'ended']);
});

test('another group of the same service and type is handed over within the cooldown, each once', async () => {
  open = await openHealing({ rules: [unmatched] });
  nextSlot();
  await open.healing.start();
  const [a, b, c] = [1, 2, 3].map(fingerprintOf) as [string, string, string];
  await insert(1, 1);
  await untilHandedOver([[idOf(1), [a], 0]]);
  nextSlot();
  await insert(2, 2);
  await untilHandedOver([
    [idOf(1), [a], 0],
    [idOf(2), [b], 0],
  ]);
  nextSlot();
  await insert(3, 1);
  await untilHandedOver([
    [idOf(1), [a], 0],
    [idOf(2), [b], 1],
  ]);
  // Of two in one slot the first is decided on; the other is told of in the next one.
  await insert(4, 3);
  nextSlot();
  await insert(5, 1);
  await untilHandedOver([
    [idOf(1), [a], 0],
    [idOf(2), [b], 1],
    [idOf(4), [c], 0],
  ]);
}, 30_000);
