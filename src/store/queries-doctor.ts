// What `errata doctor` asks the store before anything is migrated.
import type { Query } from './queries.ts';

export function selectServerFacts(): Query {
  return {
    query: `SELECT version() AS clickhouse, toUnixTimestamp64Milli(now64(3)) AS now_ms,
      (SELECT count() FROM system.tables WHERE database = currentDatabase() AND name = 'schema_migrations') AS tables LIMIT 1`,
    query_params: {},
  };
}

export function selectMigration(): Query {
  return { query: 'SELECT max(version) AS migration FROM schema_migrations LIMIT 1', query_params: {} };
}

export function countReplicas(cluster: string): Query {
  return {
    query: 'SELECT count() AS replicas FROM system.clusters WHERE cluster = {cluster:String} LIMIT 1',
    query_params: { cluster },
  };
}
