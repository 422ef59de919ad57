// A look at the store that changes nothing in it: for `errata doctor`, before a start.
import { openClients } from './open-client.ts';
import type { StoreTarget } from './open-client.ts';
import { countReplicas, selectMigration, selectServerFacts } from './queries-doctor.ts';
import { createRunner } from './run.ts';
import { migrations } from './schema.ts';

interface StoreFacts {
  /** Version of ClickHouse. */
  readonly clickhouse: string;
  /** undefined: never opened by Errata. */
  readonly migration: number | undefined;
  /** The newest migration that this version of Errata knows. */
  readonly newestMigration: number;
  /** The server's clock, and ours in the middle of the question. */
  readonly nowMs: number;
  readonly askedAtMs: number;
  /** 0: the server knows no cluster of that name. undefined: none was named. */
  readonly replicas: number | undefined;
}

/** Throws STORE_TAKEN, STORE_UNAVAILABLE. */
export async function inspectStore(
  target: StoreTarget,
  { cluster, now }: { readonly cluster: string | undefined; readonly now: () => number },
): Promise<StoreFacts> {
  const clients = await openClients(target);
  try {
    const run = createRunner(() => clients.read());
    const beforeMs = now();
    const [facts] = await run.rows<{ clickhouse: string; now_ms: number | string; tables: number | string }>(
      selectServerFacts(),
    );
    const askedAtMs = (beforeMs + now()) / 2;
    const [migration] =
      Number(facts?.tables) === 0 ? [] : await run.rows<{ migration: number | string }>(selectMigration());
    const [replicas] =
      cluster === undefined ? [] : await run.rows<{ replicas: number | string }>(countReplicas(cluster));
    return {
      clickhouse: facts?.clickhouse ?? '',
      migration: migration === undefined ? undefined : Number(migration.migration),
      newestMigration: Math.max(...migrations.map(({ version }) => version)),
      nowMs: Number(facts?.now_ms),
      askedAtMs,
      replicas: replicas === undefined ? undefined : Number(replicas.replicas),
    };
  } finally {
    await clients.close();
  }
}
