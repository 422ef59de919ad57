// Must show 5, PostgreSQL: what a restart would not help, or nobody wants, is never answered with one. Each database has a
// container that could be restarted, so that "never" is a claim; it is asserted at the proxy in front of the engine.
import { Client } from 'pg';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { freePort } from '../../collector/collector-process.ts';
import { requirement } from '../../require.ts';
import { missing } from '../../healing/docker/engine.ts';
import { POSTGRES_PASSWORD, POSTGRES_USER, serversMissing, startPostgres } from '../../healing/servers.ts';
import type { Server } from '../../healing/servers.ts';
import { openStage } from './stage.ts';
import type { AttemptView, Reported, Stage } from './stage.ts';

const notHere = missing ?? (await serversMissing());
const test = await requirement('docker', async () => notHere);

let postgres: Server;
/** Nothing listens there. */
let downPort: number;
let stage: Stage;
const clients: Client[] = [];
const containers = new Map<string, string>();

beforeAll(async () => {
  if (notHere !== undefined) return;
  // Nine sessions, and three more for superusers.
  postgres = await startPostgres({ max_connections: 12, superuser_reserved_connections: 3 });
  downPort = await freePort();
  const service = (name: string, port: number, password: string) => ({
    name,
    container: { labels: { 'errata.service': name } },
    address: `127.0.0.1:${port}`,
    protocol: 'postgresql',
    credentials: { user: POSTGRES_USER, password, database: 'postgres' },
  });
  stage = await openStage({
    config: {
      services: [
        service('ledger-db', postgres.port, 'env:OLD_PASSWORD'),
        service('orders-db', postgres.port, 'env:PG_PASSWORD'),
        service('reports-db', downPort, 'env:PG_PASSWORD'),
        service('archive-db', downPort, 'env:PG_PASSWORD'),
      ],
    },
    env: { PG_PASSWORD: POSTGRES_PASSWORD, OLD_PASSWORD: 'wrong-horse' },
  });
  for (const name of ['ledger-db', 'orders-db', 'reports-db', 'archive-db']) {
    const labels = { 'errata.autofix': 'true', 'errata.service': name };
    containers.set(name, await stage.real.runContainer({ name, labels, restartPolicy: 'unless-stopped' }));
  }
}, 60_000);
afterAll(async () => {
  await stage?.stop();
  await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  await postgres?.stop();
}, 60_000);

test('a wrong password is handed over by both rules that meet it, and nothing is restarted', async () => {
  const startedMs = Date.now();
  const refused = await failureOf(connectAs(POSTGRES_USER, 'ledger', 'wrong-horse'));
  expect(refused.code).toBe('28P01');
  await stage.report(times(3, about('ledger', 'ledger-db', refused)));
  const told = await ended('ledger-db', 'database-credentials');
  // Drivers that hide the reason: the diagnosis finds it.
  const closed = { code: 'ECONNRESET', message: 'Connection terminated unexpectedly' };
  await stage.report(times(5, about('ledger', 'ledger-db', closed)));
  const found = await ended('ledger-db', 'database-connection');
  for (const attempt of [told, found]) {
    expect(attempt).toMatchObject({
      outcome: 'escalated',
      finding: 'BAD_CREDENTIALS',
      escalated_to: 'morgan',
      facts: { 'login.code': '28P01' },
      steps: [],
    });
  }
  expect(await resolvedOf('ledger')).toEqual(new Set([false]));
  expect(stage.proxy.mutations()).toEqual([]);
  console.info(`a wrong password: handed over twice within ${Date.now() - startedMs} ms`);
});

test('too many connections: idle sessions of the application that complains are closed, no others', async () => {
  const admin = await connectAs(POSTGRES_USER, 'observer');
  await admin.query(`CREATE ROLE app LOGIN PASSWORD '${POSTGRES_PASSWORD}'`);
  for (let count = 0; count < 3; count += 1) await connectAs('app', 'billing');
  for (let count = 0; count < 3; count += 1) await connectAs('app', 'orders');
  await (await connectAs('app', 'orders')).query('BEGIN');
  const busy = await connectAs('app', 'orders');
  const working = busy.query("SELECT pg_sleep(300), 'busy'").catch(() => undefined);
  await untilIdleForASecond(admin, 4);

  const startedMs = Date.now();
  const full = await failureOf(connectAs('app', 'orders'));
  expect(full.code).toBe('53300');
  await stage.report(times(5, about('orders', 'orders-db', full)));
  const attempt = await ended('orders-db', 'database-connection');
  expect(attempt).toMatchObject({
    outcome: 'succeeded',
    finding: 'TOO_MANY_CONNECTIONS',
    facts: { 'login.ok': true, 'load.connections_ratio': 1 },
    steps: [
      { action: 'postgres.close_idle', state: 'done', params: { application_name: 'orders' }, after: { closed: 4 } },
    ],
  });
  console.info(`too many connections: from first error to verified ${Date.now() - startedMs} ms`);
  expect(await sessions(admin)).toEqual(['billing idle', 'billing idle', 'billing idle', 'orders active']);
  await (await connectAs('app', 'orders')).query('SELECT 1');
  expect(await resolvedOf('orders')).toEqual(new Set([true]));
  expect(stage.proxy.mutations()).toEqual([]);
  await admin.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%busy%' AND pid <> pg_backend_pid()",
  );
  await working;
});

