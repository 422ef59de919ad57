// What happens on the feed while it is open: errors arrive, are resolved, are asked about.
import { afterAll, beforeAll, expect } from 'vitest';
import type { Page } from 'playwright-core';
import { browserTest as test, openAdmin } from './open-admin.ts';
import type { Admin } from './open-admin.ts';

let admin: Admin;
beforeAll(async () => {
  admin = await openAdmin();
});
afterAll(() => admin?.close());

/** Other tests may keep the machine busy. */
const SOON = { timeout: 15_000 };

const rows = (page: Page) => page.getByRole('listitem');

/** Of a service of its own, so that no test sees another one's. */
function log(service: string, message: string, more: object = {}): Promise<Record<string, unknown>> {
  return admin.post('/api/errors/log', { service, severity: 'error', message, ...more });
}

async function visitLive(hash: string) {
  const visit = await admin.visit(hash);
  await visit.page.getByText('live', { exact: true }).waitFor();
  return visit;
}

test('an error that is sent stands at the top by itself, and is told to screen readers', async () => {
  const { page, close } = await visitLive('#/errors?service=arrivals');
  await page.getByText('No errors fit these filters').waitFor();
  const sentMs = performance.now();
  await log('arrivals', 'the first one');
  await rows(page).filter({ hasText: 'the first one' }).waitFor();
  console.log(`from POST to its row: ${Math.round(performance.now() - sentMs)} ms`);
  await log('arrivals', 'the second one');
  await expect.poll(() => rows(page).first().innerText(), SOON).toContain('the second one');
  await page.getByText('2 errors', { exact: true }).waitFor();
  // What the filters leave out does not come in.
  await log('elsewhere', 'not for here');
  await log('arrivals', 'the third one');
  await expect.poll(() => rows(page).first().innerText(), SOON).toContain('the third one');
  expect(await rows(page).count()).toBe(3);
  await expect
    .poll(() => page.locator('[aria-live]').allInnerTexts(), SOON)
    .toContainEqual(expect.stringMatching(/new error/));
  await close();
});

test('while somebody reads further down, the list stays where it is and says how many are new', async () => {
  const nowMs = Date.now();
  await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      log('reading', `older error ${index}`, { timestamp: new Date(nowMs - (60 - index) * 1_000).toISOString() }),
    ),
  );
  const { page, close } = await visitLive('#/errors?service=reading');
  await page.getByText('60 errors').waitFor();
  await page.locator('.rows').hover();
  await page.mouse.wheel(0, 400);
  await page.mouse.move(0, 0);
  const inSight = rows(page).filter({ hasText: 'older error 40' });
  const before = await inSight.boundingBox();
  for (let index = 0; index < 3; index += 1) await log('reading', `new error ${index}`);
  await page.getByRole('button', { name: '3 new' }).waitFor();
  expect(await inSight.boundingBox()).toEqual(before);
  await page.getByRole('button', { name: '3 new' }).click();
  await expect.poll(() => rows(page).first().innerText(), SOON).toContain('new error 2');
  await page.getByText('63 errors').waitFor();
  await close();
});

test('groups count on by themselves', async () => {
  await log('counting', 'it fails again');
  const { page, close } = await visitLive('#/groups?service=counting');
  await expect.poll(() => rows(page).first().innerText(), SOON).toMatch(/^1\b/);
  await log('counting', 'it fails again');
  await expect.poll(() => rows(page).first().innerText(), SOON).toMatch(/^2\b/);
  await close();
});

test('resolved with what was done, opened again, and back as a regression when it comes back', async () => {
  await log('regressing', 'the disk is full');
  const { page, close } = await visitLive('#/errors?service=regressing&state=all');
  await rows(page).first().getByRole('link').click();
  const pane = page.getByRole('region', { name: 'Details' });
  await pane.getByRole('button', { name: 'Resolve…' }).click();
  await page.getByLabel('What was done about it?').fill('Deleted old logs.');
  await page.getByRole('dialog').getByRole('button', { name: 'Resolve' }).click();
  await pane.getByText('resolved', { exact: true }).waitFor();
  await pane.getByText('Deleted old logs.').waitFor();
  await rows(page).getByText('resolved').waitFor();
  await pane.getByRole('button', { name: 'Open again' }).click();
  await pane.getByText('open', { exact: true }).waitFor();
  await pane.getByRole('button', { name: 'Resolve…' }).click();
  await page.getByLabel('What was done about it?').fill('A larger disk.');
  await page.getByRole('dialog').getByRole('button', { name: 'Resolve' }).click();
  await pane.getByText('A larger disk.').waitFor();
  await log('regressing', 'the disk is full');
  await page.getByText('2 errors', { exact: true }).waitFor();
  await rows(page).first().getByRole('link').click();
  await pane.getByText('came back').waitFor();
  await close();
});

