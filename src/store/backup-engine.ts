// The embedded engine, opened for a backup: which folder BACKUP and RESTORE may use can only be said as it starts. That is
// why this does not go through open-client.ts, whose engine may use none.
import { Failure } from '../failure.ts';
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
  const [{ Session, drainPending }, { createClient }, { createChdbConnection }] = await Promise.all([
    import('chdb'),
    import('@clickhouse/client'),
    import('chdb/connection'),
  ]);
  let session: InstanceType<typeof Session>;
  try {
    session = new Session(path, { connectionArgs: [`--backups.allowed_path=${backups}`] });
  } catch (cause) {
    throw new Failure('STORE_TAKEN', `the folder ${path} is held by another process: stop the processor first`, {
      cause,
    });
  }
  // A second connection to the engine that the session has started.
  const client = createClient({
    connection: createChdbConnection({ path }) as unknown as NonNullable<
      NonNullable<Parameters<typeof createClient>[0]>['connection']
    >,
  });
  try {
    return await use(createRunner(() => client));
  } finally {
    await drainPending();
    await client.close();
    session.close();
    await drainPending();
  }
}
