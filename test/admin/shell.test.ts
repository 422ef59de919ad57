import { afterAll, beforeAll, expect } from 'vitest';
import { accessibilityFaults } from './accessibility.ts';
import { lookAt } from './look-at.ts';
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
  await page.getByText('observe: nothing is changed').waitFor();
  await close();
});

test('an address of no view says so, and leads to those that there are', async () => {
  const { page, close } = await admin.visit('#/nonsense');
  await page.getByText('There is no such view').waitFor();
  expect(await page.title()).toBe('No such view · Errata');
  await lookAt(page, 'shell-no-view');
  await page.getByRole('main').getByRole('link', { name: 'Trends' }).click();
  await page.getByRole('heading', { name: 'Health trends' }).waitFor();
  await close();
});

test('a view keeps its filters while another is looked at, and Back goes through them, each search one step', async () => {
  const { page, close } = await admin.visit('#/errors');
  const hash = () => new URL(page.url()).hash;
  const views = page.getByRole('navigation', { name: 'Views' });
  await page.getByLabel('Period').selectOption('7d');
  await page.getByLabel('Type', { exact: true }).selectOption('timeout');
  await page.getByRole('searchbox').pressSequentially('one');
  await expect.poll(hash).toBe('#/errors?since=7d&type=timeout&q=one');
  await page.getByRole('searchbox').pressSequentially(' two');
  await expect.poll(hash).toBe('#/errors?since=7d&type=timeout&q=one+two');
  await views.getByRole('link', { name: 'Fixes' }).click();
  await page.getByRole('heading', { name: 'Auto-fix log' }).waitFor();
  await views.getByRole('link', { name: 'Errors' }).click();
  await expect.poll(hash).toBe('#/errors?since=7d&type=timeout&q=one+two');
  expect(await page.getByRole('searchbox').inputValue()).toBe('one two');
  await page.goBack();
  await page.goBack();
  await page.goBack();
  await expect.poll(hash).toBe('#/errors?since=7d&type=timeout');
  expect(await page.getByRole('searchbox').inputValue()).toBe('');
  await page.goBack();
  await expect.poll(hash).toBe('#/errors?since=7d');
  expect(await page.getByLabel('Type', { exact: true }).inputValue()).toBe('');
  await close();
});

test('the search box is what the address says, also with the focus in it, and what is typed stays', async () => {
  const { page, close } = await admin.visit('#/errors');
  const box = page.getByRole('searchbox');
  await box.pressSequentially('first ');
  await expect.poll(() => new URL(page.url()).hash).toBe('#/errors?q=first');
  await box.pressSequentially('second');
  expect(await box.inputValue()).toBe('first second');
  await expect.poll(() => new URL(page.url()).hash).toBe('#/errors?q=first+second');
  await page.evaluate("location.hash = '#/errors?q=other'");
  await expect.poll(() => box.inputValue()).toBe('other');
  expect(await box.evaluate((element) => element.matches(':focus'))).toBe(true);
  await page.evaluate("location.hash = '#/errors'");
  await expect.poll(() => box.inputValue()).toBe('');
  await close();
});

test('while Errata is away what was seen stays, what was not says so, and all of it comes back by itself', async () => {
  await admin.post('/api/errors/log', { service: 'kept', severity: 'error', message: 'it stays in sight' });
  const { page, complaints, close } = await admin.visit('#/errors');
  const views = page.getByRole('navigation', { name: 'Views' });
  await page.getByText('it stays in sight').waitFor();
  await views.getByRole('link', { name: 'Fixes' }).click();
  await page.getByText('Nothing was fixed yet').waitFor();
  await page.context().setOffline(true);
  const banner = page.getByRole('complementary', { name: 'Errata does not answer' });
  await banner.getByText(/Not live since \d\d:\d\d:\d\d: what is shown may be old/).waitFor();
  await views.getByRole('link', { name: 'Errors' }).click();
  await page.getByText('it stays in sight').waitFor();
  await lookAt(page, 'shell-away');
  await views.getByRole('link', { name: 'Agents' }).click();
  await page.getByText('Agents was not loaded yet').waitFor();
  expect(await page.getByText('INTERNAL').count()).toBe(0);
  await lookAt(page, 'shell-away-view');
  await page.context().setOffline(false);
  await page.getByRole('heading', { name: 'Agent activity' }).waitFor({ timeout: 30_000 });
  await expect.poll(() => banner.count()).toBe(0);
  complaints.length = 0;
  await close();
});

test('what has happened is never to come, and the zone of times is named', async () => {
  await admin.post('/api/errors/log', { service: 'clocks', severity: 'error', message: 'ahead of this clock' });
  const { page, close } = await admin.visit('#/errors?service=clocks', { timezoneId: 'Asia/Kolkata' });
  await page.getByText('times in UTC+5:30').waitFor();
  await page.clock.setFixedTime(Date.now() - 90_000);
  await page.goto(`${admin.processor.admin}/admin#/groups?service=clocks`);
  await page.reload();
  await expect.poll(() => page.locator('.row-ago').innerText()).toBe('now');
  await close();
});
