import { afterAll, beforeAll, expect } from 'vitest';
import type { Page } from 'playwright-core';
import { accessibilityFaults } from './accessibility.ts';
import { lookAt } from './look-at.ts';
import { browserTest as test, openAdmin, takePicture } from './open-admin.ts';
import type { Admin } from './open-admin.ts';
import { startPoolService } from './pool-service.ts';
import type { PoolService } from './pool-service.ts';

const services = { cart: 'approve', basket: 'approve', ledger: 'observe', ghost: 'auto', checked: 'auto' } as const;

/** Its check asks PostgreSQL of what speaks HTTP: correcting that can be undone. */
const CHECK = `
apiVersion: errata/v1
rules:
  - id: check-in-the-wrong-protocol
    title: A health check asks in the wrong protocol
    mode: auto
    when: { match: { all: [{ field: error_type, eq: health_check_failed }] }, count: 1 }
    target: subject
    diagnose: [{ id: wire, probe: protocol.sniff }]
    plan:
      - branch: wrong
        if: { all: [{ fact: wire.protocol, eq: http }] }
        finding: CHECK_PROTOCOL_MISMATCH
        steps: [{ id: correct, action: check.correct, with: { protocol: http } }]
        then: verify
    verify: { settle: 100ms, soak: 1s, no_traffic: pass }
    limits: { cooldown: 0ms }
`;

let pool: PoolService;
let admin: Admin;
beforeAll(async () => {
  pool = await startPoolService({
    services,
    gone: ['ghost'],
    wronglyChecked: ['checked'],
    rules: { 'check.yaml': CHECK },
  });
  admin = await openAdmin({ env: pool.env });
  for (const service of ['ghost', 'ledger', 'nobody', 'basket', 'cart']) await exhaust(service);
});
afterAll(async () => {
  await admin?.close();
  await pool?.stop();
});

/** The rule wants three. */
async function exhaust(service: string): Promise<void> {
  for (let count = 0; count < 3; count += 1) {
    await admin.post('/api/errors/log', {
      service,
      severity: 'error',
      error_type: 'pool_exhausted',
      message: 'Redis connection pool exhausted: 3 of 3 in use',
    });
  }
}

const row = (page: Page, text: string) => page.getByRole('listitem').filter({ hasText: text }).getByRole('link');

test('how many wait for a yes stands on every view and in the title, and leads to them', async () => {
  const { page, close } = await admin.visit('#/trends');
  await page.getByRole('link', { name: '2 to approve' }).waitFor();
  await expect.poll(() => page.title()).toBe('(2) Trends · Errata');
  await lookAt(page, 'approvals');
  await page.getByRole('link', { name: '2 to approve' }).click();
  await expect.poll(() => page.getByRole('listitem').count()).toBe(2);
  expect(new URL(page.url()).hash).toBe('#/fixes?show=approval');
  await close();
});

test('a fix that waits is approved on the page, and is seen to act and to be verified without a reload', async () => {
  const { page, close } = await admin.visit('#/fixes');
  await row(page, 'cart').click();
  await page.getByRole('heading', { name: 'cart: CLIENT_POOL_EXHAUSTED' }).waitFor();
  await page.getByText(/There is 9 min \d\d s left/).waitFor();
  expect(pool.fails()).toBe(true);
  await lookAt(page, 'fixes-approval');

  const box = page.getByRole('region', { name: 'Your decision' });
  await expect.poll(() => box.locator('.steps li').allInnerTexts()).toEqual(['pool.reset\npool\nredis']);
  await box
    .getByText(
      /^Counts as a success when the probe http\.get passes 2 times in a row \(ok is true\), and no error of the same groups for 2 s/,
    )
    .waitFor();
  await page.getByRole('button', { name: 'Approve…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Approve the fix' });
  await expect.poll(() => dialog.locator('.steps li').allInnerTexts()).toEqual(['pool.reset\npool\nredis']);
  expect(pool.fails()).toBe(true);
  await lookAt(page, 'fixes-approving');
  await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
  // The first does not last.
  await page.getByText('Verifying', { exact: true }).waitFor();
  await page.getByRole('link', { name: '1 to approve' }).waitFor();
  expect(pool.fails()).toBe(false);
  await takePicture(page, 'fixes-running-light');
  const pane = page.getByRole('region', { name: 'Details' });
  await pane.getByText('succeeded').first().waitFor();
  expect(await pane.locator('.entry-head strong').allTextContents()).toEqual([
    'Fired',
    'Diagnosed',
    'Approval asked for',
    'Approved',
    'Intent on record',
    'Acted',
    'Verified',
    'Ended',
  ]);
  await pane.getByText('approved by local').waitFor();
  await pane.getByText('{"closed":3}').waitFor();
  await pane.getByText('works again after pool.reset; 0 errors of the same groups in 2 s').first().waitFor();
  await lookAt(page, 'fixes-verified');
  await close();
});

