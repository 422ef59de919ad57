import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

test('a full disk answers 503 and keeps what it has; with room again it takes errors by itself', async ({ skip }) => {
  skip(!mounted, 'no right to mount');
  processor = await startProcessor(disk);
  const { otlp, api } = processor;
  const post = async (message: string) => {
    const span = { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex'), message };
    const response = await fetch(`${otlp}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(tracesOf([span])),
    });
    await response.arrayBuffer();
    return { status: response.status, retryAfter: response.headers.get('retry-after') };
  };
  expect(await post('before')).toEqual({ status: 200, retryAfter: null });
  const { bavail, bsize } = await statfs(disk);
  const ballast = join(disk, 'ballast');
  // The store writes meanwhile: the last bytes may be its own.
  await expect(writeFile(ballast, Buffer.alloc((bavail + 1) * bsize))).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(await post('on the full disk')).toEqual({ status: 503, retryAfter: '1' });
  expect(await post('on the full disk')).toEqual({ status: 503, retryAfter: '1' });
  await truncate(ballast, 0);
  expect(await post('on the full disk')).toEqual({ status: 200, retryAfter: null });
  const page = (await (await fetch(`${api}/api/errors`)).json()) as { total: number; errors: { message: string }[] };
  expect(page.total).toBe(2);
  expect(page.errors.map((error) => error.message).toSorted()).toEqual(['before', 'on the full disk']);
});
