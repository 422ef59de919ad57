// The power goes: the process dies and with it all that the disk was not told to keep. A file system in a file is told to
// forget, by the ioctl that its makers test with: needs the right to mount.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { startProcessor } from '../processor.ts';
import type { Processor } from '../processor.ts';
import { requirement } from '../require.ts';
import { numberedErrors, postUntilAcknowledged, tracesOf } from './otlp-json.ts';
import { readAll } from './read-all.ts';

let folder: string;
let disk: string;
let mounted = false;
let processor: Processor | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'errata-power-'));
  disk = join(folder, 'disk');
  await mkdir(disk);
});
afterAll(async () => {
  await processor?.kill();
  if (mounted) execFileSync('umount', [disk]);
  await rm(folder, { recursive: true, force: true });
});

const ERRORS = 3_000;
const SENDERS = 16;

/** Between two of a sender's requests: many small commits, hence many merges. */
const PAUSE_MS = 20;

/** Long enough that merges are done and what they replaced is gone, short of the 30 s after which Linux writes by itself. */
const MERGES_MS = 8_000;

/** EXT4_IOC_SHUTDOWN with NOLOGFLUSH: what was not synced is lost. */
const POWER_OFF = `my $flag = pack('L', 2); sysopen(my $disk, $ARGV[0], 0) or die $!; ioctl($disk, 0x8004587d, $flag) or die $!;`;

const test = await requirement('loop', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'errata-loop-'));
  try {
    await makeDisk(join(dir, 'image'));
    execFileSync('mount', ['-o', 'loop', join(dir, 'image'), dir], { stdio: 'pipe' });
    execFileSync('umount', [dir]);
    return undefined;
  } catch (cause) {
    return `no right to mount a file system in a file (${String(cause).split('\n')[0]})`;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test('after a loss of power it starts, and every error that was acknowledged is there once', async () => {
  const image = join(folder, 'image');
  await makeDisk(image);
  mount(image);
  const dataDir = join(disk, 'data');
  processor = await startProcessor(dataDir);
  const { otlp } = processor;
  const acknowledged = new Set<string>();
  const errors = numberedErrors();
  const send = async () => {
    while (acknowledged.size < ERRORS) {
      const spans = errors(1);
      await postUntilAcknowledged(`${otlp}/v1/traces`, tracesOf(spans), AbortSignal.timeout(30_000));
      for (const span of spans) acknowledged.add(span.message);
      await sleep(PAUSE_MS);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, send));
  await sleep(MERGES_MS);

  execFileSync('perl', ['-e', POWER_OFF, disk]);
  await processor.kill();
  processor = undefined;
  await vi.waitFor(() => unmount(), 10_000);
  mount(image);

  processor = await startProcessor(dataDir);
  const messages = (await readAll(processor.api)).map((row) => row.message);
  expect(messages.toSorted()).toEqual([...acknowledged].toSorted());
}, 120_000);

/** Without a journal: nothing but what was synced is sure to be there. */
async function makeDisk(image: string): Promise<void> {
  await writeFile(image, '');
  await truncate(image, 2 * 1024 ** 3);
  execFileSync('mkfs.ext4', ['-q', '-F', '-O', '^has_journal', image], { stdio: 'pipe' });
}

function mount(image: string): void {
  execFileSync('mount', ['-o', 'loop', image, disk], { stdio: 'pipe' });
  mounted = true;
}

function unmount(): void {
  execFileSync('umount', [disk], { stdio: 'pipe' });
  mounted = false;
}
