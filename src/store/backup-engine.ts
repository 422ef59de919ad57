// An embedded engine of its own for a backup or a restore, as no processor runs.
import { Failure } from '../failure.ts';
import { openEmbedded } from './open-client.ts';
import { createRunner } from './run.ts';
import type { Runner } from './run.ts';

interface EngineFolders {
  /** Of the engine's files. */
  readonly path: string;
  /** The only one that BACKUP and RESTORE reach. */
  readonly backups: string;
}

/** The engine is closed when this settles. Throws STORE_TAKEN when another process holds the folder. */
export async function withBackupEngine<T>(
  { path, backups }: EngineFolders,
  use: (run: Runner) => Promise<T>,
): Promise<T> {
  const engine = await openEmbedded(path, backups).catch((cause: unknown) => sayWhatToDo(path, cause));
  try {
    return await use(createRunner(() => engine.backup));
  } finally {
    await engine.close();
  }
}

function sayWhatToDo(path: string, cause: unknown): never {
  if (!(cause instanceof Failure) || cause.code !== 'STORE_TAKEN') throw cause;
  throw new Failure(
    'STORE_TAKEN',
    `the folder ${path} is held by another process: stop the processor first, or ask it for a backup (POST /api/backups)`,
    { cause },
  );
}
