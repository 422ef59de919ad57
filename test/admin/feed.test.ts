// The error feed on known errors: 80 open ones in 5 groups (seed-errors.ts), in a real browser.
import { afterAll, beforeAll, expect } from 'vitest';
import type { Page } from 'playwright-core';
import { accessibilityFaults } from './accessibility.ts';
import { browserTest as test, openAdmin, takePicture } from './open-admin.ts';
import type { Admin } from './open-admin.ts';
import { seedErrors } from './seed-errors.ts';

let admin: Admin;
beforeAll(async () => {
  admin = await openAdmin();
  await seedErrors(admin.post);
});
afterAll(() => admin?.close());

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

/** Other tests may keep the machine busy. */
const SOON = { timeout: 15_000 };

const rows = (page: Page) => page.getByRole('listitem');

test('open errors of the last day, newest first, and how many there are in all', async () => {
  const { page, close } = await admin.visit('#/errors');
  await page.getByText('80 errors').waitFor();
  await expect
    .poll(() => rows(page).first().innerText(), SOON)
    .toContain('payment service did not answer within 3000 ms');
  expect(await rows(page).nth(1).innerText()).toContain('PoolTimeout');
  expect(await rows(page).first().getAttribute('aria-setsize')).toBe('80');
  // A screen holds thirty of them; those that are not in sight do not exist.
  expect(await rows(page).count()).toBeLessThan(60);
  await close();
});

test('filters narrow the list, stand in the address, and are cleared at once', async () => {
  const { page, close } = await admin.visit('#/errors');
  await page.getByText('80 errors').waitFor();
  await page.getByRole('button', { name: 'critical' }).click();
  await page.getByText('12 errors').waitFor();
  await page.getByRole('button', { name: 'warning' }).click();
  await page.getByText('37 errors').waitFor();
  expect(new URL(page.url()).hash).toBe('#/errors?severity=critical%2Cwarning');
  await page.reload();
  await page.getByText('37 errors').waitFor();
  await page.getByRole('combobox', { name: 'Service' }).selectOption('billing');
  await page.getByText('24 errors').waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByText('80 errors').waitFor();
  await page.getByRole('combobox', { name: 'Type' }).selectOption('health_check_failed');
  await page.getByText('12 errors').waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByRole('combobox', { name: 'State' }).selectOption('all');
  await page.getByText('82 errors').waitFor();
  await page.getByRole('combobox', { name: 'State' }).selectOption('resolved');
  await page.getByText('2 errors', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
  const environments = page.getByRole('combobox', { name: 'Environment' });
  expect(await environments.getByRole('option').allInnerTexts()).toEqual(['all environments', 'production', 'staging']);
  await environments.selectOption('staging');
  await page.getByText('24 errors').waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByRole('searchbox').fill('EXHAUSTED pool');
  await page.getByText('1 error', { exact: true }).waitFor();
  await page.getByRole('searchbox').fill('nothing has these words');
  await page.getByText('No errors fit these filters').waitFor();
  await close();
});

test('an environment of the address is chosen also when nothing is known of it', async () => {
  const { page, close } = await admin.visit('#/errors?environment=gone');
  await page.getByText('No errors fit these filters').waitFor();
  const environments = page.getByRole('combobox', { name: 'Environment' });
  await expect.poll(() => environments.inputValue(), SOON).toBe('gone');
  await expect
    .poll(() => environments.getByRole('option').allInnerTexts(), SOON)
    .toEqual(['all environments', 'gone', 'production', 'staging']);
  await close();
});

test('groups are one row for each cause, with its count and its last 24 hours', async () => {
  const { page, close } = await admin.visit('#/errors');
  await page.getByRole('link', { name: 'Groups' }).click();
  await page.getByText('5 groups').waitFor();
  const billing = rows(page).filter({ hasText: 'no price for article' });
  expect(await billing.innerText()).toMatch(/^24\b/);
  // One every 29 minutes for the last 11 hours and 16 minutes.
  expect(await billing.getByRole('img', { name: 'in the last 24 hours' }).getAttribute('aria-label')).toMatch(/^24 /);
  await page.getByRole('combobox', { name: 'State' }).selectOption('all');
  await page.getByText('6 groups').waitFor();
  await page.getByRole('searchbox').fill('postgresql');
  await page.getByText('1 group', { exact: true }).waitFor();
  // Said by an earlier error of the group, not by the one that its row shows.
  await page.getByRole('searchbox').fill('ARTICLE 1060');
  await page.getByText('no price for article 1042').waitFor();
  await page.getByText('1 group', { exact: true }).waitFor();
  await page.getByRole('searchbox').fill('nothing has these words');
  await page.getByText('No groups fit these filters').waitFor();
  await page.getByRole('searchbox').fill('postgresql');
  await page.getByText('1 group', { exact: true }).waitFor();
  await rows(page).first().getByRole('link').click();
  await page.getByRole('heading', { name: 'PostgreSQL health check failed' }).waitFor();
  await page.getByText('first seen').waitFor();
  await page.getByRole('link', { name: 'All its errors' }).click();
  await page.getByText('12 errors').waitFor();
  await close();
});

test('one error with its own frames open, the rest folded, its trace, what was alike, and why it is in its group', async () => {
  const { page, close } = await admin.visit('#/errors');
  await rows(page).filter({ hasText: 'TimeoutError' }).first().getByRole('link').click();
  const pane = page.getByRole('region', { name: 'Details' });
  await pane.getByRole('heading', { name: 'TimeoutError payment service did not answer' }).waitFor();
  const stack = pane.getByRole('group', { name: 'Stack trace' });
  expect(await stack.getByText('PaymentClient.charge').isVisible()).toBe(true);
  expect(await stack.getByText('undici').isVisible()).toBe(false);
  await stack.getByText('3 frames of libraries and the runtime').click();
  expect(await stack.getByText('undici').isVisible()).toBe(true);
  expect(await pane.getByText('A-4711').isVisible()).toBe(true);
  const other = pane.getByRole('link', { name: 'connection pool exhausted: 20 of 20 in use, 14 waiting' });
  expect(await other.isVisible()).toBe(true);
  await pane.getByText('Raised the pool of the payment service to 40.').waitFor();
  await pane.getByText('put right, and held').waitFor();
  await pane.getByText('Why this group').click();
  await pane.getByText('Same service, root cause, own frames and shape of message.').waitFor();
  await pane.getByText('PaymentClient.charge').last().waitFor();
  await other.click();
  await pane.getByRole('heading', { name: 'PoolTimeout' }).waitFor();
  await page.goBack();
  await pane.getByRole('heading', { name: 'TimeoutError' }).waitFor();
  await close();
});

test('keys: / searches, j and k move, Enter opens, Esc goes back to the row', async () => {
  const { page, close } = await admin.visit('#/errors');
  await rows(page).first().waitFor();
  await page.keyboard.press('/');
  expect(await page.evaluate('document.activeElement.type')).toBe('search');
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('j');
  await expect.poll(() => page.evaluate('document.activeElement.closest(".row")?.dataset.index'), SOON).toBe('1');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'PoolTimeout' }).waitFor();
  await page.keyboard.press('j');
  await page.getByRole('heading', { name: 'TimeoutError' }).waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('region', { name: 'Details' }).count(), SOON).toBe(0);
  await expect.poll(() => page.evaluate('document.activeElement.closest(".row")?.dataset.index'), SOON).toBe('2');
  await close();
});

