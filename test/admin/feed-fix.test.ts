// A fix as somebody makes it on the feed: a dry run, a yes, and the proof; and what stands in its way when it may not act.
import { afterAll, beforeAll, expect } from 'vitest';
import { accessibilityFaults } from './accessibility.ts';
import { browserTest as test, openAdmin, takePicture } from './open-admin.ts';
import type { Admin } from './open-admin.ts';
import { startPoolService } from './pool-service.ts';
import type { PoolService } from './pool-service.ts';

let admin: Admin;
let service: PoolService;
beforeAll(async () => {
  service = await startPoolService({ services: { orders: 'auto' } });
  admin = await openAdmin({ env: service.env });
});
afterAll(async () => {
  await admin?.close();
  await service?.stop();
});

async function openError(name: string) {
  const { id } = await admin.post('/api/errors/log', {
    service: name,
    severity: 'error',
    error_type: 'pool_exhausted',
    message: 'redis pool exhausted: 20 of 20 in use',
  });
  const visit = await admin.visit(`#/errors/${String(id)}`);
  await visit.page.getByRole('button', { name: 'Fix…' }).click();
  return visit;
}

test('a dry run shows what would be done and what stops it, and nothing is changed', async () => {
  await admin.post('/api/healing/pause', { paused: true, reason: 'we are deploying' });
  const { page, close } = await openError('orders');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('This is a dry run: nothing was changed.').waitFor();
  await dialog.getByText('pool.reset').waitFor();
  await dialog.getByText('It would be held back: paused.').waitFor();
  expect(await dialog.getByRole('button').allInnerTexts()).toEqual(['Cancel']);
  await takePicture(page, 'fix-held-back-light');
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(service.fails()).toBe(true);
  await admin.post('/api/healing/pause', { paused: false });
  await close();
});

test('from the click to the proof: plan, yes, each move, succeeded, resolved', async () => {
  const { page, close } = await openError('orders');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('pool.reset').waitFor();
  await dialog.getByText('What was seen').click();
  await dialog.getByText('http.status').waitFor();
  await takePicture(page, 'fix-dry-run-light');
  expect(service.fails()).toBe(true);
  await dialog.getByRole('button', { name: 'Do it' }).click();
  await dialog.getByRole('status').getByText('succeeded').waitFor({ timeout: 40_000 });
  expect(service.fails()).toBe(false);
  await dialog.getByText('What was seen afterwards').waitFor();
  await takePicture(page, 'fix-succeeded-light');
  expect(await accessibilityFaults(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Close' }).click();
  const pane = page.getByRole('region', { name: 'Details' });
  await pane.getByText('resolved', { exact: true }).waitFor();
  await pane.getByText('fixed by rule').waitFor();
  await pane.getByRole('link', { name: 'pool-exhausted' }).click();
  await expect.poll(() => new URL(page.url()).hash, { timeout: 15_000 }).toMatch(/^#\/fixes\/[0-9a-f-]{36}$/);
  await close();
});
