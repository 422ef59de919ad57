// The seed's first example: Claude is asked why PostgreSQL shows as disconnected, and it is not.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server as NetServer } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import { openAgentStage } from '../e2e/agents-stage.ts';
import type { AgentStage } from '../e2e/agents-stage.ts';
import { missing, startEngine } from '../healing/docker/engine.ts';
import type { RealEngine } from '../healing/docker/engine.ts';
import { POSTGRES_PASSWORD, POSTGRES_USER, serversMissing, startPostgres } from '../healing/servers.ts';
import type { Server } from '../healing/servers.ts';
import { requirement } from '../require.ts';
import { runExample } from './agents-run.ts';

// The rule looks at containers too, though none is behind this PostgreSQL.
const notHere = missing ?? (await serversMissing());
const test = await requirement('docker', async () => notHere);

/** So that the port is the one of the seed's example, whatever else runs on this machine. */
const HOST = '127.0.0.55';
const PORT = 5432;

let engine: RealEngine;
let postgres: Server;
let usual: NetServer;
let stage: AgentStage;

beforeAll(async () => {
  if (notHere !== undefined) return;
  engine = await startEngine();
  postgres = await startPostgres();
  usual = await openUsualPort(postgres.port);
  stage = await openAgentStage({
    config: {
      healing: { mode: 'approve' },
      services: [
        {
          name: 'PostgreSQL',
          address: `${HOST}:${PORT}`,
          protocol: 'postgresql',
          health_check: { protocol: 'http', path: '/health' },
          credentials: { user: POSTGRES_USER, password: 'env:PG_PASSWORD', database: 'postgres' },
        },
      ],
    },
    env: { DOCKER_HOST: engine.host, PG_PASSWORD: POSTGRES_PASSWORD },
    tokens: { 'mcp-server': 'ingest,write', claude: 'read,fix' },
  });
});
afterAll(async () => {
  await stage?.stop();
  usual?.close();
  await postgres?.stop();
  await engine?.stop();
});

test('Claude sees HTTP asked of PostgreSQL, finds it up, and suggests pg_isready or a corrected check', async () => {
  const logged = await stage.post('mcp-server', '/api/errors/log', {
    service: 'mcp-server',
    severity: 'error',
    error_type: 'health_check_failed',
    message: 'PostgreSQL health check failed',
    details: { service_name: 'PostgreSQL', port: PORT, attempted_protocol: 'http', expected_protocol: 'postgresql' },
  });
  expect(logged.status).toBe(201);
  const { code, output } = await runExample('claude.js', {
    ERRATA_URL: stage.url,
    ERRATA_TOKEN: stage.tokenOf('claude'),
  });
  console.info(output);
  expect(output.split('\n')).toEqual([
    'Why is PostgreSQL showing as disconnected?',
    '',
    'devops.errors.list   1 open; of mcp-server: "PostgreSQL health check failed", once',
    'devops.errors.get    it asked in http on port 5432; postgresql is spoken there',
    'devops.errors.plan   CHECK_PROTOCOL_MISMATCH; The rule acts only after a person approved it.',
    '                     tried just now: the port speaks postgresql',
    '',
    "The health check asks in http what speaks postgresql: it can't succeed, whether PostgreSQL is up or not.",
    'PostgreSQL is up and answers. Nothing has to be restarted.',
    'Suggestion: check with `pg_isready -h HOST -p 5432`,',
    'or let devops.errors.fix do check.correct {"protocol":"postgresql"} (risk low, approval required)',
    '',
  ]);
  expect(code).toBe(0);
  // It only looked.
  expect(await stage.get('claude', '/api/fixes')).toMatchObject({ fixes: [] });
  // What it suggests is right.
  const suggestion = /`pg_isready -h HOST (-p \d+)`/.exec(output)?.[1]?.split(' ') ?? [];
  const { stdout } = await promisify(execFile)('pg_isready', ['-h', HOST, ...suggestion]);
  expect(stdout).toContain('accepting connections');
});

test('a token that may not look closer is told so', async () => {
  const { code, output } = await runExample('claude.js', {
    ERRATA_URL: stage.url,
    ERRATA_TOKEN: stage.tokenOf('mcp-server'),
  });
  expect(code).toBe(1);
  expect(output).toContain('Tool devops.errors.list not found');
});

async function openUsualPort(behind: number): Promise<NetServer> {
  const server = createServer((socket) => {
    const inner = connect(behind, '127.0.0.1');
    // Whoever goes first, the other follows.
    socket.on('error', () => inner.destroy()).pipe(inner);
    inner.on('error', () => socket.destroy()).pipe(socket);
  });
  server.listen(PORT, HOST);
  await once(server, 'listening');
  return server;
}
