// Brings the tables to the newest version, in order, each recorded. Every statement may run twice: a start that was cut
// off in the middle is repeated whole, and two processors may start at once.
import { Failure } from '../failure.ts';
import { toDateTime64 } from './rows.ts';
import type { Runner } from './run.ts';
import { createMigrationsTable, migrations, retentionOf } from './schema.ts';
import type { Layout } from './schema.ts';

/** Throws STORE_UNAVAILABLE, or CONFIG_INVALID for a store that a newer Errata has migrated. */
export async function migrate(run: Runner, layout: Layout, nowMs: number): Promise<void> {
  for (const statement of createMigrationsTable(layout)) await run.command({ query: statement, query_params: {} });
  const applied = await run.rows<{ version: number }>({
    query: 'SELECT version FROM schema_migrations FINAL ORDER BY version LIMIT 1000',
    query_params: {},
  });
  const done = new Set(applied.map((row) => row.version));
  const newest = Math.max(0, ...migrations.map((migration) => migration.version));
  const foreign = [...done].filter((version) => version > newest);
  if (foreign.length > 0) {
    throw new Failure(
      'CONFIG_INVALID',
      `the store has migration ${Math.max(...foreign)}; this version knows ${newest}: it must not write there`,
    );
  }
  for (const migration of migrations) {
    if (done.has(migration.version)) continue;
    for (const statement of migration.statements(layout)) await run.command({ query: statement, query_params: {} });
    await run.insert(
      'schema_migrations',
      ['version', 'name', 'applied_at'],
      [[migration.version, migration.name, toDateTime64(nowMs)]],
    );
  }
  await setRetention(run, layout);
}

/** The retention may have been configured anew since the tables were made. */
async function setRetention(run: Runner, layout: Layout): Promise<void> {
  for (const { select, wanted, alter } of retentionOf(layout)) {
    const [table] = await run.rows<{ statement: string }>({ query: select, query_params: {} });
    if (table !== undefined && !table.statement.includes(wanted)) await run.command({ query: alter, query_params: {} });
  }
}
