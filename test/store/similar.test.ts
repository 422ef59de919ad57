import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ErrorEvent, Grouping } from '../../src/errors/error-event.ts';
import type { Store } from '../../src/store/clickhouse-store.ts';
import { eventOf, fingerprintOf, idOf, openStore } from './open-store.ts';

let store: Store;
let close: () => Promise<void>;
let nowMs = Date.UTC(2026, 10, 24, 12, 30, 0);
beforeAll(async () => {
  ({ store, close } = await openStore(() => nowMs));
});
afterAll(() => close());

/** An error of the group `n`. */
function errorOf(n: number, change: Partial<ErrorEvent>, inputs: Partial<Grouping> = {}): ErrorEvent {
  const event = eventOf(n, { fingerprint: fingerprintOf(n), ...change });
  return { ...event, grouping: { ...event.grouping, ...inputs } };
}

const pool = {
  rootType: 'PoolExhausted',
  frames: ['src/pool.js|acquire', 'src/cache.js|get'],
  template: 'Redis connection pool exhausted after <dur>',
};
const all = { resolvedOnly: false, limit: 10 };

async function alike(companyId: number, n: number, options = all): Promise<readonly string[] | undefined> {
  const groups = await store.findSimilar(companyId, fingerprintOf(n), options);
  return groups?.map((group) => `${Number(group.fingerprint)}: ${group.score}`);
}

test('groups that look alike come the most alike first, never the group itself, nor what shares next to nothing', async () => {
  const companyId = 10;
  await store.insert([
    errorOf(1, { companyId }, pool),
    errorOf(2, { companyId }, { ...pool, template: 'Redis connection pool exhausted' }),
    errorOf(3, { companyId }, { ...pool, frames: ['src/db.js|query'], template: 'no slot left' }),
    errorOf(4, { companyId }, { rootType: 'Error', outerType: '', frames: [], template: 'Redis connection refused' }),
    errorOf(5, { companyId }, { rootType: 'TypeError', frames: ['a|b'], template: 'x is undefined' }),
    errorOf(6, { companyId }, { ...pool, rootType: 'Wrapped', outerType: 'PoolExhausted' }),
    errorOf(7, { companyId }, { rootType: 'Error', frames: pool.frames, template: 'pool closed' }),
  ]);
  expect(await alike(companyId, 1)).toEqual(['2: 0.94', '6: 0.85', '7: 0.45', '3: 0.3']);
  expect(await alike(companyId, 1, { resolvedOnly: false, limit: 2 })).toEqual(['2: 0.94', '6: 0.85']);
  expect(await alike(companyId, 5)).toEqual([]);
});

test('groups of another company are not there, neither as the question nor as an answer', async () => {
  await store.insert([errorOf(1, { companyId: 11 }, pool), errorOf(2, { companyId: 12 }, pool)]);
  expect(await alike(11, 1)).toEqual([]);
  expect(await alike(11, 2)).toBeUndefined();
  expect(await alike(11, 99)).toBeUndefined();
});

test('an answer tells what resolved a group, and whether that held', async () => {
  const companyId = 13;
  const at = (n: number, group: number, timestampMs: number) =>
    errorOf(n, { companyId, timestampMs, fingerprint: fingerprintOf(group), message: `message ${n}` }, pool);
  await store.insert([at(20, 1, nowMs), at(21, 2, nowMs - 5_000), at(22, 2, nowMs - 4_000), at(23, 3, nowMs - 3_000)]);
  await store.insert([at(24, 4, nowMs - 2_000)]);
  await store.resolve(companyId, idOf(22), { scope: 'group', notes: 'raised maxclients', by: 'morgan' });
  await store.resolve(companyId, idOf(23), { scope: 'group', notes: 'restarted', by: 'morgan' });
  const resolvedAtMs = nowMs;
  nowMs += 10_000;
  await store.insert([at(25, 3, nowMs - 1_000)]);
  const group = { score: 1, service: 'checkout', exceptionType: 'Error' };
  const [back, open, held] = (await store.findSimilar(companyId, fingerprintOf(1), all)) ?? [];
  expect(back).toEqual({
    ...group,
    fingerprint: fingerprintOf(3),
    message: 'message 25',
    errorId: idOf(25),
    count: 2,
    lastSeenMs: nowMs - 1_000,
    resolved: false,
    resolutionNotes: 'restarted',
    resolvedAtMs,
    regressed: true,
  });
  expect(open).toMatchObject({ fingerprint: fingerprintOf(4), resolved: false, regressed: false, count: 1 });
  expect(open).toMatchObject({ resolutionNotes: undefined, resolvedAtMs: undefined });
  expect(held).toMatchObject({ fingerprint: fingerprintOf(2), errorId: idOf(22), count: 2 });
  expect(held).toMatchObject({ resolved: true, resolutionNotes: 'raised maxclients', resolvedAtMs, regressed: false });
  expect(await alike(companyId, 1, { resolvedOnly: true, limit: 10 })).toEqual(['2: 1']);
});

