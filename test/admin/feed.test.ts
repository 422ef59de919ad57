import { afterAll, beforeAll, expect } from 'vitest';
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

test('pictures', async () => {
  for (const [scheme, viewport] of [
    ['light', WIDE],
    ['dark', WIDE],
    ['narrow', NARROW],
  ] as const) {
    const { page, close } = await admin.visit('#/errors', {
      viewport,
      colorScheme: scheme === 'dark' ? 'dark' : 'light',
    });
    await page.getByText('PostgreSQL health check failed').first().waitFor();
    await takePicture(page, `errors-${scheme}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'payment service did not answer' }).first().click();
    await page.getByRole('heading', { name: 'Stack' }).waitFor();
    await page.getByRole('heading', { name: 'Seen before' }).waitFor();
    await takePicture(page, `error-${scheme}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Groups' }).click();
    await page.getByText('6 groups').or(page.getByText('5 groups')).waitFor();
    await takePicture(page, `groups-${scheme}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('listitem').first().getByRole('link').click();
    await page.getByText('first seen').waitFor();
    await takePicture(page, `group-${scheme}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Fix…' }).click();
    await page.getByText('dry run').waitFor();
    await takePicture(page, `fix-${scheme}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    await close();
  }
});
