// SQL of backups and restores: of the embedded store as a whole, so no company is bound.
import type { Query } from './queries.ts';

/** The engine knows the embedded tables under this name. */
const DATABASE = 'default';

/** Tables of a store that was opened at least once; a backup of anything else would restore to nothing. */
export function selectMigrationsTable(): Query {
  return {
    query: `SELECT count() AS tables FROM system.tables WHERE database = currentDatabase() AND name = 'schema_migrations' LIMIT 1`,
    query_params: {},
  };
}

export function selectStoreFacts(): Query {
  return {
    query: `SELECT version() AS clickhouse, (SELECT max(version) FROM schema_migrations) AS migration,
      (SELECT count() FROM errors) AS errors,
      (SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = currentDatabase()) AS bytes LIMIT 1`,
    query_params: {},
  };
}

/** One consistent picture of all tables: parts never change, so that it costs their copy and nothing else. */
export function backUpTo(folder: string): Query {
  return { query: `BACKUP DATABASE ${DATABASE} TO File(${quoted(folder)})`, query_params: {} };
}

export function restoreFrom(folder: string): Query {
  return { query: `RESTORE DATABASE ${DATABASE} FROM File(${quoted(folder)})`, query_params: {} };
}

/** BACKUP takes no parameters. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
