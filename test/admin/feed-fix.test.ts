// A fix as somebody makes it on the feed: a dry run, a yes, and the proof; and what stands in its way when it may not act.
import { afterAll, beforeAll, expect } from 'vitest';
import { accessibilityFaults } from './accessibility.ts';
import { lookAt } from './look-at.ts';
import { browserTest as test, openAdmin, takePicture } from './open-admin.ts';
import type { Admin } from './open-admin.ts';
import { startPoolService } from './pool-service.ts';
import type { PoolService } from './pool-service.ts';

/** Nothing here has a Docker engine. */
const RESTART = `
apiVersion: errata/v1
rules:
  - id: restart-hung
    title: Restart a service that hangs
    mode: auto
    when: { match: { all: [{ field: error_type, eq: timeout }] }, count: 1 }
    target: subject
    diagnose: [{ id: http, probe: http.get, with: { path: /healthz } }]
    plan:
      - branch: hung
        finding: HUNG
        steps: [{ id: restart, action: container.restart }]
        then: verify
    verify: { settle: 100ms, soak: 1s, no_traffic: pass }
`;

let admin: Admin;
let service: PoolService;
beforeAll(async () => {
  service = await startPoolService({
    services: { orders: 'auto', ghost: 'auto' },
    gone: ['ghost'],
    rules: { 'restart.yaml': RESTART },
  });
  admin = await openAdmin({ env: service.env });
});
afterAll(async () => {
  await admin?.close();
  await service?.stop();
});

async function openError(name: string, type = 'pool_exhausted') {
  const { id } = await admin.post('/api/errors/log', {
    service: name,
    severity: 'error',
    error_type: type,
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

test('a rule that knows the error and can’t work here is named with what it lacks, and nobody is told to write one', async () => {
  const { page, close } = await openError('orders', 'timeout');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('A rule knows this error, but can’t work here.').waitFor();
  await dialog.getByText('Restart a service that hangs').waitFor();
  await dialog.getByText('no Docker engine is configured, and it is needed for container.restart').waitFor();
  expect(await dialog.getByText('write a rule').count()).toBe(0);
  expect(await dialog.getByRole('button').allInnerTexts()).toEqual(['Cancel']);
  await lookAt(page, 'fix-unavailable');
  await close();
});

test('an error that no rule knows says so, and where rules are told of', async () => {
  const { page, close } = await openError('orders', 'database_error');
  await page.getByRole('dialog').getByText('No rule knows this error.').waitFor();
  await close();
});

test('a plan without steps says to whom it would be handed, with which questions, and the button says that', async () => {
  const { page, close } = await openError('ghost');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Nothing would be changed.').waitFor();
  await dialog.getByText('Would be handed to morgan, with').waitFor();
  expect(await dialog.locator('.bullets li').allInnerTexts()).toEqual([
    'Is the pool leaking or too small?',
    'What changed with the last release?',
  ]);
  expect(await dialog.getByRole('button').allInnerTexts()).toEqual(['Cancel', 'Hand over']);
  await lookAt(page, 'fix-hand-over');
  await close();
});

test('from the click to the proof: plan, yes, each move, succeeded, resolved', async () => {
  const { page, close } = await openError('orders');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('pool.reset').waitFor();
  await dialog
    .getByText(
      /^Counts as a success when the probe http\.get passes 2 times in a row \(ok is true\), and no error of the same groups for 2 s/,
    )
    .waitFor();
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