test('an id that is not there, or of another company, says so and what that may mean', async () => {
  const { page, complaints, close } = await admin.visit('#/errors/5b8efff7-9803-8103-a269-b633813fc60c');
  await page.getByText('The error could not be loaded').or(page.getByText('the error could not be loaded')).waitFor();
  await page.getByText('It may be past its retention, or belong to another company.').waitFor();
  // The browser tells of every 404.
  complaints.length = 0;
  await close();
});

for (const [scheme, viewport] of [
  ['light', WIDE],
  ['dark', WIDE],
  ['narrow', NARROW],
] as const) {
  test(`${scheme}: axe finds nothing in the list, the groups, either detail and the dialogs`, async () => {
    const colorScheme = scheme === 'dark' ? 'dark' : 'light';
    const { page, close } = await admin.visit('#/errors', { viewport, colorScheme });
    const check = async (name: string) => {
      await takePicture(page, `${name}-${scheme}`);
      expect(await accessibilityFaults(page)).toEqual([]);
    };
    await rows(page).first().waitFor();
    await check('errors');
    await page.getByRole('link', { name: 'payment service did not answer' }).first().click();
    await page.getByRole('heading', { name: 'Seen before' }).waitFor();
    await check('error');
    for (const [button, name] of [
      ['Resolve…', 'resolve'],
      ['Ask an agent…', 'delegate'],
    ] as const) {
      await page.getByRole('button', { name: button }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).waitFor();
      await check(name);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByRole('dialog').count(), SOON).toBe(0);
    }
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Groups' }).click();
    await page.getByText('5 groups').waitFor();
    await check('groups');
    await rows(page).first().getByRole('link').click();
    await page.getByText('first seen').waitFor();
    await check('group');
    await close();
  });
}

test('axe is at work: a control without a name is found', async () => {
  const { page, close } = await admin.visit('#/errors');
  await rows(page).first().waitFor();
  await page.evaluate('document.querySelector("main").append(document.createElement("button"))');
  expect(await accessibilityFaults(page)).toEqual([expect.stringMatching(/^button-name: /)]);
  await close();
});
