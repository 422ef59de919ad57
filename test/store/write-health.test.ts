// Whether inserts are taken, as readiness hears it.
import { expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { createWriteHealth } from '../../src/store/write-health.ts';

const clock = { nowMs: 1_000 };
let tried = 0;
/** What the store makes of the next insert. */
let fate: Failure | undefined;
const health = createWriteHealth({
  now: () => clock.nowMs,
  tryInsert: async () => {
    tried += 1;
    health.heard(fate);
    if (fate !== undefined) throw fate;
  },
});

const failed = (message: string, cause: unknown) => new Failure('STORE_UNAVAILABLE', message, { cause });
const full = failed(
  "the store's disk is full: it failed an insert of 1 rows into errors",
  new Error('errno: 28, strerror'),
);
const readOnly = failed('the store failed an insert of 1 rows into errors', new Error('Table is in readonly mode'));

test('a store that took its last insert is not asked; one that did not is tried every 3 s, until it does', async () => {
  await health.check();
  expect(tried).toBe(0);
  fate = full;
  health.heard(full);
  await expect(health.check()).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: 'the store takes no inserts: its disk is full',
  });
  expect(tried).toBe(1);
  clock.nowMs += 2_999;
  await expect(health.check()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(tried).toBe(1);
  fate = readOnly;
  clock.nowMs += 1;
  await expect(health.check()).rejects.toMatchObject({
    message: 'the store takes no inserts: the store failed an insert of 1 rows into errors',
  });
  fate = undefined;
  clock.nowMs += 3_000;
  await health.check();
  expect(tried).toBe(3);
  await health.check();
  expect(tried).toBe(3);
});

test('any other insert that is stored is enough', async () => {
  health.heard(full);
  health.heard(undefined);
  await health.check();
  expect(tried).toBe(3);
});
