// The page as people look at it, in light, dark and narrow: a picture of each, and axe finds nothing in any.
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { accessibilityFaults } from './accessibility.ts';
import { takePicture } from './open-admin.ts';

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

export async function lookAt(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await takePicture(page, `${name}-${colorScheme}`);
    expect(await accessibilityFaults(page)).toEqual([]);
  }
  await page.setViewportSize(NARROW);
  await takePicture(page, `${name}-narrow`);
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(NARROW.width);
  await page.setViewportSize(WIDE);
}