test('a group that was joined to another speaks for it, and is not like it', async () => {
  const companyId = 14;
  await store.insert([
    errorOf(1, { companyId }, pool),
    errorOf(2, { companyId }, pool),
    errorOf(3, { companyId }, { rootType: 'Error', frames: ['x|y'], template: 'something else' }),
    errorOf(4, { companyId, timestampMs: nowMs }, pool),
  ]);
  await store.aliasGroups(companyId, [
    { from: fingerprintOf(2), to: fingerprintOf(1), reason: 'test' },
    { from: fingerprintOf(4), to: fingerprintOf(3), reason: 'test' },
  ]);
  expect(await alike(companyId, 1)).toEqual(['3: 1']);
  expect(await alike(companyId, 2)).toEqual(['3: 1']);
  expect(await store.findSimilar(companyId, fingerprintOf(1), all)).toMatchObject([{ errorId: idOf(4), count: 2 }]);
});

test('a group without type and words is found by its frames', async () => {
  const companyId = 15;
  const bare = { rootType: 'Error', outerType: '', frames: ['src/a.js|run', 'src/b.js|go'], template: '<n>' };
  await store.insert([1, 2, 3].map((n) => errorOf(n, { companyId }, n === 3 ? { ...bare, frames: [] } : bare)));
  expect(await alike(companyId, 1)).toEqual(['2: 1']);
  expect(await alike(companyId, 3)).toEqual([]);
});

test('among 10,000 groups of one type the few that are alike are found, also when only resolved ones are asked for', async () => {
  const companyId = 16;
  const areas = ['invoice', 'upload', 'session', 'search', 'export', 'mail', 'cart', 'stock', 'tax', 'ledger'];
  const noise = Array.from({ length: 10_000 }, (_, n) =>
    errorOf(
      1_000 + n,
      { companyId },
      {
        rootType: 'PoolExhausted',
        frames: [`src/${areas[n % 10]}/${n}.js|run`, `src/${areas[n % 7]}.js|handle`],
        template: `${areas[n % 10]} ${areas[(n >> 3) % 10]} pool step${n} failed after <dur>`,
      },
    ),
  );
  await store.insert(noise);
  await store.insert([
    errorOf(1, { companyId }, pool),
    errorOf(2, { companyId }, { ...pool, template: 'Redis connection pool exhausted' }),
    errorOf(3, { companyId }, { ...pool, frames: ['src/pool.js|acquire'] }),
    errorOf(4, { companyId }, { ...pool, rootType: 'Other', frames: ['z|z'] }),
  ]);
  for (const n of [3, 9_000]) await store.resolve(companyId, idOf(n), { scope: 'group', notes: 'x', by: 'y' });
  const startedMs = performance.now();
  expect(await alike(companyId, 1, { resolvedOnly: false, limit: 2 })).toEqual(['2: 0.94', '3: 0.8']);
  const tookMs = performance.now() - startedMs;
  expect(await alike(companyId, 1, { resolvedOnly: true, limit: 3 })).toEqual(['3: 0.8', '9000: 0.38']);
  console.log(
    `similar groups among 10,000: ${tookMs.toFixed(0)} ms, then ${(performance.now() - startedMs - tookMs).toFixed(0)} ms`,
  );
});
