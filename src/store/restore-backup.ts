// `errata restore`: a backup into an empty data folder. It is put together and migrated in <dataDir>/restoring and moved to
// its place at the end, so that a processor never starts on half a store.
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure } from '../failure.ts';
import { withBackupEngine } from './backup-engine.ts';
import { readManifest } from './backup-manifest.ts';
import type { BackupManifest } from './backup-manifest.ts';
import { createClickHouseStore } from './clickhouse-store.ts';
import type { StoreDeps } from './clickhouse-store.ts';
import { restoreFrom } from './queries-backup.ts';
import { migrations } from './schema.ts';

interface RestoreTask {
  readonly dataDir: string;
  readonly folder: string;
  readonly retentionDays: number;
}

/** Throws CONFIG_INVALID when the backup is damaged or of a newer Errata, or when the data folder holds anything of ours. */
export async function restoreBackup(task: RestoreTask, deps: StoreDeps): Promise<BackupManifest> {
  const dataDir = resolve(task.dataDir);
  const folder = resolve(task.folder);
  await refuseFilled(dataDir);
  const manifest = await readManifest(folder);
  const newest = Math.max(...migrations.map(({ version }) => version));
  if (manifest.migration > newest) {
    throw new Failure(
      'CONFIG_INVALID',
      `the backup has migration ${manifest.migration}; this version knows ${newest}: restore it with Errata ${manifest.errata} or newer`,
    );
  }
  const restoring = join(dataDir, 'restoring');
  await rm(restoring, { recursive: true, force: true });
  await mkdir(join(restoring, 'clickhouse'), { recursive: true });
  try {
    await withBackupEngine({ path: join(restoring, 'clickhouse'), backups: folder }, (run) =>
      run.command(restoreFrom(join(folder, 'clickhouse'))),
    );
    await migrateRestored(restoring, task.retentionDays, deps);
    for (const name of keptFiles(manifest)) await copyFile(join(folder, 'files', name), join(dataDir, name));
    await rename(join(restoring, 'clickhouse'), join(dataDir, 'clickhouse'));
  } finally {
    await rm(restoring, { recursive: true, force: true });
  }
  return manifest;
}

/** Those that were checked, and nothing that came to lie beside them. */
function keptFiles({ files }: BackupManifest): readonly string[] {
  return files.flatMap(({ path }) => /^files\/([^/]+)$/.exec(path)?.[1] ?? []);
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

async function refuseFilled(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const ours = (await readdir(dataDir)).filter((name) => name === 'clickhouse' || name.endsWith('.json'));
  if (ours.length > 0) {
    throw new Failure(
      'CONFIG_INVALID',
      `${dataDir} already holds ${ours.join(', ')}: restore writes over nothing; move it away, or name another folder in ERRATA_DATA_DIR`,
    );
  }
}
