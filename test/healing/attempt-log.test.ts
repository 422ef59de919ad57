import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAttemptLog } from '../../src/healing/attempt-log.ts';
import { idOf, openStore } from '../store/open-store.ts';
import { attemptOf, EPOCH_MS } from './rule-of.ts';

let opened: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  opened = await openStore();
});
afterAll(async () => opened.close());

test('a start reads back what acted, what still runs and what was stopped, oldest first', async () => {
  const open = { state: 'waiting', outcome: undefined, endedAtMs: undefined, actedAtMs: 0 } as const;
  const stopped = { state: 'suppressed', outcome: undefined, suppression: 'cooldown', actedAtMs: 0 } as const;
  const before = createAttemptLog(opened.store, () => EPOCH_MS);
  await before.begin(attemptOf(idOf(1), { ...open, startedAtMs: EPOCH_MS + 3 }));
  await before.begin(attemptOf(idOf(2), { startedAtMs: EPOCH_MS + 1 }));
  await before.begin(attemptOf(idOf(3), { ...stopped, startedAtMs: EPOCH_MS + 2 }));
  const after = createAttemptLog(opened.store, () => EPOCH_MS);
  await after.load();
  expect(after.recent().map(({ id, state }) => [id, state])).toEqual([
    [idOf(2), 'ended'],
    [idOf(3), 'suppressed'],
    [idOf(1), 'waiting'],
  ]);
});
