// Questions and inserts to ClickHouse, with every fault turned into STORE_UNAVAILABLE or, where the data itself is at
// fault, MALFORMED: the first is retried by senders, the second must not be.
import type { ClickHouseClient } from '@clickhouse/client';
import { Failure } from '../failure.ts';
import { isDiskFull } from './disk-full.ts';
import type { Query } from './queries.ts';

export interface Runner {
  rows<Row>(query: Query): Promise<readonly Row[]>;
  command(query: Query): Promise<void>;
  insert(table: string, columns: readonly string[], rows: readonly (readonly unknown[])[]): Promise<void>;
}

/** ClickHouse error codes that say that the values do not fit: the same rows will never be taken. */
const DATA_FAULTS = new Set(['6', '26', '27', '38', '41', '53', '69', '70', '72', '117', '130', '349']);

/** `onInsert`: what became of an insert, unless its values were at fault; undefined: it is durable. */
export function createRunner(
  client: () => ClickHouseClient,
  onInsert: (failure: Failure | undefined) => void = () => undefined,
): Runner {
  return {
    rows: async <Row>(query: Query) => {
      try {
        const result = await client().query({
          query: query.query,
          query_params: { ...query.query_params },
          format: 'JSONEachRow',
        });
        return await result.json<Row>();
      } catch (cause) {
        throw unavailable('a query', cause);
      }
    },
    command: async (query) => {
      try {
        await client().command({ query: query.query, query_params: { ...query.query_params } });
      } catch (cause) {
        throw unavailable('a command', cause);
      }
    },
    insert: async (table, columns, rows) => {
      const [first, ...rest] = columns;
      if (first === undefined || rows.length === 0) return;
      try {
        await client().insert({
          table,
          columns: [first, ...rest],
          values: rows,
          format: 'JSONCompactEachRow',
        });
      } catch (cause) {
        if (DATA_FAULTS.has(codeOf(cause)))
          throw new Failure('MALFORMED', `the store refuses a value for ${table}`, { cause });
        const failure = unavailable(`an insert of ${rows.length} rows into ${table}`, cause);
        onInsert(failure);
        throw failure;
      }
      onInsert(undefined);
    },
  };
}

function unavailable(what: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  const told = isDiskFull(cause) ? `the store's disk is full: it failed ${what}` : `the store failed ${what}`;
  return new Failure('STORE_UNAVAILABLE', told, { cause });
}

function codeOf(cause: unknown): string {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
}
