import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startProcessor } from '../processor.ts';
import type { Processor } from '../processor.ts';
import { tracesOf } from './otlp-json.ts';

// A disk of its own, small enough to fill: needs the right to mount.
let disk: string;
let processor: Processor | undefined;
let mounted = false;
beforeAll(async () => {
  disk = await mkdtemp(join(tmpdir(), 'errata-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', disk], { stdio: 'pipe' });
    mounted = true;
  } catch {
    process.stdout.write('skipped: no right to mount a small disk\n');
  }
});
afterAll(async () => {
  await processor?.stop();
  if (mounted) execFileSync('umount', [disk]);
  await rm(disk, { recursive: true, force: true });
});

test('a full disk answers 503 in words, is not ready and keeps what it has; with room again it is ready by itself', async ({
  skip,
}) => {
  skip(!mounted, 'no right to mount');
  processor = await startProcessor(disk);
  const { otlp, api } = processor;
  const post = async (told: string) => {
    const span = { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex'), message: told };
    const response = await fetch(`${otlp}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(tracesOf([span])),
    });
    const { message } = (await response.json()) as { message?: string };
    return { status: response.status, retryAfter: response.headers.get('retry-after'), message };
  };
  const ready = async () => {
    const response = await fetch(`${api}/readyz`);
    return [response.status, ((await response.json()) as { detail?: string }).detail];
  };
  const TAKEN = { status: 200, retryAfter: null, message: undefined };
  const REFUSED = { status: 503, retryAfter: '1', message: expect.stringMatching(/^the store's disk is full/) };
  const READY = [200, undefined];
  const FULL = [503, expect.stringContaining('the store takes no inserts: its disk is full')];
  expect(await ready()).toEqual(READY);
  expect(await post('before')).toEqual(TAKEN);
  const { bavail, bsize } = await statfs(disk);
  const ballast = join(disk, 'ballast');
  // The store writes meanwhile: the last bytes may be its own.
  await expect(writeFile(ballast, Buffer.alloc((bavail + 1) * bsize))).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(await post('on the full disk')).toEqual(REFUSED);
  expect(await post('on the full disk')).toEqual(REFUSED);
  const body = JSON.stringify({ service: 'checkout', severity: 'error', error_type: 'other', message: 'by REST' });
  const logged = await fetch(`${api}/api/errors/log`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect([logged.status, await logged.json()]).toMatchObject([
    503,
    { code: 'STORE_UNAVAILABLE', detail: REFUSED.message },
  ]);
  await vi.waitFor(async () => expect(await ready()).toEqual(FULL), { timeout: 5_000, interval: 200 });
  // A balancer that heard it sends nothing any more: it must come back without an error that is taken.
  await truncate(ballast, 0);
  await vi.waitFor(async () => expect(await ready()).toEqual(READY), { timeout: 15_000, interval: 200 });
  expect(await post('on the full disk')).toEqual(TAKEN);
  const page = (await (await fetch(`${api}/api/errors`)).json()) as { total: number; errors: { message: string }[] };
  expect(page.total).toBe(2);
  expect(page.errors.map((error) => error.message).toSorted()).toEqual(['before', 'on the full disk']);
});
