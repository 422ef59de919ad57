// `errata backup`: the embedded store and the files beside it, into a folder that is complete or not there. It grows as
// <folder>.partial and gets its name at the end.
import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure } from '../failure.ts';
import { withBackupEngine } from './backup-engine.ts';
import { listBackupFiles, writeManifest } from './backup-manifest.ts';
import type { BackupManifest } from './backup-manifest.ts';
import { backUpTo, selectMigrationsTable, selectStoreFacts } from './queries-backup.ts';
import type { Runner } from './run.ts';

interface BackupTask {
  readonly dataDir: string;
  readonly folder: string;
  /** Of Errata. */
  readonly version: string;
  readonly nowMs: number;
}

/** Throws STORE_TAKEN while a processor runs, CONFIG_INVALID when there is no store or the folder is not empty. */
export async function createBackup({ dataDir, folder, version, nowMs }: BackupTask): Promise<BackupManifest> {
  const path = join(resolve(dataDir), 'clickhouse');
  if (!(await isFilled(path))) throw new Failure('CONFIG_INVALID', `${path} holds no store to back up`);
  if (await isFilled(folder)) throw new Failure('CONFIG_INVALID', `${folder} is not empty: a backup needs its own`);
  const partial = `${resolve(folder)}.partial`;
  // What a cut-off backup left is of no use to anyone.
  await rm(partial, { recursive: true, force: true });
  // Errors and hashes of tokens: for the owner only.
  await mkdir(partial, { recursive: true, mode: 0o700 });
  try {
    const facts = await withBackupEngine({ path, backups: partial }, (run) => backUpStore(run, partial));
    await copyFiles(dataDir, join(partial, 'files'));
    const manifest: BackupManifest = {
      format: 1,
      created_at: new Date(nowMs).toISOString(),
      errata: version,
      ...facts,
      files: await listBackupFiles(partial),
    };
    await writeManifest(partial, manifest);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    return manifest;
  } catch (failure) {
    await rm(partial, { recursive: true, force: true });
    throw failure;
  }
}

async function backUpStore(
  run: Runner,
  partial: string,
): Promise<Pick<BackupManifest, 'clickhouse' | 'migration' | 'errors'>> {
  const [found] = await run.rows<{ tables: number | string }>(selectMigrationsTable());
  if (Number(found?.tables) === 0) throw new Failure('CONFIG_INVALID', 'the store was never opened by Errata');
  const [facts] = await run.rows<{ clickhouse: string; migration: number | string; errors: number | string }>(
    selectStoreFacts(),
  );
  if (facts === undefined) throw new Failure('STORE_UNAVAILABLE', 'the store does not say what it holds');
  await run.command(backUpTo(join(partial, 'clickhouse')));
  return { clickhouse: facts.clickhouse, migration: Number(facts.migration), errors: Number(facts.errors) };
}

/** Tokens, corrected health checks: whatever the parts keep in the data folder beside the store. */
async function copyFiles(dataDir: string, into: string): Promise<void> {
  await mkdir(into);
  const entries = await readdir(dataDir, { withFileTypes: true });
  for (const entry of entries)
    if (entry.isFile() && entry.name.endsWith('.json'))
      await copyFile(join(dataDir, entry.name), join(into, entry.name));
}

async function isFilled(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) return false;
  if (!found.isDirectory()) throw new Failure('CONFIG_INVALID', `${folder} is not a folder`);
  return (await readdir(folder)).length > 0;
}
