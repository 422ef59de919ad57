// The tables as the migrations of schema.ts make them: by the version that made them, never edited.
//
// errors        one row per occurrence, never changed. Sorted by time, so that "newest first" reads the end only.
// Roll-ups are projections of `errors`: they are part of the same data part, so no crash can set them apart from the rows
// (docs/decisions/0001-exact-ids-and-projections.md).
// error_twins   a richer copy of a stored occurrence that came later (a span event after its log): shown with it.
// error_groups  what a fingerprint was made from. group_aliases: fingerprints that now belong to another group.
// group_state   resolved up to when. error_state: single errors that differ from their group.
// attempt_events  one row per move of an attempt, never changed; the one with the highest seq holds how it is.
// settings      switches that survive restarts, of the whole installation.
// case_events, notification_events  like attempt_events. activity  one row per call of an agent.

export interface Table {
  readonly name: string;
  readonly columns: string;
  /** `MergeTree` family name and its arguments, without the Replicated part. */
  readonly engine: string;
  readonly engineArguments: string;
  /** PARTITION BY, ORDER BY, TTL. */
  readonly clauses: string;
  readonly settings: readonly string[];
  /** Rows of one key must meet on one shard. */
  readonly shardBy: string;
}

export const migrationsTable: Table = {
  name: 'schema_migrations',
  columns: `version UInt32, name String, applied_at DateTime64(3, 'UTC')`,
  engine: 'ReplacingMergeTree',
  engineArguments: '',
  clauses: 'ORDER BY version',
  settings: [],
  shardBy: '1',
};

export function tablesOfVersion1(retentionDays: number): readonly Table[] {
  return [
    {
      name: 'errors',
      columns: `
        company_id UInt32,
        timestamp DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
        id UUID,
        received_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
        fingerprint LowCardinality(FixedString(32)),
        service LowCardinality(String),
        severity Enum8('info' = 1, 'warning' = 2, 'error' = 3, 'critical' = 4),
        error_type LowCardinality(String),
        exception_type LowCardinality(String),
        message String CODEC(ZSTD(1)),
        stack_trace String CODEC(ZSTD(3)),
        details String CODEC(ZSTD(1)),
        handled Bool,
        environment LowCardinality(String),
        release LowCardinality(String),
        host LowCardinality(String),
        container_id LowCardinality(String),
        trace_id String CODEC(ZSTD(1)),
        span_id String CODEC(ZSTD(1)),
        source LowCardinality(String),
        richness UInt8,
        INDEX by_id id TYPE bloom_filter(0.001) GRANULARITY 1,
        INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
        INDEX by_received received_at TYPE minmax GRANULARITY 1,
        INDEX by_words lowerUTF8(concat(exception_type, ' ', message)) TYPE text(tokenizer = 'splitByNonAlpha'),
        PROJECTION minutely (
          SELECT company_id, toStartOfMinute(timestamp), service, severity, error_type, environment, count()
          GROUP BY company_id, toStartOfMinute(timestamp), service, severity, error_type, environment),
        PROJECTION group_hourly (
          SELECT company_id, fingerprint, toStartOfHour(timestamp), service, severity, error_type, environment, release,
            count(), min(timestamp), max(timestamp)
          GROUP BY company_id, fingerprint, toStartOfHour(timestamp), service, severity, error_type, environment, release)`,
      // Replacing: the same row stored by two processors at one moment becomes one when parts merge.
      engine: 'ReplacingMergeTree',
      engineArguments: '',
      // Weeks: a late batch touches few partitions, and whole partitions expire.
      clauses: `PARTITION BY toMonday(timestamp) ORDER BY (company_id, timestamp, id) TTL toDateTime(timestamp) + toIntervalDay(${retentionDays})`,
      settings: [`deduplicate_merge_projection_mode = 'rebuild'`, 'ttl_only_drop_parts = 1'],
      shardBy: 'cityHash64(id)',
    },
    {
      name: 'error_twins',
      columns: `company_id UInt32, id UUID, richness UInt8, received_at DateTime64(3, 'UTC'), event String CODEC(ZSTD(3))`,
      engine: 'ReplacingMergeTree',
      engineArguments: 'richness',
      clauses: `ORDER BY (company_id, id) TTL toDateTime(received_at) + toIntervalDay(${retentionDays})`,
      settings: [],
      shardBy: 'cityHash64(id)',
    },
    {
      name: 'error_groups',
      columns: `company_id UInt32, fingerprint FixedString(32), first_received DateTime64(3, 'UTC'), loose FixedString(32), grouping String CODEC(ZSTD(1))`,
      engine: 'ReplacingMergeTree',
      engineArguments: '',
      clauses: 'ORDER BY (company_id, fingerprint)',
      settings: [],
      shardBy: 'cityHash64(fingerprint)',
    },
    {
      name: 'group_aliases',
      columns: `company_id UInt32, fingerprint FixedString(32), target FixedString(32), reason String, version UInt64`,
      engine: 'ReplacingMergeTree',
      engineArguments: 'version',
      clauses: 'ORDER BY (company_id, fingerprint)',
      settings: [],
      shardBy: 'cityHash64(fingerprint)',
    },
    {
      name: 'group_state',
      columns: `company_id UInt32, fingerprint FixedString(32), version UInt64, resolved_until DateTime64(3, 'UTC'), resolved_at DateTime64(3, 'UTC'), notes String, changed_by String`,
      engine: 'ReplacingMergeTree',
      engineArguments: 'version',
      clauses: 'ORDER BY (company_id, fingerprint)',
      settings: [],
      shardBy: 'cityHash64(fingerprint)',
    },
    {
      name: 'error_state',
      columns: `company_id UInt32, id UUID, version UInt64, state Enum8('as_group' = 0, 'resolved' = 1, 'open' = 2), timestamp DateTime64(3, 'UTC'), fingerprint FixedString(32), notes String, changed_by String`,
      engine: 'ReplacingMergeTree',
      engineArguments: 'version',
      // Longer than the errors, which go by whole weeks: a resolved one must not open again before it goes.
      clauses: `ORDER BY (company_id, id) TTL toDateTime(timestamp) + toIntervalDay(${retentionDays + 8})`,
      settings: [],
      shardBy: 'cityHash64(id)',
    },
    {
      name: 'ingest_outcomes',
      columns: `company_id UInt32, minute DateTime('UTC'), signal LowCardinality(String), outcome LowCardinality(String), reason LowCardinality(String), count UInt64`,
      engine: 'SummingMergeTree',
      engineArguments: 'count',
      clauses: 'ORDER BY (company_id, minute, signal, outcome, reason) TTL minute + toIntervalDay(400)',
      settings: [],
      shardBy: '1',
    },
  ];
}

