// A backup: the embedded store and the files beside it, in a folder that is complete or not there. It grows beside its place
// under a name that nobody else has, and gets its own at the end.
import { copyFile, lstat, mkdir, mkdtemp, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Failure } from '../failure.ts';
import { listBackupFiles, writeManifest } from './backup-manifest.ts';
import type { BackupManifest } from './backup-manifest.ts';
import { backUpTo, selectMigrationsTable, selectStoreFacts } from './queries-backup.ts';
import type { Runner } from './run.ts';
import { makeFolder, sync, syncTree } from './sync-files.ts';

interface BackupTask {
  readonly dataDir: string;
  readonly folder: string;
  /** Of Errata. */
  readonly version: string;
  readonly nowMs: number;
}

/** Lends an engine that may write its backup into this folder. */
type LendEngine = <T>(backups: string, use: (run: Runner) => Promise<T>) => Promise<T>;

/** The copy is as large as the store, and the processor writes on meanwhile. */
const ROOM = 1.1;

/** Throws CONFIG_INVALID when there is no store or the folder is not empty, STORE_UNAVAILABLE when there is no room. */
export async function createBackup(
  { dataDir, folder: named, version, nowMs }: BackupTask,
  lend: LendEngine,
): Promise<BackupManifest> {
  const store = join(resolve(dataDir), 'clickhouse');
  const folder = resolve(named);
  if (!(await isFilled(store).catch((cause: unknown) => unusable(dataDir, cause))))
    throw new Failure('CONFIG_INVALID', `${store} holds no store to back up`);
  if (await isFilled(folder)) throw notEmpty(folder);
  await makeFolder(dirname(folder));
  // Errors and hashes of tokens: mkdtemp makes it for the owner only.
  const partial = await mkdtemp(`${folder}.partial-`);
  try {
    const facts = await lend(partial, (run) => backUpStore(run, partial));
    await copyFiles(dataDir, join(partial, 'files'));
    const manifest: BackupManifest = {
      format: 1,
      created_at: new Date(nowMs).toISOString(),
      errata: version,
      ...facts,
      files: await listBackupFiles(partial),
    };
    await writeManifest(partial, manifest);
    await syncTree(partial);
    // Takes the place of an empty folder and of nothing else.
    await rename(partial, folder);
    await sync(dirname(folder));
    return manifest;
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    throw failureOf(cause, folder);
  }
}

async function backUpStore(
  run: Runner,
  partial: string,
): Promise<Pick<BackupManifest, 'clickhouse' | 'migration' | 'errors'>> {
  const [found] = await run.rows<{ tables: number | string }>(selectMigrationsTable());
  if (Number(found?.tables) === 0) throw new Failure('CONFIG_INVALID', 'the store was never opened by Errata');
  const [facts] = await run.rows<StoreFacts>(selectStoreFacts());
  if (facts === undefined) throw new Failure('STORE_UNAVAILABLE', 'the store does not say what it holds');
  const { bavail, bsize } = await statfs(partial);
  if (bavail * bsize < Number(facts.bytes) * ROOM) throw noRoom();
  await run.command(backUpTo(join(partial, 'clickhouse')));
  return { clickhouse: facts.clickhouse, migration: Number(facts.migration), errors: Number(facts.errors) };
}

interface StoreFacts {
  readonly clickhouse: string;
  readonly migration: number | string;
  readonly errors: number | string;
  readonly bytes: number | string;
}

/** Tokens, corrected health checks: whatever the parts keep in the data folder beside the store. Links are followed. */
async function copyFiles(dataDir: string, into: string): Promise<void> {
  await mkdir(into);
  for (const name of (await readdir(dataDir)).filter((one) => one.endsWith('.json'))) {
    const path = join(dataDir, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() !== true)
      throw new Failure('CONFIG_INVALID', `${path} is no file and leads to none, so that it can't be backed up`);
    await copyFile(path, join(into, name));
  }
}

async function isFilled(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (found === undefined) return false;
  if (!found.isDirectory()) throw new Failure('CONFIG_INVALID', `${folder} is not a folder`);
  return (await readdir(folder)).length > 0;
}

function unusable(dataDir: string, cause: unknown): never {
  if (cause instanceof Failure) throw cause;
  throw new Failure('CONFIG_INVALID', `the data folder ${dataDir} can't be used: ${(cause as Error).message}`, {
    cause,
  });
}

function failureOf(cause: unknown, folder: string): unknown {
  const inner = cause instanceof Failure ? cause.cause : cause;
  const { code } = (inner ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOTEMPTY' || code === 'EEXIST') return notEmpty(folder);
  const isFull = code === 'ENOSPC' || (inner instanceof Error && inner.message.includes('No space left on device'));
  return isFull ? noRoom(cause) : cause;
}

function notEmpty(folder: string): Failure {
  return new Failure('CONFIG_INVALID', `${folder} is not empty: a backup needs its own`);
}

function noRoom(cause?: unknown): Failure {
  return new Failure('STORE_UNAVAILABLE', 'the disk has no room for a backup: nothing of it was kept', { cause });
}