test('an agent is asked from the error, and its part shows there', async () => {
  await log('asking', 'the invoice is wrong');
  const { page, close } = await visitLive('#/errors?service=asking');
  await rows(page).first().getByRole('link').click();
  await page.getByRole('button', { name: 'Ask an agent…' }).click();
  await page.getByRole('checkbox', { name: 'morgan' }).check();
  await page.getByLabel('Why?').fill('It comes back every night.');
  await page.getByLabel('Questions, one a line').fill('Is it the tax?\n\nSince when?');
  await page.getByRole('dialog').getByRole('button', { name: 'Ask', exact: true }).click();
  await page.getByText('Asked morgan').waitFor();
  const pane = page.getByRole('region', { name: 'Details' });
  await pane.getByRole('link', { name: 'morgan' }).waitFor();
  await pane.getByRole('link', { name: 'morgan' }).click();
  await expect.poll(() => new URL(page.url()).hash, SOON).toMatch(/^#\/delegations\/[0-9a-f-]{36}$/);
  await close();
});

test('text of an error is text: markup is shown as it is, and characters that hide or turn text are named', async () => {
  const { id } = await log('hostile\u202e', '<img src=x onerror=alert(1)> \u202egnp.exe zero\u200bwidth', {
    stack_trace: 'Error: <script>alert(2)</script>\n    at f\u2066 (/srv/a.js:1:1)',
    details: { '<b>key</b>': '<i>\u200f</i>' },
  });
  const { page, close } = await visitLive(`#/errors/${String(id)}`);
  const pane = page.getByRole('region', { name: 'Details' });
  await pane.getByRole('heading', { name: '<img src=x onerror=alert(1)> U+202Egnp.exe zeroU+200Bwidth' }).waitFor();
  await pane.getByText('<script>alert(2)</script>').waitFor();
  await pane.getByText('<b>key</b>').waitFor();
  await pane.getByText('U+2066').first().waitFor();
  expect(await page.locator('main img, main script, main b b').count()).toBe(0);
  await close();
});

test('names with characters that hide or turn text are named in what can be chosen too', async () => {
  await log('turned\u202eeman', 'it fails');
  const { page, close } = await visitLive('#/errors');
  const services = page.getByRole('combobox', { name: 'Service' });
  await expect.poll(() => services.getByRole('option').allTextContents(), SOON).toContain('turnedU+202Eeman');
  await services.selectOption({ label: 'turnedU+202Eeman' });
  await page.getByText('1 error', { exact: true }).waitFor();
  await close();
});

test('whole words are found, in what is there and in what arrives, and the page says that parts are not', async () => {
  const { page, close } = await visitLive('#/errors?service=wording&q=timeout');
  await page.getByText('Only whole words of the message and the exception type are found').waitFor();
  expect(await page.getByRole('searchbox').getAttribute('placeholder')).toBe('Whole words of message and type');
  await log('wording', 'three timeouts in a row');
  await log('wording', 'a Timeout at last');
  await page.getByText('1 error', { exact: true }).waitFor();
  expect(await rows(page).allInnerTexts()).toEqual([expect.stringContaining('a Timeout at last')]);
  await close();
});

test('a server that goes away is told on the page, and the page goes on by itself when it is back', async () => {
  const { page, complaints, close } = await visitLive('#/errors?service=outage');
  await page.context().setOffline(true);
  await page.getByRole('combobox', { name: 'State' }).selectOption('all');
  await page.getByText('Errata does not answer').waitFor();
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('No errors fit these filters').waitFor();
  complaints.length = 0;
  await close();
});
