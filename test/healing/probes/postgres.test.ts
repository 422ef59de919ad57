import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createProbeEcho } from '../../../src/healing/probe-echo.ts';
import { freePort } from '../../collector/collector-process.ts';
import { requirement } from '../../require.ts';
import { POSTGRES_PASSWORD, POSTGRES_USER, serversMissing, startPostgres, type Server } from '../servers.ts';
import { errorOf } from './error-of.ts';
import { createMarks, runProbe, targetAt } from './probe-setup.ts';

const withServers = await requirement('servers', serversMissing);
const credentials = { user: POSTGRES_USER, password: 'env:PG_PASSWORD', database: 'postgres' };
const env = { PG_PASSWORD: POSTGRES_PASSWORD };

let server: Server | undefined;
beforeAll(async () => {
  if ((await serversMissing()) !== undefined) return;
  // Eight for roles without privileges, two for superusers.
  server = await startPostgres({ max_connections: 10, superuser_reserved_connections: 2, log_connections: 'on' });
  const admin = await connectAs(POSTGRES_USER);
  await admin.query(`CREATE ROLE app LOGIN PASSWORD '${POSTGRES_PASSWORD}'`);
  await admin.end();
});
afterAll(() => server?.stop());

const portOfServer = (): number => server?.port ?? 0;

async function connectAs(user: string, application = 'shop'): Promise<Client> {
  const client = new Client({
    host: '127.0.0.1',
    port: portOfServer(),
    user,
    password: POSTGRES_PASSWORD,
    database: 'postgres',
    application_name: application,
  });
  client.on('error', () => {});
  await client.connect();
  return client;
}

const targetAs = (more: Partial<typeof credentials> = {}) =>
  targetAt(portOfServer(), { credentials: { ...credentials, ...more } });
const login = (more: Partial<typeof credentials> = {}, password = POSTGRES_PASSWORD) =>
  runProbe('postgres.login', { target: targetAs(more), env: { PG_PASSWORD: password } });

withServers('the right password is accepted, under our own application name', async () => {
  expect(await login()).toEqual({ ok: true });
  await expect.poll(() => server?.log()).toContain('application_name=errata-probe');
});

withServers('a wrong password is 28P01 after one try, and its text is in no fact', async () => {
  const failures = (): number => (server?.log().match(/password authentication failed/g) ?? []).length;
  const before = failures();
  const facts = await login({}, 'wrong-horse');
  expect(facts).toEqual({ ok: false, code: '28P01' });
  await expect.poll(failures).toBe(before + 1);
});

withServers('an unknown database is 3D000', async () => {
  expect(await login({ database: 'nowhere' })).toEqual({ ok: false, code: '3D000' });
});

withServers('an unknown role is told from a wrong password by nobody', async () => {
  expect(await login({ user: 'nobody' })).toEqual({ ok: false, code: '28P01' });
});

withServers('a full server is 53300, and its statistics say so while one more fits', async () => {
  const clients: Client[] = [];
  onTestFinished(async () => {
    for (const client of clients) await client.end();
  });
  for (let count = 0; count < 4; count += 1) clients.push(await connectAs('app'));
  await clients[0]?.query('BEGIN');
  const stats = () => runProbe('postgres.stats', { target: targetAs(), env });
  await expect.poll(stats).toEqual({
    connections: 4,
    max_connections: 10,
    connections_ratio: 0.5,
    idle: 3,
    idle_in_transaction: 1,
  });
  for (let count = 0; count < 4; count += 1) clients.push(await connectAs('app'));
  expect(await login({ user: 'app' })).toEqual({ ok: false, code: '53300' });
  // The superuser still gets in by its reserve.
  expect((await stats())['connections_ratio']).toBe(1);
  expect(await runProbe('postgres.stats', { target: targetAs({ user: 'app' }), env })).toEqual({});
});

withServers('a role that must not see other sessions counts them all the same', async () => {
  const client = await connectAs(POSTGRES_USER);
  onTestFinished(() => client.end());
  await expect
    .poll(() => runProbe('postgres.stats', { target: targetAs({ user: 'app' }), env }))
    .toEqual({ connections: 1, max_connections: 10, connections_ratio: 0.125 });
});

withServers('a server that insists on TLS is asked over TLS', async () => {
  const secure = await startPostgres({}, { tls: true });
  onTestFinished(() => secure.stop());
  const target = targetAt(secure.port, { credentials });
  expect(await runProbe('postgres.login', { target, env })).toEqual({ ok: true });
  expect(await runProbe('postgres.login', { target, env: { PG_PASSWORD: 'wrong-horse' } })).toEqual({
    ok: false,
    code: '28P01',
  });
  expect(await runProbe('protocol.sniff', { target })).toEqual({
    protocol: 'postgresql',
    evidence: 'S to SSLRequest',
  });
});

withServers('what an HTTP check makes PostgreSQL log is an echo', async () => {
  const echo = createProbeEcho({ now: Date.now });
  await runProbe('http.get', { target: targetAt(portOfServer()), mark: (traffic) => echo.mark(traffic) });
  await expect.poll(() => server?.log()).toContain('invalid length of startup packet');
  const line =
    server
      ?.log()
      .split('\n')
      .find((line) => line.includes('startup packet')) ?? '';
  expect(echo.isEcho(errorOf({ message: line, service: 'orders-db', timestampMs: Date.now() }))).toBe(true);
});

test('a server that is away is its connection failure', async () => {
  const target = targetAt(await freePort(), { credentials });
  expect(await runProbe('postgres.login', { target, env })).toEqual({ ok: false, code: 'ECONNREFUSED' });
});

test('a server that takes the connection and says nothing is a time-out', async () => {
  let open = 0;
  const silent = createServer((socket) => {
    open += 1;
    socket
      .resume()
      .on('close', () => (open -= 1))
      .on('error', () => {});
  });
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => void silent.close());
  const target = targetAt((silent.address() as AddressInfo).port, { credentials });
  for (const name of ['postgres.login', 'redis.ping']) {
    const facts = await runProbe(name, {
      target,
      env,
      signal: AbortSignal.timeout(1_300),
    });
    expect(Object.values(facts)).toEqual([false, 'ETIMEDOUT']);
    await expect.poll(() => open).toBe(0);
  }
});

test('without credentials nothing is tried', async () => {
  const { marks, mark } = createMarks();
  expect(await runProbe('postgres.login', { target: targetAt(await freePort()), mark })).toEqual({});
  expect(marks).toEqual([]);
});

test('a reference without a value is a matter of configuration, not of the target', async () => {
  const target = targetAt(await freePort(), { credentials });
  await expect(runProbe('postgres.login', { target, env: {} })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: 'env:PG_PASSWORD is not there or empty',
  });
});
