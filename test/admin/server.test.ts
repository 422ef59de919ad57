// The page as bytes over HTTP: addresses, caching, policy, weight. Needs no browser.
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '../../src/api/routes.ts';
import { startProcessor } from '../processor.ts';
import type { Processor } from '../processor.ts';

let processor: Processor;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'errata-page-'));
  processor = await startProcessor(folder);
});
afterAll(async () => {
  await processor?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As they came, not unpacked. */
  readonly body: Buffer;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | undefined;
}

function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return ask(path, { headers });
}

function ask(path: string, { method = 'GET', headers = {}, body }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(`${processor.admin}${path}`, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    })
      .on('error', reject)
      .end(body);
  });
}

async function assets(): Promise<readonly string[]> {
  const html = String((await get('/admin')).body);
  return [...html.matchAll(/(?:href|src)="(\/admin\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
}

test('the address of the machine leads to the page, which is asked for anew each time and answered briefly', async () => {
  expect(await get('/')).toMatchObject({ status: 302, headers: { location: '/admin' } });
  const page = await get('/admin');
  expect(page).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
  });
  const again = await get('/admin', { 'if-none-match': String(page.headers.etag) });
  expect(again.status).toBe(304);
  expect(again.body).toHaveLength(0);
});

test('scripts and styles come from here alone, and nothing of the page can make markup of text', async () => {
  const { headers } = await get('/admin');
  const policy = String(headers['content-security-policy']);
  expect(policy.replace(/'sha256-[\w+/=]{44}'/, "'sha256-…'")).toBe(
    "default-src 'none'; script-src 'self' 'sha256-…'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  );
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test('what the page is made of may be kept for ever, and nothing else is handed out', async () => {
  const paths = await assets();
  expect(paths.length).toBeGreaterThan(20);
  for (const path of paths) {
    expect(await get(path)).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'public, max-age=31536000, immutable' },
    });
  }
  const [first = ''] = paths;
  const base = first.slice(0, first.lastIndexOf('/'));
  for (const path of [
    `${base}/../../../package.json`,
    `${base}/%2e%2e/main.js`,
    `${base}/main.js.map`,
    '/admin/none',
  ]) {
    expect((await get(path)).status).toBe(404);
  }
});

test('without tokens, what a proxy passes on under another name gets the page and nothing else', async () => {
  const host = 'errata.example.com';
  const headers = { host, origin: `https://${host}`, 'x-errata-page': '1', 'content-type': 'application/json' };
  const calls = [
    ['POST', '/admin/session'],
    ['DELETE', '/admin/session'],
    ...routes.map(({ method, path }) => [method, path.replace(/:\w+/, '0b7f9a52-41b4-8a3c-9f0e-1d2c3b4a5968')]),
  ] as const;
  expect(calls.length).toBeGreaterThan(30);
  for (const [method = '', path = ''] of calls) {
    const body = method === 'POST' ? '{"token":"errata_x"}' : undefined;
    const { status } = await ask(path, { method, headers, body });
    expect([method, path, status]).toEqual([method, path, 403]);
  }
  expect((await get('/admin', { host })).status).toBe(200);
});

test('the first view weighs less than 100 kB over the wire', async () => {
  const paths = [...new Set(['/admin', ...(await assets())])];
  const sizes = await Promise.all(
    paths.map(async (path) => (await get(path, { 'accept-encoding': 'br' })).body.length),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`page weight: ${(total / 1_000).toFixed(1)} kB in ${paths.length} requests (brotli)`);
  expect(total).toBeLessThan(100_000);
});
