// Asks the embedded store what Grafana would ask a server.
import type { Clients } from '../../src/store/open-client.ts';
import { openClients } from '../../src/store/open-client.ts';
import { seedStore } from './seed.ts';

export type Row = readonly unknown[];

export interface Answer {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly rows: readonly Row[];
}

export interface Asked {
  /** `filters`: of tables, in force for this question only. */
  ask(sql: string, filters?: string): Promise<Answer>;
  command(sql: string): Promise<void>;
  close(): Promise<void>;
}

export async function openSeeded(): Promise<Asked> {
  const { dataDir, remove } = await seedStore();
  const clients: Clients = await openClients({ kind: 'embedded', dataDir });
  return {
    ask: async (sql, filters) => {
      // Settings given beside a query would stay with the embedded connection.
      const only = filters === undefined ? '' : ` SETTINGS additional_table_filters = ${filters}`;
      const result = await clients.read().query({
        query: `${sql}${only}`,
        format: 'JSONCompact',
        clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
      });
      const { meta = [], data } = await result.json<Row>();
      return {
        columns: meta.map(({ name }) => name),
        types: meta.map(({ type }) => type),
        rows: data as unknown as readonly Row[],
      };
    },
    command: async (sql) => {
      await clients.write.command({ query: sql });
    },
    close: async () => {
      await clients.close();
      await remove();
    },
  };
}
