// A backup of a processor under load, then the loss of its store: what was acknowledged before the call is there again.
import { randomBytes } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcessor } from '../processor.ts';
import { numberedErrors, postUntilAcknowledged, tracesOf } from './otlp-json.ts';
import { readAll, until } from './read-all.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'errata-backup-running-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const SENDERS = 4;
const ERRORS_PER_REQUEST = 20;

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function askBackup(api: string): Promise<Answer> {
  const response = await fetch(`${api}/api/backups`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

function restore(folder: string, dataDir: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/main.js', 'restore', folder], {
    env: { PATH: process.env['PATH'], ERRATA_CONFIG: 'test/empty.yaml', ERRATA_DATA_DIR: dataDir },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status, stdout).toBe(0);
  return stdout;
}

/** Sends until it is told to stop; each message is of one error. */
function startLoad(otlp: string, giveUp: AbortSignal) {
  const acknowledged = new Set<string>();
  const done = new AbortController();
  const errors = numberedErrors();
  const send = async () => {
    while (!done.signal.aborted) {
      const spans = errors(ERRORS_PER_REQUEST);
      await postUntilAcknowledged(`${otlp}/v1/traces`, tracesOf(spans), giveUp);
      for (const span of spans) acknowledged.add(span.message);
    }
  };
  const senders = Array.from({ length: SENDERS }, send);
  return {
    acknowledged,
    async stop() {
      done.abort();
      await Promise.all(senders);
    },
  };
}

test('a backup under load holds all that was acknowledged before it, and sending goes on meanwhile', async () => {
  const dataDir = join(root, 'data');
  const processor = await startProcessor(dataDir);
  await writeFile(join(dataDir, 'health-checks.json'), '{"ledger":"postgresql"}');
  // Of a backup that a kill has cut off, and of somebody else.
  const cutOff = join(dataDir, 'backups/2026-11-23T03-00-00.000Z.partial-Ab12cD');
  await mkdir(join(cutOff, 'clickhouse'), { recursive: true });
  await mkdir(join(dataDir, 'backups/mine.partial-Ab12cD'));
  const giveUp = AbortSignal.timeout(120_000);
  const load = startLoad(processor.otlp, giveUp);
  await until(() => load.acknowledged.size >= 2_000, giveUp);
  const before = [...load.acknowledged];
  const [first, second] = await Promise.all([askBackup(processor.api), askBackup(processor.api)]);
  const afterwards = load.acknowledged.size;
  const [made, refused] = first.status === 201 ? [first, second] : [second, first];
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  expect(refused).toMatchObject({ status: 409, body: { code: 'CONFLICT', detail: 'a backup is being made' } });
  expect(afterwards).toBeGreaterThan(before.length);
  const name = String(made.body['name']);
  expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/);
  expect(made.body).toEqual({
    name,
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    errors: expect.any(Number),
    files: expect.any(Number),
    bytes: expect.any(Number),
    seconds: expect.any(Number),
  });
  expect(Number(made.body['errors'])).toBeGreaterThanOrEqual(before.length);
  expect((await readdir(join(dataDir, 'backups'))).sort()).toEqual([name, 'mine.partial-Ab12cD']);
  expect((await stat(join(dataDir, 'backups', name))).mode & 0o777).toBe(0o700);
  await until(() => load.acknowledged.size >= afterwards + 500, giveUp);
  await load.stop();
  const all = (await readAll(processor.api)).map(({ message }) => message);
  expect(all.toSorted()).toEqual([...load.acknowledged].toSorted());
  await processor.kill();

  await rm(join(dataDir, 'clickhouse'), { recursive: true });
  await rm(join(dataDir, 'health-checks.json'));
  restore(join(dataDir, 'backups', name), dataDir);
  expect(await readFile(join(dataDir, 'health-checks.json'), 'utf8')).toBe('{"ledger":"postgresql"}');
  const again = await startProcessor(dataDir);
  try {
    const restored = (await readAll(again.api)).map(({ message }) => message);
    expect(new Set(restored).size).toBe(restored.length);
    expect(before.filter((message) => !restored.includes(message))).toEqual([]);
    const sent = new Set(all);
    expect(restored.filter((message) => !sent.has(message))).toEqual([]);
    process.stdout.write(
      `backup under load: ${before.length} acknowledged before, ${afterwards - before.length} while it was made (${String(made.body['seconds'])} s); ${restored.length} restored\n`,
    );
  } finally {
    await again.stop();
  }
}, 180_000);

test('on a full disk a backup is refused, nothing of it is left, and errors are still taken', async ({ skip }) => {
  const disk = join(root, 'disk');
  await mkdir(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', disk], { stdio: 'pipe' });
  } catch {
    skip(true, 'no right to mount');
  }
  const processor = await startProcessor(disk);
  try {
    const send = (message: string) =>
      postUntilAcknowledged(
        `${processor.otlp}/v1/traces`,
        tracesOf([{ traceId: randomBytes(16).toString('hex'), spanId: '1'.repeat(16), message }]),
        AbortSignal.timeout(10_000),
      );
    await send('before');
    // Room for the list of a backup's files, none for the files.
    const { bavail, bsize } = await statfs(disk);
    const ballast = join(disk, 'ballast');
    await writeFile(ballast, Buffer.alloc((bavail - 12) * bsize));
    const refused = await askBackup(processor.api);
    expect(refused).toMatchObject({
      status: 503,
      body: { code: 'STORE_UNAVAILABLE', detail: 'the disk has no room for a backup: nothing of it was kept' },
    });
    expect(await readdir(join(disk, 'backups'))).toEqual([]);
    await rm(ballast);
    await send('after');
    expect((await askBackup(processor.api)).status).toBe(201);
    expect((await readAll(processor.api)).map(({ message }) => message).toSorted()).toEqual(['after', 'before']);
  } finally {
    await processor.stop();
    execFileSync('umount', [disk]);
  }
}, 120_000);
