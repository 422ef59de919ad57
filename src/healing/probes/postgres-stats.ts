import * as z from 'zod';
import { defineProbe } from '../probe.ts';
import { withPostgres } from './postgres-session.ts';
import { portField } from './target-address.ts';

// Counted without our own session. What other roles' sessions do is hidden from a role without pg_read_all_stats; how
// many there are is not. reserved_connections came with PostgreSQL 16.
const STATS = `
  SELECT
    (SELECT sum(numbackends)::int FROM pg_stat_database) - 1 AS connections,
    current_setting('max_connections')::int AS max_connections,
    current_setting('superuser_reserved_connections')::int
      + coalesce(current_setting('reserved_connections', true), '0')::int AS reserved,
    pg_has_role('pg_read_all_stats', 'USAGE') AS sees_all,
    (SELECT count(*)::int FROM pg_stat_activity WHERE state = 'idle') AS idle,
    (SELECT count(*)::int FROM pg_stat_activity WHERE state LIKE 'idle in transaction%') AS idle_in_transaction`;

const rowSchema = z.object({
  connections: z.int(),
  max_connections: z.int(),
  reserved: z.int(),
  sees_all: z.boolean(),
  idle: z.int(),
  idle_in_transaction: z.int(),
});

export const postgresStats = defineProbe({
  name: 'postgres.stats',
  summary: "Counts PostgreSQL's sessions. The role needs pg_monitor to see which are idle.",
  parameters: z.strictObject({ port: portField }),
  facts: {
    connections: "sessions, without the probe's own",
    max_connections: 'the setting of that name',
    connections_ratio: 'connections of those that roles without privileges may open',
    idle: 'sessions that do nothing',
    idle_in_transaction: 'sessions that do nothing and hold a transaction open',
  },
  needsEngine: false,
  async run({ port }, context) {
    const session = await withPostgres(context, port, async (client) => {
      const { rows } = await client.query<Record<string, unknown>>(STATS);
      return rowSchema.parse(rows[0]);
    });
    if (session?.kind !== 'done') return {};
    const { connections, max_connections, reserved, sees_all, idle, idle_in_transaction } = session.value;
    const open = Math.max(1, max_connections - reserved);
    return {
      connections,
      max_connections,
      connections_ratio: connections / open,
      ...(sees_all ? { idle, idle_in_transaction } : {}),
    };
  },
});
