// The only place that knows where ClickHouse is: embedded in this process (chDB, a folder) or a server (HTTP).
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseClient, ClickHouseClientConfigOptions } from '@clickhouse/client';
import { Failure } from '../failure.ts';
import { isHeld } from './find-holder.ts';
import { refuseHalfRestored } from './finish-restore.ts';
import { createDatabase } from './schema.ts';

export type StoreTarget =
  | { readonly kind: 'embedded'; readonly dataDir: string }
  | {
      readonly kind: 'server';
      readonly url: string;
      readonly user: string;
      readonly password: string;
      readonly database: string;
    };

export interface Clients {
  /** Queries of one embedded connection run one after the other: writes have their own, reads take turns between two. */
  readonly write: ClickHouseClient;
  read(): ClickHouseClient;
  /** For BACKUP and RESTORE, which would keep the others waiting; undefined: a server, which has its own. */
  readonly backup: ClickHouseClient | undefined;
  /** Before the first migration. A server's database may be missing; the embedded one is there. */
  createDatabase(cluster: string | undefined): Promise<void>;
  close(): Promise<void>;
}

/** A read or an insert that takes longer than this is given up: senders wait 10 s by default. */
const REQUEST_TIMEOUT_MS = 30_000;

/** ClickHouse servers close idle connections after 10 s (`keep_alive_timeout`); we must be first. */
const IDLE_SOCKET_MS = 2_500;

/** In the data folder: those that are made while it runs. */
export const BACKUPS = 'backups';

/** Of every insert. */
const INSERT_SETTINGS = {
  // Acknowledged means durable: the server must not keep the rows in a buffer of its own.
  async_insert: 0,
  // On a cluster: durable on the shard that holds them.
  distributed_foreground_insert: 1,
  // Threads for one insert cost more than they bring: 9 ms instead of 17 for fifteen rows, and more rows/s for thousands.
  input_format_parallel_parsing: 0,
  max_insert_threads: '1',
  // Indexes come with the first merge: a fresh part is small enough to read whole, and has a quarter fewer files to sync.
  materialize_skip_indexes_on_insert: 0,
} as const;

/** Throws STORE_TAKEN when another process holds the folder, STORE_UNAVAILABLE when it can't be used. */
export async function openClients(target: StoreTarget): Promise<Clients> {
  switch (target.kind) {
    case 'embedded':
      await refuseHalfRestored(target.dataDir);
      return openEmbedded(join(target.dataDir, 'clickhouse'), join(resolve(target.dataDir), BACKUPS));
    case 'server':
      return openServer(target);
  }
}

/** `backups`: the only folder that BACKUP and RESTORE reach; it need not be there. Throws as `openClients`. */
export async function openEmbedded(path: string, backups: string): Promise<Clients & { backup: ClickHouseClient }> {
  try {
    // What services say of their failures is for the owner's eyes.
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new Failure('STORE_UNAVAILABLE', `the folder ${path} can't be written`, { cause });
  }
  if (await isHeld(path))
    throw new Failure('STORE_TAKEN', `the folder ${path} is held by another process: one folder, one process`);
  // Loaded only when needed: the engine is half a gigabyte, and a server deployment does without it.
  const [{ createChdbConnection }, { Session, drainPending }] = await Promise.all([
    import('chdb/connection'),
    import('chdb'),
  ]);
  // chdb declares the same interface in its own copy of the client's types.
  const open = () =>
    createClient({
      connection: createChdbConnection({ path }) as unknown as NonNullable<ClickHouseClientConfigOptions['connection']>,
    });
  try {
    // First, because the folder of backups can only be said as the engine starts, and only here.
    const session = new Session(path, { connectionArgs: [`--backups.allowed_path=${backups}`] });
    const write = open();
    const reads = [open(), open()] as const;
    const backup = open();
    // Once for the connection: given with each insert, each would be a statement of its own.
    const settings = Object.entries(INSERT_SETTINGS).map(([name, value]) => `${name} = ${value}`);
    await write.command({ query: `SET ${settings.join(', ')}` });
    // The engine aborts the process when a connection closes under a running query.
    const close = async () => {
      await drainPending();
      await Promise.all([write, ...reads, backup].map((client) => client.close()));
      session.close();
      await drainPending();
    };
    let turn = 0;
    const read = () => reads[(turn = 1 - turn) === 0 ? 0 : 1];
    return { write, read, backup, close, createDatabase: async () => undefined };
  } catch (cause) {
    // All that it tells us is that it failed; the reason it wrote to standard error.
    const message = `the engine can't open ${path}: damaged, or held by a process that can't be seen from here; its own words stand above`;
    throw new Failure('STORE_UNAVAILABLE', message, { cause });
  }
}

function openServer({ url, user, password, database }: Extract<StoreTarget, { kind: 'server' }>): Clients {
  const open = (database: string) =>
    createClient({
      url,
      username: user,
      password,
      database,
      request_timeout: REQUEST_TIMEOUT_MS,
      keep_alive: { enabled: true, idle_socket_ttl: IDLE_SOCKET_MS },
      compression: { request: true, response: true },
      clickhouse_settings: INSERT_SETTINGS,
      // Every fault reaches a caller who logs it once, in our form.
      log: { level: ClickHouseLogLevel.OFF },
    });
  const write = open(database);
  const read = open(database);
  const create = async (cluster: string | undefined) => {
    const bare = open('default');
    try {
      await bare.command({ query: createDatabase(database, cluster) });
    } catch (cause) {
      throw new Failure('STORE_UNAVAILABLE', `the database ${database} can't be reached or created`, { cause });
    } finally {
      await bare.close();
    }
  };
  return {
    write,
    read: () => read,
    backup: undefined,
    createDatabase: create,
    close: async () => void (await Promise.all([write.close(), read.close()])),
  };
}
