import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClock } from '../../src/healing/clock.ts';
import { runFeed } from '../../src/healing/feed.ts';
import type { Firing } from '../../src/healing/firing.ts';
import { eventOf, idOf, openStore } from '../store/open-store.ts';
import { ruleOf, whenOf } from './rule-of.ts';

let opened: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  opened = await openStore();
});
afterAll(async () => opened.close());

test('at the very first start an error counts that came in before the feed began to read', async () => {
  const startedAtMs = Date.now();
  const rules = [ruleOf({ when: whenOf({ count: 1 }) })];
  await opened.store.insert([eventOf(1, { timestampMs: startedAtMs })]);
  const ending = new AbortController();
  const fired = new Promise<readonly Firing[]>((resolve) => {
    ending.signal.addEventListener('abort', () => resolve([]));
    void runFeed(
      {
        store: opened.store,
        rules: () => rules,
        isEcho: () => false,
        onFirings: resolve,
        undecidedMs: () => undefined,
        onTrouble: (cause) => expect(cause).toBeUndefined(),
        clock: createClock(Date.now),
        startedAtMs,
        lagMs: 0,
      },
      ending.signal,
    );
  });
  const late = setTimeout(() => ending.abort(), 5_000);
  const firings = await fired;
  clearTimeout(late);
  ending.abort();
  expect(firings.map(({ cause }) => cause.errorId)).toEqual([idOf(1)]);
});
