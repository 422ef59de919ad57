// The admin page as a person meets it: the built processor in a process of its own, and Chromium. Anything that the page
// says in the browser's console, a refused request or a breach of the policy for instance, fails the test that saw it.
import { access, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { startProcessor } from '../processor.ts';
import type { Processor } from '../processor.ts';
import { requirement } from '../require.ts';
import { EXECUTABLE, launchChromium } from './launch-chromium.ts';

const SCREENSHOTS = '.cache/screenshots';
const WIDE = { width: 1440, height: 900 };

/** Vitest's `test`, skipped where Chromium is missing. */
export const browserTest = await requirement('chromium', () =>
  access(EXECUTABLE).then(
    () => undefined,
    () => `there is no ${EXECUTABLE}`,
  ),
);

export interface Visit {
  readonly page: Page;
  /** What the console said; a test that expects something takes it out. */
  readonly complaints: string[];
  /** Fails when the console said anything that no test took out. */
  readonly close: () => Promise<void>;
}

export interface Admin {
  readonly processor: Processor;
  readonly browser: Browser;
  /** A new browser profile at the page; `hash` like `#/errors`. */
  visit(hash?: string, options?: BrowserContextOptions): Promise<Visit>;
  /** POST to REST, as a program does. Throws when it is refused. */
  readonly post: (path: string, body?: object) => Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

interface OpenOptions {
  readonly env?: Record<string, string>;
  /** Of every call by `post`. */
  readonly token?: string;
}

export async function openAdmin({ env = {}, token }: OpenOptions = {}): Promise<Admin> {
  const folder = await mkdtemp(join(tmpdir(), 'errata-admin-'));
  const processor = await startProcessor(folder, { env });
  const { browser, close } = await launchChromium(Number(new URL(processor.admin).port));
  return {
    processor,
    browser,
    async visit(hash = '', options = {}) {
      const context = await browser.newContext({ viewport: WIDE, locale: 'en-GB', timezoneId: 'UTC', ...options });
      const { page, complaints } = await openPage(context);
      await page.goto(`${processor.admin}/admin${hash}`);
      return {
        page,
        complaints,
        async close() {
          await context.close();
          expect(complaints).toEqual([]);
        },
      };
    },
    async post(path, body = {}) {
      const response = await fetch(`${processor.api}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as Record<string, unknown>;
    },
    async close() {
      await close();
      await processor.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openPage(context: BrowserContext): Promise<{ page: Page; complaints: string[] }> {
  const complaints: string[] = [];
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints };
}

/** For looking at: .cache/screenshots/<name>.png. */
export async function takePicture(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: 'disabled' });
}
