// The total adds up roll-ups and cut hours; here it is held against counting the rows of all pages, which uses neither.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ErrorFilter, ErrorStore, Position } from '../../src/store/error-store.ts';
import { eventOf, fingerprintOf, idOf, openStore } from './open-store.ts';

let store: ErrorStore;
let close: () => Promise<void>;
let nowMs = Date.UTC(2026, 10, 24, 12, 0, 0);
beforeAll(async () => {
  ({ store, close } = await openStore(() => nowMs));
});
afterAll(() => close());

async function countRows(filter: ErrorFilter): Promise<number> {
  let rows = 0;
  let after: Position | undefined;
  do {
    const page = await store.listErrors({ ...filter, limit: 7, ...(after === undefined ? {} : { after }) });
    rows += page.errors.length;
    after = page.next;
  } while (after !== undefined);
  return rows;
}

const MINUTE_MS = 60_000;
const step = fc.oneof(
  fc.record({
    kind: fc.constant('insert' as const),
    minute: fc.integer({ min: -300, max: 0 }),
    group: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    kind: fc.constantFrom('resolve' as const, 'reopen' as const),
    scope: fc.constantFrom('group' as const, 'error' as const),
    pick: fc.nat(),
  }),
  fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 90 }) }),
);
const bounds = fc.record(
  {
    sinceMs: fc.integer({ min: -320, max: 400 }),
    untilMs: fc.integer({ min: -320, max: 400 }),
    resolved: fc.boolean(),
  },
  { requiredKeys: [] },
);

test('whatever was inserted, resolved and reopened, the total is the number of rows', async () => {
  let companyId = 1000;
  let n = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 3, maxLength: 25 }),
      fc.array(bounds, { minLength: 2, maxLength: 4 }),
      async (steps, asked) => {
        companyId += 1;
        const startMs = nowMs;
        const ids: string[] = [];
        for (const taken of steps) {
          if (taken.kind === 'insert') {
            n += 1;
            ids.push(idOf(n));
            await store.insert([
              eventOf(n, {
                companyId,
                timestampMs: nowMs + taken.minute * MINUTE_MS + (n % 1000),
                fingerprint: fingerprintOf(taken.group),
              }),
            ]);
          } else if (taken.kind === 'wait') nowMs += taken.minutes * MINUTE_MS;
          else {
            const id = ids[taken.pick % Math.max(1, ids.length)];
            if (id === undefined) continue;
            if (taken.kind === 'resolve')
              await store.resolve(companyId, id, { scope: taken.scope, notes: 'n', by: 'b' });
            else await store.reopen(companyId, id, taken.scope);
          }
        }
        for (const bound of asked) {
          const filter: ErrorFilter = {
            companyId,
            ...(bound.resolved === undefined ? {} : { resolved: bound.resolved }),
            ...(bound.sinceMs === undefined ? {} : { sinceMs: startMs + bound.sinceMs * MINUTE_MS + 17 }),
            ...(bound.untilMs === undefined ? {} : { untilMs: startMs + bound.untilMs * MINUTE_MS + 3 }),
          };
          expect((await store.listErrors({ ...filter, limit: 1 })).total).toBe(await countRows(filter));
        }
      },
    ),
    { numRuns: 25, seed: 20261124 },
  );
});