export const tablesOfVersion2: readonly Table[] = [
  {
    name: 'attempt_events',
    columns: `
      company_id UInt32,
      attempt_id String,
      seq UInt32,
      at DateTime64(3, 'UTC'),
      state LowCardinality(String),
      rule_id LowCardinality(String),
      target_key LowCardinality(String),
      outcome LowCardinality(String),
      suppression LowCardinality(String),
      started_at DateTime64(3, 'UTC'),
      acted_at DateTime64(3, 'UTC'),
      error_id String,
      fingerprints Array(FixedString(32)),
      attempt String CODEC(ZSTD(3))`,
    engine: 'MergeTree',
    engineArguments: '',
    // By the start: the events of one attempt go together, long after the errors that they were about.
    clauses: 'ORDER BY (company_id, attempt_id, seq) TTL toDateTime(started_at) + toIntervalDay(400)',
    settings: [],
    shardBy: 'cityHash64(attempt_id)',
  },
  {
    name: 'settings',
    columns: 'name String, version UInt64, value String',
    engine: 'ReplacingMergeTree',
    engineArguments: 'version',
    clauses: 'ORDER BY name',
    settings: [],
    shardBy: 'cityHash64(name)',
  },
];

export const tablesOfVersion3: readonly Table[] = [
  {
    name: 'case_events',
    columns: `
      company_id UInt32,
      case_id String,
      seq UInt32,
      at DateTime64(3, 'UTC'),
      state LowCardinality(String),
      opened_at DateTime64(3, 'UTC'),
      attempt_id String,
      error_id String,
      fingerprints Array(FixedString(32)),
      delegation_ids Array(String),
      delegation_agents Array(LowCardinality(String)),
      delegation_states Array(LowCardinality(String)),
      case_json String CODEC(ZSTD(3)),
      INDEX by_delegation delegation_ids TYPE bloom_filter(0.001) GRANULARITY 1`,
    engine: 'MergeTree',
    engineArguments: '',
    // As long as the attempts that led to them.
    clauses: 'ORDER BY (company_id, case_id, seq) TTL toDateTime(opened_at) + toIntervalDay(400)',
    settings: [],
    shardBy: 'cityHash64(case_id)',
  },
  {
    name: 'notification_events',
    columns: `
      company_id UInt32,
      notification_id String,
      seq UInt32,
      at DateTime64(3, 'UTC'),
      created_at DateTime64(3, 'UTC'),
      state LowCardinality(String),
      channel LowCardinality(String),
      kind LowCardinality(String),
      key String,
      notification String CODEC(ZSTD(3))`,
    engine: 'MergeTree',
    engineArguments: '',
    clauses: 'ORDER BY (company_id, notification_id, seq) TTL toDateTime(created_at) + toIntervalDay(90)',
    settings: [],
    shardBy: 'cityHash64(notification_id)',
  },
  {
    name: 'activity',
    columns: `
      company_id UInt32,
      at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
      n UInt64,
      actor LowCardinality(String),
      agent LowCardinality(String),
      via LowCardinality(String),
      call LowCardinality(String),
      error_id String CODEC(ZSTD(1)),
      attempt_id String CODEC(ZSTD(1)),
      delegation_id String CODEC(ZSTD(1)),
      outcome LowCardinality(String),
      took_ms UInt32,
      chars UInt32,
      truncated Bool,
      trace_id String CODEC(ZSTD(1)),
      INDEX by_error error_id TYPE bloom_filter(0.01) GRANULARITY 1`,
    // Replacing: rows whose insert was repeated become one when parts merge.
    engine: 'ReplacingMergeTree',
    engineArguments: '',
    clauses: 'PARTITION BY toMonday(at) ORDER BY (company_id, at, n) TTL toDateTime(at) + toIntervalDay(90)',
    settings: ['ttl_only_drop_parts = 1'],
    shardBy: 'n',
  },
];
