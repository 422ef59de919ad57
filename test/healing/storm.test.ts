// More critical errors than can be handed over at once.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { eventOf, fingerprintOf } from '../store/open-store.ts';
import { openHealing } from './open-healing.ts';
import type { OpenHealing } from './open-healing.ts';
import { unmatched } from './rule-of.ts';

let open: OpenHealing;
beforeAll(async () => {
  open = await openHealing({ rules: [unmatched] });
  await open.healing.start();
});
afterAll(() => open.close());

test('a flood of one company does not hold up another', async () => {
  const critical = (n: number, companyId: number) =>
    eventOf(n, {
      companyId,
      timestampMs: Date.now(),
      service: `s${n}`,
      fingerprint: fingerprintOf(n),
      severity: 'critical',
    });
  const count = async (companyId: number) => (await open.healing.listAttempts({ companyId, limit: 1_000 })).length;
  await open.store.insert(Array.from({ length: 600 }, (_, n) => critical(n + 1, 1)));
  await vi.waitFor(async () => expect(await count(1)).toBeGreaterThan(0), { timeout: 10_000, interval: 50 });
  await open.store.insert([critical(1_000, 2)]);
  await vi.waitFor(async () => expect(await count(2)).toBe(1), { timeout: 40_000, interval: 50 });
  expect(await count(1)).toBeLessThan(600);
}, 60_000);
