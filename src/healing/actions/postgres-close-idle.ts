// Sessions that a service left behind, often in a transaction that holds locks: they are closed, and no others. What
// prepare chose is closed, each only if it is still idle then, so that no repetition reaches further.
import { setTimeout } from 'node:timers/promises';
import type { Client } from 'pg';
import * as z from 'zod';
import type { ActionContext, Intent, Observed, Ran } from '../action.ts';
import { defineAction } from '../action.ts';
import { duration } from '../durations.ts';
import { APPLICATION_NAME, withPostgres } from '../probes/postgres-session.ts';

const states = ['idle', 'idle in transaction', 'idle in transaction (aborted)'] as const;

const parameters = z.strictObject({
  application_name: z
    .string()
    .min(1)
    .max(63)
    .refine((name) => name !== APPLICATION_NAME, 'must not be that of our own sessions')
    .describe('Exactly as in pg_stat_activity.'),
  idle_for: duration('1s', '7d').prefault('5m').describe('Idle at least this long.'),
  max: z.int().min(1).max(100).default(10).describe('Closed at most.'),
  states: z.array(z.enum(states)).min(1).default(['idle', 'idle in transaction']),
});
type Params = z.output<typeof parameters>;

/** $1 application, $2 states, $3 ms. A pid alone may be another session by now. */
const IDLE = `FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name = $1
    AND state = ANY($2) AND state_change <= now() - $3 * interval '1 millisecond'`;
const ID = `pid || '@' || (extract(epoch FROM backend_start) * 1000000)::bigint`;
const LIST = `SELECT ${ID} AS id ${IDLE} ORDER BY state_change LIMIT $4`;
const CLOSE = `SELECT pg_terminate_backend(pid) AS closed ${IDLE} AND ${ID} = $4`;
const LEFT = `SELECT count(*)::int AS left ${IDLE} AND ${ID} = ANY($4)`;

const NO_LOGIN = 'the catalogue has no address or no credentials of the service';
const GONE_MS = 1_500;
const POLL_MS = 50;

export const postgresCloseIdle = defineAction({
  name: 'postgres.close_idle',
  // A full server lets in only whom it keeps a connection for (superuser_reserved_connections, PostgreSQL 16: reserved_connections).
  summary: 'Closes idle sessions of one application in PostgreSQL. The login needs pg_monitor and pg_signal_backend.',
  parameters,
  idempotent: true,
  needsEngine: false,
  needsContainer: false,
  async prepare(params, context) {
    const listed = await session(context, async (client) => {
      const { rows } = await client.query<{ id: string }>(LIST, [...idleValues(params), params.max]);
      return rows.map(({ id }) => id);
    });
    if (listed === undefined) return { refused: NO_LOGIN };
    if (listed.kind === 'failed') return { refused: `PostgreSQL: ${listed.code}` };
    if (listed.value.length === 0) return { refused: `no session of ${params.application_name} is idle that long` };
    return { before: { sessions: listed.value.join(' ') } };
  },
  run,
  async observe({ params, before }, context): Promise<Observed> {
    const chosen = chosenOf(before);
    const left = await session(context, (client) => countLeft(client, params, chosen));
    if (left?.kind !== 'done') return { kind: 'unknown' };
    if (left.value === chosen.length) return { kind: 'not_applied' };
    return left.value === 0 ? { kind: 'applied', after: {} } : { kind: 'partial' };
  },
  complete: run,
});

async function run({ params, before }: Intent<Params>, context: ActionContext): Promise<Ran> {
  const closed: string[] = [];
  let refused = '';
  const chosen = chosenOf(before);
  const ended = await session(context, async (client) => {
    for (const id of chosen) {
      try {
        const { rows } = await client.query<{ closed: boolean }>(CLOSE, [...idleValues(params), id]);
        if (rows[0]?.closed === true) closed.push(id);
      } catch (error) {
        // One of somebody else's role; the others may still be ours to close.
        if (!isDenied(error)) throw error;
        refused = 'the login may not close sessions of this role (pg_signal_backend)';
      }
    }
    await untilGone(() => countLeft(client, params, closed));
  });
  if (ended === undefined) return { kind: 'failed', reason: NO_LOGIN };
  // Before anything was closed a lost connection may still have carried the first order.
  if (ended.kind === 'failed') return { kind: 'unknown', reason: `PostgreSQL: ${ended.code}, ${closed.length} closed` };
  if (closed.length === 0 && refused !== '') return { kind: 'failed', reason: refused };
  return { kind: 'done', after: { closed: closed.length } };
}

/** A session that was told to end is still there for a moment. */
async function untilGone(count: () => Promise<number>): Promise<void> {
  const until = performance.now() + GONE_MS;
  while ((await count()) > 0 && performance.now() < until) await setTimeout(POLL_MS);
}

function session<T>(context: ActionContext, work: (client: Client) => Promise<T>) {
  return withPostgres(context, undefined, work);
}

async function countLeft(client: Client, params: Params, chosen: readonly string[]): Promise<number> {
  const { rows } = await client.query<{ left: number }>(LEFT, [...idleValues(params), chosen]);
  return rows[0]?.left ?? 0;
}

function idleValues({ application_name: application, states: wanted, idle_for: idleMs }: Params) {
  return [application, wanted, idleMs];
}

function chosenOf({ sessions }: Intent<Params>['before']): readonly string[] {
  return String(sessions ?? '').split(' ');
}

/** SQLSTATE insufficient_privilege. */
function isDenied(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '42501';
}
