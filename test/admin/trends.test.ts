import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { Page } from 'playwright-core';
import { lookAt } from './look-at.ts';
import { browserTest as test, openAdmin } from './open-admin.ts';
import type { Admin } from './open-admin.ts';
import { startPoolService } from './pool-service.ts';
import type { PoolService } from './pool-service.ts';
import { seedErrors } from './seed-errors.ts';

let pool: PoolService;
let admin: Admin;

/** 82 of the seed, 3 that a fix puts right, 2 of a group that came back: 87 in the last day; 10 in the day before it. */
beforeAll(async () => {
  pool = await startPoolService({ services: { cart: 'auto' } });
  admin = await openAdmin({ env: pool.env });
  await seedErrors(admin.post);
  const ledger = { service: 'ledger', severity: 'error', error_type: 'api_error', message: 'the books do not balance' };
  const { id } = await admin.post('/api/errors/log', ledger);
  await admin.post(`/api/errors/${String(id)}/resolve`, { resolution_notes: 'balanced by hand' });
  await admin.post('/api/errors/log', ledger);
  for (let count = 0; count < 10; count += 1) {
    const timestamp = new Date(Date.now() - (30 * 60 + count * 7) * 60_000).toISOString();
    await admin.post('/api/errors/log', {
      service: 'search',
      severity: 'warning',
      message: 'index is stale',
      timestamp,
    });
  }
  for (let count = 0; count < 3; count += 1) {
    await admin.post('/api/errors/log', {
      service: 'cart',
      severity: 'error',
      error_type: 'pool_exhausted',
      message: 'Redis connection pool exhausted: 3 of 3 in use',
    });
  }
  await vi.waitFor(
    async () => {
      const response = await fetch(`${admin.processor.api}/api/fixes?outcome=succeeded`);
      expect(await response.text()).toContain('"cart"');
    },
    { timeout: 30_000, interval: 200 },
  );
});
afterAll(async () => {
  await admin?.close();
  await pool?.stop();
});

const namesOf = (links: readonly { getAttribute(name: string): string | null }[]) =>
  links.map((link) => link.getAttribute('aria-label') ?? '');