test('a fix is rejected with a reason, which stands in its record', async () => {
  const { page, close } = await admin.visit('#/fixes');
  await row(page, 'basket').click();
  await page.getByRole('button', { name: 'Reject…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Reject the fix' });
  await dialog.getByLabel('Why').fill('we deploy a new pool in a minute');
  await takePicture(page, 'fixes-reject-light');
  expect(await accessibilityFaults(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Reject', exact: true }).click();
  const pane = page.getByRole('region', { name: 'Details' });
  await pane.getByText('rejected by local: we deploy a new pool in a minute').first().waitFor();
  expect(await pane.getByRole('button', { name: 'Approve…' }).count()).toBe(0);
  await row(page, 'basket').getByText('rejected', { exact: true }).waitFor();
  await close();
});

test('what was held back says why, and what to do about it', async () => {
  const { page, close } = await admin.visit('#/fixes?show=held');
  expect(await page.getByRole('listitem').count()).toBe(0);
  await row(page, 'nobody').click();
  const pane = page.getByRole('region', { name: 'Details' });
  await pane.getByText('no service or container is named nobody').first().waitFor();
  await pane.getByText('Name the service under services in errata.yaml, or label its container.').waitFor();
  await row(page, 'ledger').click();
  await pane.getByText('the mode is observe: it looks and does not act').first().waitFor();
  await lookAt(page, 'fixes-held');
  await close();
});

test('what was handed over names the agent, its questions, and the delegation', async () => {
  const { page, close } = await admin.visit('#/fixes');
  await row(page, 'ghost').click();
  const box = page.getByRole('region', { name: 'Handed over' });
  await box.getByText('Is the pool leaking or too small?').waitFor();
  expect(await box.getByRole('listitem').allTextContents()).toEqual([
    'Is the pool leaking or too small?',
    'What changed with the last release?',
  ]);
  await box.getByRole('link', { name: /^morgan/ }).waitFor();
  await lookAt(page, 'fixes-escalated');
  await close();
});

test('what a fix changed is rolled back, before and after stand side by side', async () => {
  await admin.post('/api/errors/log', {
    service: 'checked',
    severity: 'error',
    error_type: 'health_check_failed',
    message: 'health check failed',
  });
  const { page, close } = await admin.visit('#/fixes?rule=check-in-the-wrong-protocol');
  await row(page, 'checked').click();
  await page.getByRole('button', { name: 'Roll back…' }).click();
  await page.getByRole('dialog').getByText('check.correct').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
  const pane = page.getByRole('region', { name: 'Details' });
  await pane.getByText('rolled back').last().waitFor();
  expect(await pane.locator('.entry-head > strong, .entry-head > .mark').allTextContents()).toEqual([
    'Fired',
    'Diagnosed',
    'Intent on record',
    'Acted',
    'Verified',
    'Ended',
    'succeeded',
    'Undone',
    'Ended',
    'rolled back',
  ]);
  await lookAt(page, 'fixes-rolled-back');
  await close();
});

test('filters stand in the address and lead to what they say', async () => {
  const { page, close } = await admin.visit('#/fixes');
  await row(page, 'ledger').waitFor();
  await lookAt(page, 'fixes-list');
  await page.getByLabel('Outcome').selectOption('rejected');
  await expect.poll(() => page.getByRole('listitem').count()).toBe(1);
  expect(new URL(page.url()).hash).toBe('#/fixes?outcome=rejected');
  await page.getByLabel('Outcome').selectOption('worse');
  await page.getByText('No fix is like that').waitFor();
  await page.getByRole('link', { name: 'see all' }).click();
  await row(page, 'ledger').waitFor();
  await close();
});

test('j and k go through the fixes, Enter opens one and Escape shuts it', async () => {
  const { page, close } = await admin.visit('#/fixes');
  await row(page, 'ledger').waitFor();
  await page.keyboard.type('jjk');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'checked: CHECK_PROTOCOL_MISMATCH' }).waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('region', { name: 'Details' }).count()).toBe(0);
  await close();
});

test('each rule tells how far it may go and what it has brought', async () => {
  const { page, close } = await admin.visit('#/fixes?see=rules');
  const rule = page.getByRole('row', { name: /A service has no free connection/ });
  await rule.waitFor();
  expect((await rule.getByRole('cell').allInnerTexts()).slice(0, 5)).toEqual(['auto', '1', '1 100 %', '0', '0']);
  expect(await rule.getByRole('cell').last().innerText()).toMatch(/^at most 3 in 6 h, 1 s apart\nstops for /);
  await lookAt(page, 'fixes-rules');
  await close();
});

test('a person pauses all fixes with a reason, and the page says who, when and why', async () => {
  const { page, close } = await admin.visit('#/fixes');
  await page.getByRole('button', { name: 'Pause fixes' }).click();
  const dialog = page.getByRole('dialog', { name: 'Pause fixes' });
  await dialog.getByLabel('Why').fill('the database moves');
  await dialog.getByRole('button', { name: 'Pause fixes' }).click();
  const banner = page.getByRole('complementary', { name: 'Fixes are paused' });
  await banner.getByText('the database moves').waitFor();
  expect(await banner.getByRole('paragraph').innerText()).toBe(
    'Fixes are paused. Rules look, and change nothing. “the database moves” By local, now.',
  );
  await banner.getByRole('button', { name: 'Let fixes go on' }).click();
  await page.getByText(/switched on by/).waitFor();
  await close();
});

test('one that is not there is said to be missing, and why that may be', async () => {
  const { page, complaints, close } = await admin.visit('#/fixes/5b8ff798-0000-4000-8000-000000000000');
  await page.getByText('the fix could not be loaded').waitFor();
  await takePicture(page, 'fixes-unknown-light');
  expect(complaints.splice(0)).toEqual([expect.stringContaining('404')]);
  await close();
});