test('a database that an operator stopped stays stopped, also when a fix is asked for', async () => {
  const container = stage.real.docker.getContainer(containers.get('reports-db') ?? '');
  await container.stop();
  const startedMs = Date.now();
  const away = await failureOf(connectAs(POSTGRES_USER, 'reports', POSTGRES_PASSWORD, downPort));
  expect(away.code).toBe('ECONNREFUSED');
  await stage.report(times(5, about('reports', 'reports-db', away, downPort)));
  const attempt = await ended('reports-db', 'database-connection');
  const held = { outcome: 'escalated', finding: 'STOPPED_BY_OPERATOR', escalated_to: 'morgan', steps: [] };
  expect(attempt).toMatchObject({ ...held, facts: { 'box.status': 'exited', 'box.operator_hold': true } });
  console.info(`stopped by an operator: handed over after ${Date.now() - startedMs} ms`);

  const asked = await stage.post(`/api/errors/${attempt.error_id}/fix`);
  expect(asked).toMatchObject({ status: 202, body: { attempt: { finding: 'STOPPED_BY_OPERATOR', steps: [] } } });
  expect((await container.inspect()).State.Status).toBe('exited');
  expect(await resolvedOf('reports')).toEqual(new Set([false]));
  expect(stage.proxy.mutations()).toEqual([]);
});

test('it stays stopped also when nobody watched as it was stopped', async () => {
  const container = stage.real.docker.getContainer(containers.get('archive-db') ?? '');
  await stage.kill();
  await container.stop();
  await stage.start();
  const away = await failureOf(connectAs(POSTGRES_USER, 'archive', POSTGRES_PASSWORD, downPort));
  await stage.report(times(5, about('archive', 'archive-db', away, downPort)));
  const attempt = await ended('archive-db', 'database-connection');
  expect(attempt).toMatchObject({ outcome: 'escalated', finding: 'STOPPED_BY_OPERATOR', steps: [] });
  expect((await container.inspect()).State.Status).toBe('exited');
  expect(stage.proxy.mutations()).toEqual([]);
});

interface DriverFailure {
  readonly code: string;
  readonly message: string;
}

async function connectAs(
  user: string,
  application: string,
  password = POSTGRES_PASSWORD,
  port = postgres.port,
): Promise<Client> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user,
    password,
    database: 'postgres',
    application_name: application,
  });
  client.on('error', () => undefined);
  await client.connect();
  clients.push(client);
  return client;
}

async function failureOf(connecting: Promise<Client>): Promise<DriverFailure> {
  const error: unknown = await connecting.then(
    () => new Error('it let us in'),
    (failure: unknown) => failure,
  );
  return error as DriverFailure;
}

function about(service: string, database: string, { code, message }: DriverFailure, port = postgres.port): Reported {
  return {
    service,
    type: 'DatabaseError',
    message,
    attributes: {
      'server.address': database,
      'server.port': port,
      'db.system.name': 'postgresql',
      'error.type': code,
    },
  };
}

function times(count: number, reported: Reported): readonly Reported[] {
  return Array.from({ length: count }, () => reported);
}

function ended(target: string, rule: string): Promise<AttemptView> {
  return stage.attempt(
    (one) => one.target === target && one.rule_id === rule && (one.state === 'ended' || one.state === 'suppressed'),
  );
}

async function resolvedOf(service: string): Promise<ReadonlySet<boolean>> {
  const { errors } = await stage.get<{ errors: readonly { resolved: boolean }[] }>(`/api/errors?service=${service}`);
  return new Set(errors.map(({ resolved }) => resolved));
}

async function sessions(admin: Client): Promise<readonly string[]> {
  const { rows } = await admin.query<{ name: string }>(
    `SELECT application_name || ' ' || state AS name FROM pg_stat_activity
     WHERE backend_type = 'client backend' AND application_name NOT IN ('observer', 'errata-probe') ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/** The step's `idle_for`, as the stage shortens it. */
async function untilIdleForASecond(admin: Client, count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const { rows } = await admin.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity
         WHERE application_name = 'orders' AND state <> 'active' AND state_change <= now() - interval '1 second'`,
      );
      expect(rows[0]?.n).toBe(count);
    },
    { timeout: 10_000 },
  );
}
