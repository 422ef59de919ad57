// Must show 4: a health check that asks PostgreSQL in HTTP is told from a PostgreSQL that is down. The check is corrected,
// and nothing is restarted, though a restart was possible.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { get } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { requirement } from '../../require.ts';
import { missing } from '../../healing/docker/engine.ts';
import { POSTGRES_PASSWORD, POSTGRES_USER, serversMissing, startPostgres } from '../../healing/servers.ts';
import type { Server } from '../../healing/servers.ts';
import { openStage } from './stage.ts';
import type { AttemptView, Stage } from './stage.ts';

const notHere = missing ?? (await serversMissing());
const test = await requirement('docker', async () => notHere);

let postgres: Server;
let usual: NetServer;
let stage: Stage;
let containers: readonly string[];

beforeAll(async () => {
  if (notHere !== undefined) return;
  postgres = await startPostgres();
  usual = await openAt('127.0.0.54', 5432, postgres.port);
  const service = (name: string, address: string) => ({
    name,
    container: { labels: { 'errata.service': name } },
    address,
    protocol: 'postgresql',
    health_check: { protocol: 'http', path: '/health' },
    credentials: { user: POSTGRES_USER, password: 'env:PG_PASSWORD', database: 'postgres' },
  });
  stage = await openStage({
    config: {
      services: [service('PostgreSQL', '127.0.0.54:5432'), service('ledger-db', `127.0.0.1:${postgres.port}`)],
    },
    env: { PG_PASSWORD: POSTGRES_PASSWORD },
  });
  containers = await Promise.all(
    ['PostgreSQL', 'ledger-db'].map((name) =>
      stage.real.runContainer({ name, labels: { 'errata.autofix': 'true', 'errata.service': name } }),
    ),
  );
}, 60_000);
afterAll(async () => {
  await stage?.stop();
  usual?.close();
  await postgres?.stop();
}, 60_000);

test('a failed HTTP check of PostgreSQL is corrected to what the port speaks, and nothing is restarted', async () => {
  const message = await httpCheckOf(postgres.port);
  const startedMs = Date.now();
  // What other versions of Node and of PostgreSQL make of it is another group, and the same fault.
  const messages = [message, message, 'Parse Error: Expected HTTP/, RTSP/ or ICE/'];
  await stage.report(
    messages.map((cause) => ({
      service: 'health-monitor',
      type: 'HealthCheckError',
      message: `ledger-db health check failed: ${cause}`,
      attributes: { service_name: 'ledger-db', port: postgres.port },
    })),
  );
  const attempt = await ended('ledger-db');
  await expectCorrected(attempt, 'health-monitor', 3);
  console.info(`"${message}": from first error to verified ${Date.now() - startedMs} ms`);
});

test("the seed's example, word for word, ends the same", async () => {
  const startedMs = Date.now();
  for (let count = 0; count < 3; count += 1) {
    const { status, body } = await stage.post('/api/errors/log', {
      service: 'mcp-server',
      severity: 'error',
      error_type: 'health_check_failed',
      message: 'PostgreSQL health check failed',
      details: {
        service_name: 'PostgreSQL',
        port: 5432,
        attempted_protocol: 'http',
        expected_protocol: 'postgresql',
      },
    });
    expect([status, body]).toEqual([201, expect.anything()]);
  }
  const attempt = await ended('PostgreSQL');
  await expectCorrected(attempt, 'mcp-server', 3);
  console.info(`the seed's example: from first error to verified ${Date.now() - startedMs} ms`);
});

function ended(target: string): Promise<AttemptView> {
  return stage.attempt((one) => one.target === target && (one.state === 'ended' || one.state === 'suppressed'));
}

async function expectCorrected(attempt: AttemptView, service: string, count: number): Promise<void> {
  expect(attempt).toMatchObject({
    outcome: 'succeeded',
    finding: 'CHECK_PROTOCOL_MISMATCH',
    facts: { 'check.protocol': 'http', 'wire.protocol': 'postgresql', 'box.status': 'running' },
    steps: [
      {
        action: 'check.correct',
        state: 'done',
        before: { protocol: 'http' },
        after: { protocol: 'postgresql' },
      },
    ],
  });
  const corrected = JSON.parse(await readFile(join(stage.dataDir, 'health-checks.json'), 'utf8')) as object;
  expect(corrected).toMatchObject({ [`1/${attempt.target}`]: 'postgresql' });
  expect(stage.proxy.mutations()).toEqual([]);
  for (const id of containers) {
    expect((await stage.real.docker.getContainer(id).inspect()).State).toMatchObject({ Running: true });
  }
  const { errors } = await stage.get<{ errors: readonly object[] }>(`/api/errors?service=${service}`);
  expect(errors).toHaveLength(count);
  for (const error of errors) {
    expect(error).toMatchObject({ resolved: true, auto_fix_attempted: true, auto_fix_successful: true });
  }
}

/** What Node says of it, as whoever checks reports it. */
function httpCheckOf(port: number): Promise<string> {
  return new Promise((resolve) => {
    get({ port, path: '/health' }, () => resolve('it answered')).on('error', ({ message }) => resolve(message));
  });
}

/** The port that everybody expects, without taking it from a PostgreSQL that runs here. */
async function openAt(host: string, port: number, behind: number): Promise<NetServer> {
  const server = createServer((socket) => {
    const inner = connect(behind, '127.0.0.1');
    // Whoever goes first, the other follows.
    socket.on('error', () => inner.destroy()).pipe(inner);
    inner.on('error', () => socket.destroy()).pipe(socket);
  });
  server.listen(port, host);
  await once(server, 'listening');
  expect((server.address() as AddressInfo).port).toBe(port);
  return server;
}
