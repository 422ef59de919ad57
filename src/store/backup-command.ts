// `errata backup FOLDER` and `errata restore FOLDER`, in words for people.
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import type { BackupManifest } from './backup-manifest.ts';
import type { StoreDeps, StoreSettings } from './clickhouse-store.ts';
import { withBackupEngine } from './backup-engine.ts';
import { createBackup } from './create-backup.ts';
import { restoreBackup } from './restore-backup.ts';

interface BackupCommandParts extends StoreDeps {
  readonly store: StoreSettings;
  /** Of Errata. */
  readonly version: string;
  readonly out: (line: string) => void;
}

/** Exit code: 0 done, 1 could not be done, 2 asked wrongly. */
export async function runBackupCommand(
  command: 'backup' | 'restore',
  argv: readonly string[],
  parts: BackupCommandParts,
): Promise<number> {
  const { store, version, out } = parts;
  const [folder, ...rest] = argv;
  if (folder === undefined || folder.startsWith('-') || rest.length > 0) {
    out(`errata ${command} FOLDER    the processor must be stopped; docs/backup.md`);
    return folder === '--help' ? 0 : 2;
  }
  const startedMs = performance.now();
  try {
    const { target, retentionDays } = store;
    if (target.kind === 'server') {
      throw new Failure(
        'CONFIG_INVALID',
        `the store is the server at ${new URL(target.url).origin}: it is backed up with ClickHouse's own BACKUP, see docs/backup.md`,
      );
    }
    const { dataDir } = target;
    const manifest =
      command === 'backup'
        ? await createBackup({ dataDir, folder, version, nowMs: parts.now() }, (backups, use) =>
            withBackupEngine({ path: join(dataDir, 'clickhouse'), backups }, use),
          )
        : await restoreBackup({ dataDir, folder, retentionDays }, parts);
    out(`${command === 'backup' ? 'backed up to' : 'restored from'} ${folder}: ${sumUp(manifest, startedMs)}`);
    return 0;
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    out(cause.message);
    return 1;
  }
}

function sumUp({ errors, files, migration, created_at }: BackupManifest, startedMs: number): string {
  const mib = files.reduce((sum, file) => sum + file.bytes, 0) / 1_048_576;
  const seconds = (performance.now() - startedMs) / 1000;
  return `${errors} errors, ${files.length} files, ${mib.toFixed(1)} MiB, migration ${migration}, of ${created_at}, in ${seconds.toFixed(1)} s`;
}
