// A backup while the processor runs, into <dataDir>/backups/<name>. Parts never change, so that it is of the moment at which
// the engine lists them, a table after the other: everything that was acknowledged before the call is in it.
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { Failure } from '../failure.ts';
import type { BackupManifest } from './backup-manifest.ts';
import { createBackup } from './create-backup.ts';
import { BACKUPS } from './open-client.ts';
import type { StoreTarget } from './open-client.ts';
import { createRunner } from './run.ts';

export interface RunningBackup {
  /** Its folder in <dataDir>/backups. */
  readonly name: string;
  readonly manifest: BackupManifest;
}

/** `version`: of Errata. Throws CONFLICT while another one is made and for a server, STORE_UNAVAILABLE when there is no room. */
export type BackUp = (version: string) => Promise<RunningBackup>;

interface BackUpDeps {
  /** A connection of its own, so that inserts and reads do not wait for it; undefined: a server. */
  readonly client: () => ClickHouseClient | undefined;
  readonly ready: () => Promise<void>;
  readonly now: () => number;
}

/** Of a backup that ended with its process; only one at a time is made here, so that nobody works in it. */
const CUT_OFF = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z\.partial-\w{6}$/;

export function createBackUp(target: StoreTarget, { client, ready, now }: BackUpDeps): BackUp {
  let isBusy = false;
  const run = createRunner(() => client() ?? refuseServer());
  return async (version) => {
    if (target.kind === 'server') return refuseServer();
    if (isBusy) throw new Failure('CONFLICT', 'a backup is being made');
    isBusy = true;
    try {
      await ready();
      const folder = join(resolve(target.dataDir), BACKUPS);
      await removeCutOff(folder);
      const nowMs = now();
      // No colons: not every file system takes them.
      const name = new Date(nowMs).toISOString().replaceAll(':', '-');
      const task = { dataDir: target.dataDir, folder: join(folder, name), version, nowMs };
      return { name, manifest: await createBackup(task, (_, use) => use(run)) };
    } finally {
      isBusy = false;
    }
  };
}

function refuseServer(): never {
  throw new Failure('CONFLICT', "the store is a server: it is backed up with ClickHouse's own BACKUP, docs/backup.md");
}

async function removeCutOff(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => []))
    if (CUT_OFF.test(name)) await rm(join(folder, name), { recursive: true });
}
