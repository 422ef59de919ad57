// The tables, as ordered migrations. A migration that shipped is never edited: a change is a new one.
import { migrationsTable, tablesOfVersion1, tablesOfVersion2, tablesOfVersion3 } from './migration-tables.ts';
import type { Table } from './migration-tables.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: (layout: Layout) => readonly string[];
}

export interface Layout {
  /** Name of a cluster: then every table is Replicated, with a Distributed one over it. */
  readonly cluster: string | undefined;
  readonly retentionDays: number;
  /** fsync on every insert: the embedded store has no replica that could help after a power loss. */
  readonly fsync: boolean;
}

/** Of a group's inputs, for the text index: a query must say it in the same way. */
export const GROUP_WORDS = `lowerUTF8(concat(JSONExtractString(grouping, 'rootType'), ' ', JSONExtractString(grouping, 'outerType'), ' ', JSONExtractString(grouping, 'template')))`;

export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'errors and their groups',
    statements: (layout) => tablesOfVersion1(layout.retentionDays).flatMap((table) => createTable(table, layout)),
  },
  {
    version: 2,
    name: 'attempts',
    statements: (layout) => tablesOfVersion2.flatMap((table) => createTable(table, layout)),
  },
  {
    version: 3,
    name: 'cases, notifications, activity, words of groups',
    statements: (layout) => [
      ...tablesOfVersion3.flatMap((table) => createTable(table, layout)),
      // Older parts have it after their next merge; until then they are read whole.
      `ALTER TABLE ${localOf('error_groups', layout)} ADD INDEX IF NOT EXISTS by_words ${GROUP_WORDS} TYPE text(tokenizer = 'splitByNonAlpha')`,
    ],
  },
  {
    version: 4,
    name: 'merges survive a loss of power, roll-ups come with the first merge',
    statements: settingsOfVersion4,
  },
];

/** Of the embedded store: docs/decisions/0015-parts-and-power.md. */
function settingsOfVersion4({ fsync, retentionDays }: Layout): readonly string[] {
  if (!fsync) return [];
  const tables = [migrationsTable, ...tablesOfVersion1(retentionDays), ...tablesOfVersion2, ...tablesOfVersion3];
  return [
    // What a merge wrote must be on the disk before the parts that it replaces go.
    ...tables.map(
      ({ name }) =>
        `ALTER TABLE ${name} MODIFY SETTING min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1`,
    ),
    // A fresh part is small enough to be counted row by row, and without the two roll-ups it is a third of the files.
    'ALTER TABLE errors MODIFY SETTING materialize_projections_on_insert = 0, materialize_projections_on_merge = 1',
  ];
}

/** Tables whose rows go with the retention: the column that dates a row, and how long it stays beyond the errors. */
const RETAINED = [
  { name: 'errors', column: 'timestamp', extraDays: 0 },
  { name: 'error_twins', column: 'received_at', extraDays: 0 },
  { name: 'error_state', column: 'timestamp', extraDays: 8 },
] as const;

/** For each retained table: how to see what it has, what must stand there, and how to change it. */
export function retentionOf(layout: Layout): readonly { select: string; wanted: string; alter: string }[] {
  return RETAINED.map(({ name, column, extraDays }) => {
    const wanted = `toIntervalDay(${layout.retentionDays + extraDays})`;
    return {
      select: `SELECT create_table_query AS statement FROM system.tables WHERE database = currentDatabase() AND name = '${layout.cluster === undefined ? name : `${name}_local`}' LIMIT 1`,
      wanted,
      alter: `ALTER TABLE ${localOf(name, layout)} MODIFY TTL toDateTime(${column}) + ${wanted}`,
    };
  });
}

/** The table that holds the rows, as ALTER names it. */
function localOf(name: string, { cluster }: Layout): string {
  return cluster === undefined ? name : `${name}_local ON CLUSTER '${cluster}'`;
}

/** Both names were checked by config.ts to be plain identifiers. */
export function createDatabase(database: string, cluster: string | undefined): string {
  return `CREATE DATABASE IF NOT EXISTS ${database}${cluster === undefined ? '' : ` ON CLUSTER '${cluster}'`}`;
}

/** The record of what was applied. */
export function createMigrationsTable(layout: Layout): readonly string[] {
  return createTable(migrationsTable, layout);
}

function createTable(table: Table, { cluster, fsync }: Layout): readonly string[] {
  const settings = [...table.settings, ...(fsync ? ['fsync_after_insert = 1', 'fsync_part_directory = 1'] : [])];
  const tail = settings.length === 0 ? '' : ` SETTINGS ${settings.join(', ')}`;
  if (cluster === undefined) {
    return [
      `CREATE TABLE IF NOT EXISTS ${table.name} (${table.columns}) ENGINE = ${table.engine}(${table.engineArguments}) ${table.clauses}${tail}`,
    ];
  }
  const onCluster = `ON CLUSTER '${cluster}'`;
  const replica = [`'/clickhouse/tables/{shard}/{database}/${table.name}'`, `'{replica}'`, table.engineArguments];
  return [
    `CREATE TABLE IF NOT EXISTS ${table.name}_local ${onCluster} (${table.columns}) ENGINE = Replicated${table.engine}(${replica.filter((part) => part !== '').join(', ')}) ${table.clauses}${tail}`,
    `CREATE TABLE IF NOT EXISTS ${table.name} ${onCluster} AS ${table.name}_local ENGINE = Distributed('${cluster}', currentDatabase(), '${table.name}_local', ${table.shardBy})`,
  ];
}
