// postgres.close_idle against a real PostgreSQL.
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, vi } from 'vitest';
import { requirement } from '../../require.ts';
import { targetAt } from '../probes/probe-setup.ts';
import type { Server } from '../servers.ts';
import { POSTGRES_PASSWORD, POSTGRES_USER, serversMissing, startPostgres } from '../servers.ts';
import { act, actionNamed, contextOf, intend } from './action-setup.ts';

const test = await requirement('servers', serversMissing);

describe('postgres.close_idle', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  const clients: Client[] = [];
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end().catch(() => undefined)));
  });

  async function open(application: string, user = POSTGRES_USER): Promise<Client> {
    const client = new Client({
      host: '127.0.0.1',
      port: server.port,
      user,
      password: POSTGRES_PASSWORD,
      database: 'postgres',
      application_name: application,
    });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  }

  const credentials = {
    user: POSTGRES_USER,
    password: `env:${POSTGRES_PASSWORD}`,
    database: 'postgres',
  };
  const context = (user = POSTGRES_USER) =>
    contextOf(targetAt(server.port, { protocol: 'postgresql', credentials: { ...credentials, user } }));

  /** Names of the sessions that are left, without the one that asks. */
  async function sessions(): Promise<readonly string[]> {
    const { rows } = await (
      await open('observer')
    ).query<{ name: string }>(
      `SELECT application_name || ' ' || state AS name FROM pg_stat_activity
       WHERE backend_type = 'client backend' AND application_name NOT IN ('observer', 'errata-probe') ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  }

  const untilIdleFor = (ms: number, count: number) =>
    vi.waitFor(async () => {
      const { rows } = await (clients[0] as Client).query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'orders' AND state <> 'active'
         AND state_change <= now() - $1 * interval '1 millisecond'`,
        [ms],
      );
      expect(rows[0]?.n).toBe(count);
    }, 10_000);

  test('it closes the idle sessions of that application, and leaves busy ones and those of others', async () => {
    await open('keeper');
    await open('orders');
    await (await open('orders')).query('BEGIN');
    const busy = (await open('orders')).query('SELECT pg_sleep(30)').catch(() => undefined);
    await open('orders-worker');
    await open('Orders');
    await untilIdleFor(1000, 2);
    const { ran, observed } = await act(
      'postgres.close_idle',
      { application_name: 'orders', idle_for: '1s' },
      context(),
    );
    expect(ran).toEqual({ kind: 'done', after: { closed: 2 } });
    expect(observed).toEqual({ kind: 'applied', after: {} });
    expect(await sessions()).toEqual(['Orders idle', 'keeper idle', 'orders active', 'orders-worker idle']);
    await (clients[0] as Client).query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'orders'",
    );
    await busy;
  });

  test('it closes at most max, the longest idle first, and none that is idle too shortly', async () => {
    await open('keeper');
    const first = await open('orders');
    await (await open('orders')).query('SELECT 1');
    await (await open('orders')).query('SELECT 1');
    await untilIdleFor(1000, 3);
    const ended = new Promise((resolve) => first.once('end', resolve));
    const limited = await act('postgres.close_idle', { application_name: 'orders', idle_for: '1s', max: 1 }, context());
    expect(limited.ran).toEqual({ kind: 'done', after: { closed: 1 } });
    await ended;
    const params = { application_name: 'orders', idle_for: 60_000, max: 10, states: ['idle'] };
    expect(await actionNamed('postgres.close_idle').prepare(params, context())).toEqual({
      refused: 'no session of orders is idle that long',
    });
  });

  test('a session that went back to work since it was chosen is left, and a new one is not touched', async () => {
    await open('keeper');
    const back = await open('orders');
    await open('orders');
    await untilIdleFor(1000, 2);
    const action = actionNamed('postgres.close_idle');
    const intent = await intend('postgres.close_idle', { application_name: 'orders', idle_for: '1s' }, context());
    expect(await action.observe(intent, context())).toEqual({ kind: 'not_applied' });
    await back.query('SELECT 1');
    await open('orders');
    expect(await action.run(intent, context())).toEqual({ kind: 'done', after: { closed: 1 } });
    expect(await action.observe(intent, context())).toEqual({ kind: 'applied', after: {} });
    expect(await sessions()).toEqual(['keeper idle', 'orders idle', 'orders idle']);
  });

  test("values are values: a name that is SQL selects nobody, and our own sessions' name is refused", async () => {
    await open('keeper');
    const action = actionNamed('postgres.close_idle');
    const params = action.parameters.parse({ application_name: "' OR true --", idle_for: '1s' });
    expect(await action.prepare(params, context())).toEqual({
      refused: "no session of ' OR true -- is idle that long",
    });
    expect(action.parameters.safeParse({ application_name: 'errata-probe' }).success).toBe(false);
    expect(action.parameters.safeParse({ application_name: '' }).success).toBe(false);
    expect(action.parameters.parse({ application_name: 'orders' })).toEqual({
      application_name: 'orders',
      idle_for: 300_000,
      max: 10,
      states: ['idle', 'idle in transaction'],
    });
  });

  test('a login that may not close says so, and closes nothing', async () => {
    const keeper = await open('keeper');
    await keeper.query(`CREATE ROLE watcher LOGIN PASSWORD '${POSTGRES_PASSWORD}' IN ROLE pg_monitor`);
    await open('orders');
    await untilIdleFor(1000, 1);
    const { ran } = await act(
      'postgres.close_idle',
      { application_name: 'orders', idle_for: '1s' },
      context('watcher'),
    );
    expect(ran).toEqual({
      kind: 'failed',
      reason: 'the login may not close sessions of this role (pg_signal_backend)',
    });
    expect(await sessions()).toEqual(['keeper idle', 'orders idle']);
  });

  test('a server that is away refuses, with what it is called', async () => {
    const gone = contextOf(targetAt(1, { credentials }));
    const params = { application_name: 'orders', idle_for: 1000, max: 10, states: ['idle'] };
    expect(await actionNamed('postgres.close_idle').prepare(params, gone)).toEqual({
      refused: 'PostgreSQL: ECONNREFUSED',
    });
  });
});
