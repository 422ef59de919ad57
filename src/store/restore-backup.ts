// `errata restore`: a backup into an empty data folder. It is put together and migrated in a folder of its own, named
// <dataDir>/restored in one step when it is whole, and moved to its places by finish-restore.ts.
import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../failure.ts';
import { withBackupEngine } from './backup-engine.ts';
import { readManifest, writeManifest } from './backup-manifest.ts';
import type { BackupManifest } from './backup-manifest.ts';
import { createClickHouseStore } from './clickhouse-store.ts';
import type { StoreDeps } from './clickhouse-store.ts';
import { RESTORED, finishRestore } from './finish-restore.ts';
import { restoreFrom } from './queries-backup.ts';
import { migrations } from './schema.ts';
import { makeFolder, sync, syncTree } from './sync-files.ts';

interface RestoreTask {
  readonly dataDir: string;
  readonly folder: string;
  readonly retentionDays: number;
}

/** Throws CONFIG_INVALID when the backup is damaged or of a newer Errata, or when the data folder holds anything of ours. */
export async function restoreBackup(task: RestoreTask, deps: StoreDeps): Promise<BackupManifest> {
  const dataDir = resolve(task.dataDir);
  const folder = resolve(task.folder);
  await makeFolder(dataDir);
  const finished = await finishRestore(dataDir);
  if (finished === undefined) await refuseFilled(dataDir);
  const manifest = await readManifest(folder);
  if (isDeepStrictEqual(finished, manifest)) return manifest;
  await refuseFilled(dataDir);
  refuseNewer(manifest);
  const restoring = await mkdtemp(join(dataDir, 'restoring-'));
  try {
    await withBackupEngine({ path: join(restoring, 'clickhouse'), backups: folder }, (run) =>
      run.command(restoreFrom(join(folder, 'clickhouse'))),
    );
    await migrateRestored(restoring, task.retentionDays, deps);
    await writeKept(manifest, folder, join(restoring, 'files'));
    await writeManifest(restoring, manifest);
    await syncTree(restoring);
    // It took a while: a processor may have started meanwhile.
    await refuseFilled(dataDir);
    await rename(restoring, join(dataDir, RESTORED));
  } catch (failure) {
    await rm(restoring, { recursive: true, force: true });
    throw failure;
  }
  await sync(dataDir);
  await finishRestore(dataDir);
  return manifest;
}

/** Those that were checked, and nothing that came to lie beside them. Hashes of tokens: for the owner only. */
async function writeKept({ files }: BackupManifest, folder: string, into: string): Promise<void> {
  await mkdir(into);
  for (const name of files.flatMap(({ path }) => /^files\/([^/]+)$/.exec(path)?.[1] ?? []))
    await writeFile(join(into, name), await readFile(join(folder, 'files', name)), { flag: 'wx', mode: 0o600 });
}

async function migrateRestored(dataDir: string, retentionDays: number, deps: StoreDeps): Promise<void> {
  const store = createClickHouseStore(
    { target: { kind: 'embedded', dataDir }, cluster: undefined, retentionDays },
    deps,
  );
  try {
    await store.start();
  } finally {
    await store.stop(5_000);
  }
}

function refuseNewer({ migration, errata }: BackupManifest): void {
  const newest = Math.max(...migrations.map(({ version }) => version));
  if (migration > newest) {
    throw new Failure(
      'CONFIG_INVALID',
      `the backup has migration ${migration}; this version knows ${newest}: restore it with Errata ${errata} or newer`,
    );
  }
}

async function refuseFilled(dataDir: string): Promise<void> {
  const names = await readdir(dataDir);
  // Of a restore it would have been finished before.
  if (names.includes(RESTORED) && (await readdir(join(dataDir, RESTORED))).length > 0)
    throw new Failure('CONFIG_INVALID', `${join(dataDir, RESTORED)} is not of a restore: move it away`);
  const ours = names.filter((name) => name === 'clickhouse' || name.endsWith('.json'));
  if (ours.length > 0) {
    throw new Failure(
      'CONFIG_INVALID',
      `${dataDir} already holds ${ours.join(', ')}: restore writes over nothing; move it away, or name another folder in ERRATA_DATA_DIR`,
    );
  }
}