async function tilesOf(page: Page): Promise<readonly string[]> {
  await page.locator('.tiles').waitFor();
  return (await page.locator('.tiles > div').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
}

test('the last day is told in numbers against the day before, with what is new, what came back, and fixes', async () => {
  const { page, close } = await admin.visit('#/trends');
  expect(await tilesOf(page)).toEqual([
    'errors 87 ▲ 770 %',
    'the day before 10',
    'new groups 8',
    'came back 1',
    'fixes that acted 1 1 proven',
  ]);
  await page.getByRole('img', { name: /^87 errors in 24 h, 10 the day before/ }).waitFor();
  await page.getByRole('img', { name: /^critical: 12, error: 47, warning: 25, info: 3/ }).waitFor();
  const back = page.getByRole('region', { name: 'Came back' });
  await back.getByRole('link', { name: /the books do not balance/ }).waitFor();
  expect(await page.getByRole('region', { name: 'New groups' }).getByRole('listitem').count()).toBe(8);
  await page.getByRole('list', { name: 'Fixes that acted' }).getByRole('link').waitFor();
  await lookAt(page, 'trends');
  await close();
});

test('a fix is a mark where it acted, and leads to its timeline', async () => {
  const { page, close } = await admin.visit('#/trends?since=1h');
  await page.getByRole('link', { name: 'Fix of cart: succeeded' }).click();
  await page.getByRole('heading', { name: 'cart: CLIENT_POOL_EXHAUSTED' }).waitFor();
  await close();
});

test('a deploy is a mark where its first error came, a row below the charts, and leads to its errors', async () => {
  const { page, close } = await admin.visit('#/trends');
  const marks = page.getByRole('list', { name: 'Releases first seen' });
  await marks.waitFor();
  expect((await marks.getByRole('link').evaluateAll(namesOf)).toSorted()).toEqual([
    'checkout 2.7.9 in production',
    'checkout 2.8.0 in production',
    'mcp-server 1.4.2 in production',
  ]);
  const list = page.getByRole('region', { name: 'New releases' });
  expect((await list.getByRole('listitem').allInnerTexts()).map((text) => text.split('\n').slice(0, 2))).toEqual([
    ['mcp-server', '1.4.2 production'],
    ['checkout', '2.8.0 production'],
    ['checkout', '2.7.9 production'],
  ]);
  await page.getByRole('button', { name: 'Table' }).click();
  await page.getByRole('table', { name: /^Errors by interval/ }).waitFor();
  expect(await list.getByRole('listitem').count()).toBe(3);
  await page.getByRole('button', { name: 'Table' }).click();
  await marks.getByRole('link', { name: 'mcp-server 1.4.2 in production' }).click();
  await page.getByText('12 errors').waitFor();
  expect(new URL(page.url()).hash).toBe('#/errors?service=mcp-server&environment=production&state=all');
  await close();
});

test('releases that were first seen at about one time are one mark, which says them all', async () => {
  const { page, close } = await admin.visit('#/trends?since=7d');
  const marks = page.getByRole('list', { name: 'Releases first seen' });
  // 17 and a half hours of seven days.
  await marks.waitFor();
  const links = await marks.getByRole('link').evaluateAll(namesOf);
  expect(links.join(', ').split(', ').toSorted()).toEqual([
    'checkout 2.7.9 in production',
    'checkout 2.8.0 in production',
    'mcp-server 1.4.2 in production',
  ]);
  expect(links.length).toBeLessThan(3);
  await close();
});

test('pointing at a chart, or the arrow keys on it, tell the numbers of that time', async () => {
  const { page, close } = await admin.visit('#/trends?since=24h&by=service');
  const chart = page.getByRole('img', { name: /errors in 24 h/ });
  await page.locator('.u-over').first().waitFor();
  const legend = page.locator('.legend').first();
  expect(await legend.innerText()).toMatch(/^in all/);
  await chart.focus();
  await page.keyboard.press('ArrowLeft');
  // The running quarter of an hour holds what was sent just now.
  expect(await legend.innerText()).toMatch(/\d\d:(?:00|15|30|45)/);
  await chart.hover({ position: { x: 700, y: 80 } });
  const pointed = await legend.innerText();
  expect(pointed).toMatch(/\d\d:(?:00|15|30|45)/);
  await page.mouse.move(5, 5);
  await expect.poll(() => legend.innerText()).toMatch(/^in all/);
  await lookAt(page, 'trends-service');
  await close();
});

test('the same numbers are there as a table, by what they are split by', async () => {
  const { page, close } = await admin.visit('#/trends?by=error_type');
  await page.getByRole('button', { name: 'Table' }).click();
  const table = page.getByRole('table', { name: /^Errors by interval/ });
  await table.waitFor();
  expect(new URL(page.url()).hash).toBe('#/trends?by=error_type&as=table');
  const cells = await table.getByRole('row').allInnerTexts();
  const all = cells.slice(1).reduce((sum, text) => sum + Number(text.split('\t')[1]), 0);
  expect(all).toBe(87);
  await lookAt(page, 'trends-table');
  await close();
});

test('a period without errors says so, and which one is looked at stands in the address', async () => {
  const { page, close } = await admin.visit('#/trends');
  await page.getByRole('navigation', { name: 'Period' }).getByRole('link', { name: '7 d' }).click();
  await page.getByRole('img', { name: /^97 errors in 7 d, 0 the week before/ }).waitFor();
  expect(new URL(page.url()).hash).toBe('#/trends?since=7d');
  await page.getByLabel('company').fill('2');
  await page.getByLabel('company').press('Enter');
  await page.getByText('No error in this time').waitFor();
  await close();
});

test('while the server is away the last numbers stay, and it is said since when they are not new', async () => {
  const { page, complaints, close } = await admin.visit('#/trends');
  await page.locator('.tiles').waitFor();
  await page.context().setOffline(true);
  await page.getByText(/Not live since .*: what is shown may be old/).waitFor({ timeout: 30_000 });
  expect(await page.locator('.tiles').count()).toBe(1);
  complaints.length = 0;
  await close();
});
