import { afterAll, beforeAll, expect } from 'vitest';
import { accessibilityFaults } from './accessibility.ts';
import { browserTest as test, openAdmin, takePicture } from './open-admin.ts';
import type { Admin } from './open-admin.ts';

let admin: Admin;
beforeAll(async () => {
  admin = await openAdmin();
});
afterAll(() => admin?.close());

test('without tokens the page opens at the error feed and is live, and nobody is asked to sign in', async () => {
  const { page, close } = await admin.visit();
  await page.getByText('live', { exact: true }).waitFor();
  expect(await page.title()).toBe('Errors · Errata');
  const views = page.getByRole('navigation', { name: 'Views' });
  expect(await views.getByRole('link', { name: 'Errors' }).getAttribute('aria-current')).toBe('page');
  await takePicture(page, 'shell-light');
  expect(await accessibilityFaults(page)).toEqual([]);
  await close();
});

test('keys lead to every view, and ? tells which keys there are', async () => {
  const { page, close } = await admin.visit();
  await page.getByText('live', { exact: true }).waitFor();
  for (const [keys, hash] of [
    ['gx', '#/fixes'],
    ['ga', '#/agents'],
    ['gt', '#/trends'],
    ['gf', '#/errors'],
  ] as const) {
    await page.keyboard.type(keys);
    await expect.poll(() => new URL(page.url()).hash).toBe(hash);
  }
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  await close();
});

test('the pause switch shows on every view while it is on', async () => {
  await admin.post('/api/healing/pause', { paused: true, reason: 'we are deploying' });
  const { page, close } = await admin.visit('#/trends');
  await page.getByText('Fixes are paused.').waitFor();
  await page.getByText('we are deploying').waitFor();
  await page.emulateMedia({ colorScheme: 'dark' });
  await takePicture(page, 'shell-paused-dark');
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Let fixes go on' }).click();
  await page.getByText('fixes on').waitFor();
  await close();
});
