// A feed of 100,000 errors is as quick as a short one, and a storm does not stop the page.
import { afterAll, beforeAll, expect } from 'vitest';
import type { Page } from 'playwright-core';
import { browserTest as test, openAdmin } from './open-admin.ts';
import type { Admin } from './open-admin.ts';

/** The page keeps 100,000; more make a larger store only: ERRATA_STORM=1000000. */
const COUNT = Number(process.env['ERRATA_STORM'] ?? 100_000);
const KEPT = 100_000;
const BATCH = 5_000;

let admin: Admin;
beforeAll(async () => {
  admin = await openAdmin();
  const nowMs = Date.now();
  for (let first = 0; first < COUNT; first += BATCH) {
    await sendLogs({ service: 'storm', first, startMs: nowMs - COUNT - 60_000 });
  }
}, 900_000);
afterAll(() => admin?.close());

/** Logs of OTLP, each an error of its own, a millisecond after each other. */
async function sendLogs({
  service,
  first,
  startMs,
}: {
  service: string;
  first: number;
  startMs: number;
}): Promise<void> {
  const logRecords = Array.from({ length: BATCH }, (_, index) => ({
    timeUnixNano: `${startMs + first + index}000000`,
    severityNumber: 17,
    body: { stringValue: `request ${first + index} failed` },
  }));
  const response = await fetch(`${admin.processor.otlp}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      resourceLogs: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
          scopeLogs: [{ logRecords }],
        },
      ],
    }),
  });
  expect(response.status).toBe(200);
}

/** From a change of where the list is scrolled to until the rows there are drawn. */
const JUMP = `(share) => new Promise((done) => {
  const list = document.querySelector('.rows');
  const from = performance.now();
  list.scrollTop = list.scrollHeight * share;
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - from)));
})`;

const jump = (page: Page, share: number) => page.evaluate<number>(`(${JUMP})(${share})`);

test(
  '100,000 errors in the list: every row is one jump away, few exist at a time, and a new one still comes in',
  { timeout: 240_000 },
  async () => {
    const askedMs = performance.now();
    const { page, close } = await admin.visit('#/errors?since=7d');
    await page.getByText(`${COUNT.toLocaleString('en')} errors`).waitFor();
    await page.getByRole('listitem').first().waitFor();
    console.log(`${COUNT} errors in the store: first view after ${Math.round(performance.now() - askedMs)} ms`);
    const loaded = () => page.evaluate<number>('document.querySelector(".rows-all").clientHeight / 31');
    for (let seen = await loaded(); seen < KEPT;) {
      await jump(page, 1);
      await expect.poll(loaded, { timeout: 30_000 }).toBeGreaterThan(seen);
      seen = await loaded();
    }
    expect(await loaded()).toBe(KEPT);
    const jumps: number[] = [];
    for (const share of [0, 0.5, 0.1, 0.9, 0.3, 0.7, 0.2, 1, 0.6, 0.4]) jumps.push(await jump(page, share));
    expect(await page.getByRole('listitem').count()).toBeLessThan(80);
    const [, , , , middle = 0] = [...jumps].sort((a, b) => a - b);
    console.log(`100,000 rows: a jump takes ${middle.toFixed(0)} ms, the slowest ${Math.max(...jumps).toFixed(0)} ms`);
    expect(middle).toBeLessThan(250);
    await jump(page, 0);
    const sentMs = performance.now();
    await admin.post('/api/errors/log', { service: 'storm', severity: 'critical', message: 'one more' });
    await page.getByRole('listitem').filter({ hasText: 'one more' }).waitFor();
    console.log(`100,000 rows: from POST to its row ${Math.round(performance.now() - sentMs)} ms`);
    await close();
  },
);

test('in a storm of 20,000 new errors the page answers, and ends with all of them', { timeout: 180_000 }, async () => {
  const { page, close } = await admin.visit('#/errors?service=burst');
  await page.getByText('live', { exact: true }).waitFor();
  for (let first = 0; first < 20_000; first += BATCH) {
    await sendLogs({ service: 'burst', first, startMs: Date.now() - 60_000 });
  }
  const askedMs = performance.now();
  await page.getByRole('button', { name: 'Keys and help' }).click();
  await page.getByRole('dialog').waitFor();
  console.log(`in the storm: a dialog opens within ${Math.round(performance.now() - askedMs)} ms`);
  await page.getByText('20,000 errors').waitFor({ timeout: 120_000 });
  await close();
});
