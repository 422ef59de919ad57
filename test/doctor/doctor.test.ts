// `errata doctor` before real faults: each is found, named and comes with what to do; without one, all is good.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeTokens } from '../../src/access/token-file.ts';
import { loadConfig } from '../../src/config.ts';
import { runDoctorCommand } from '../../src/doctor/doctor-command.ts';
import { createClickHouseStore } from '../../src/store/clickhouse-store.ts';
import { openClients } from '../../src/store/open-client.ts';
import { freePort } from '../collector/collector-process.ts';
import { dockerTest, startEngine } from '../healing/docker/engine.ts';
import { startProcessor } from '../processor.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'errata-doctor-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

interface Asked {
  readonly env?: Record<string, string>;
  readonly argv?: readonly string[];
  readonly now?: () => number;
}

/** Exit code and lines; ports are any free ones unless told. */
async function examine({ env = {}, argv = [], now = Date.now }: Asked = {}): Promise<[number, string]> {
  const lines: string[] = [];
  const whole = {
    ERRATA_CONFIG: 'test/empty.yaml',
    ERRATA_DATA_DIR: join(root, 'nothing-yet'),
    ERRATA_OTLP_PORT: '0',
    ERRATA_API_PORT: '0',
    ERRATA_ADMIN_PORT: '0',
    ...env,
  };
  const code = await runDoctorCommand(argv, {
    load: (serving) => loadConfig({ env: whole, serving }),
    out: (line) => void lines.push(line),
    now,
    logger: pino({ enabled: false }),
  });
  return [code, lines.join('\n')];
}

async function yaml(name: string, text: string): Promise<string> {
  const path = join(root, `${name}.yaml`);
  await writeFile(path, text);
  return path;
}

test('a fresh installation is healthy but for Docker, which six rules want, and looking makes nothing', async () => {
  const [code, said] = await examine();
  expect(said.match(/^(?:BAD|warn).*\n.*/gm)).toEqual([
    'warn  docker         no engine is configured, without which 6 of 9 rules can do nothing: connection-pool-exhausted, database-connection, health-check-failed, out-of-memory, redis-pool-exhausted, service-not-responding\n' +
      "                     → set DOCKER_HOST, such as unix:///var/run/docker.sock, and label containers errata.autofix: 'true'; docs/configuration.md",
  ]);
  expect(code).toBe(0);
  for (const check of ['configuration', 'data folder', 'ports', 'store', 'rules', 'tokens', 'channels', 'collector'])
    expect(said).toMatch(new RegExp(`^ok    ${check} `, 'm'));
  expect(existsSync(join(root, 'nothing-yet'))).toBe(false);
});

test('each fault of the configuration is told as at a start', async () => {
  const path = await yaml('faulty', 'hosts: x\nretention_days: 0\n');
  const [code, said] = await examine({ env: { ERRATA_CONFIG: path } });
  expect(code).toBe(1);
  expect(said).toContain('faulty.yaml:1:1: hosts: is not a key of errata.yaml');
  expect(said).toContain('faulty.yaml:2:1: retention_days: ');
  expect(said).toContain('→ docs/configuration.md has all keys and variables');
});

test('an open address without tokens is bad, and everything else is looked at all the same', async () => {
  const [code, said] = await examine({ env: { ERRATA_HOST: '0.0.0.0' } });
  expect(code).toBe(1);
  expect(said).toMatch(/^BAD {3}configuration {2}host: 0\.0\.0\.0 is not loopback/m);
  expect(said).toMatch(/^ok {4}rules {10}9 in /m);
});

test('a data folder that is a file, or has no room, is bad', async ({ skip }) => {
  const file = join(root, 'a-file');
  await writeFile(file, '');
  const [code, said] = await examine({ env: { ERRATA_DATA_DIR: file } });
  expect(code).toBe(1);
  expect(said).toMatch(
    /^BAD {3}data folder {4}.*a-file can't be written: ENOTDIR.*\n +→ give it to the user that runs Errata/m,
  );

  const disk = join(root, 'disk');
  await mkdir(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk], { stdio: 'pipe' });
  } catch {
    skip(true, 'no right to mount');
  }
  try {
    expect(await examine({ env: { ERRATA_DATA_DIR: disk } })).toEqual([
      1,
      expect.stringMatching(/^BAD {3}data folder {4}0\.0 GiB are free\n +→ make room/m),
    ]);
  } finally {
    execFileSync('umount', [disk]);
  }
});

test('what a restore left that was cut off is told', async () => {
  const dataDir = join(root, 'cut-off');
  await mkdir(join(dataDir, 'restoring-Ab12cD'), { recursive: true });
  expect(await examine({ env: { ERRATA_DATA_DIR: dataDir } })).toEqual([
    0,
    expect.stringMatching(
      /^warn {2}data folder {4}restoring-Ab12cD is of a restore that was cut off\n +→ delete it, unless one is running$/m,
    ),
  ]);
});

test('a password in CLICKHOUSE_URL is a fault, and no message shows it', async () => {
  for (const url of ['http://errata:s3cret@127.0.0.1:8123', 'http://:s3cret@127.0.0.1:8123']) {
    const [code, said] = await examine({ env: { CLICKHOUSE_URL: url } });
    expect(code).toBe(1);
    expect(said).toMatch(
      /^BAD {3}configuration {2}CLICKHOUSE_URL: must hold no user and no password: these are CLICKHOUSE_USER and CLICKHOUSE_PASSWORD$/m,
    );
    expect(said).not.toContain('s3cret');
  }
  const path = await yaml('with-password', 'clickhouse: { url: "http://errata:s3cret@127.0.0.1:8123" }\n');
  const [code, said] = await examine({ env: { ERRATA_CONFIG: path } });
  expect([code, said]).toEqual([1, expect.stringContaining('clickhouse.url: must hold no user and no password')]);
  expect(said).not.toContain('s3cret');
});

test('of CLICKHOUSE_URL nothing but the origin is shown', async () => {
  const [code, said] = await examine({ env: { CLICKHOUSE_URL: 'http://127.0.0.1:9/proxied?password=s3cret' } });
  expect(code).toBe(1);
  expect(said).toMatch(/^BAD {3}store {10}http:\/\/127\.0\.0\.1:9: /m);
  expect(said).not.toContain('s3cret');
});

test('a port that another program holds is bad, and so is an address of another machine', async () => {
  const other = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const [code, said] = await examine({ env: { ERRATA_API_PORT: String(port) } });
  other.close();
  expect(code).toBe(1);
  expect(said).toMatch(
    new RegExp(`^BAD {3}ports {10}api: ${port} is taken by another program\n +→ stop it, or set ERRATA_API_PORT$`, 'm'),
  );
  const elsewhere = await examine({
    env: { ERRATA_HOST: '192.0.2.1', ERRATA_OTLP_PORT: '4318', ERRATA_CONFIG: await yaml('t', TOKEN) },
  });
  expect(elsewhere).toEqual([1, expect.stringContaining("otlp: 192.0.2.1:4318 can't be listened on (EADDRNOTAVAIL)")]);
});

const TOKEN = `tokens: [{ name: c, hash: '${'a'.repeat(64)}', company: '*', scopes: [ingest] }]\n`;

test('beside a running processor its ports and its store are told to be its own, and its clock is compared', async () => {
  const dataDir = join(root, 'running');
  const ports = { otlp: await freePort(), api: await freePort() };
  const processor = await startProcessor(dataDir, { ports });
  try {
    const env = {
      ERRATA_DATA_DIR: dataDir,
      ERRATA_OTLP_PORT: String(ports.otlp),
      ERRATA_API_PORT: String(ports.api),
    };
    const [code, said] = await examine({ env });
    expect(said.match(/^(?:BAD|warn) +\w+/gm)).toEqual(['warn  docker']);
    expect(code).toBe(0);
    expect(said).toContain(`otlp: ${ports.otlp} is held by the running processor`);
    expect(said).toContain('ok    store          the running processor holds it and is ready');
    expect(said).toContain('ok    clock          agrees with that of the running processor');
    // It speaks OTLP as a collector would, and is none.
    const [, named] = await examine({ env, argv: ['--collector', `http://127.0.0.1:${ports.otlp}/`] });
    expect(named).toMatch(
      new RegExp(`^warn {2}collector {6}http://127\\.0\\.0\\.1:${ports.otlp}/ is an Errata, no collector\n +→ `, 'm'),
    );
    const late = await examine({ env, now: () => Date.now() + 60_000 });
    expect(late).toEqual([
      0,
      expect.stringMatching(/^warn {2}clock {10}the running processor is (?:60|61) s behind this machine$/m),
    ]);
    // The same folder under other ports.
    expect(await examine({ env: { ERRATA_DATA_DIR: dataDir } })).toEqual([
      1,
      expect.stringMatching(/^BAD {3}store {10}.*running is held by another process$/m),
    ]);
  } finally {
    await processor.stop();
  }
});

test('a store that a newer Errata has migrated is bad; one of this version says which', async () => {
  const dataDir = join(root, 'newer');
  const target = { kind: 'embedded', dataDir } as const;
  const store = createClickHouseStore(
    { target, cluster: undefined, retentionDays: 30 },
    { now: Date.now, logger: { warn: () => undefined } },
  );
  await store.start();
  await store.stop(5_000);
  const env = { ERRATA_DATA_DIR: dataDir };
  expect(await examine({ env })).toEqual([
    0,
    expect.stringMatching(/^ok {4}store {10}ClickHouse \d+\.\d+\.\S+ answers, migration \d+$/m),
  ]);
  const clients = await openClients(target);
  await clients.write.command({ query: `INSERT INTO schema_migrations VALUES (99, 'of tomorrow', now64(3))` });
  await clients.close();
  expect(await examine({ env })).toEqual([
    1,
    expect.stringMatching(/^BAD {3}store {10}a newer Errata has migrated it to 99;/m),
  ]);
});

test('a server that is away, refuses the password, has another clock or no such cluster is told apart', async () => {
  const folder = await mkdtemp(join(root, 'server-'));
  const server = spawn(process.execPath, ['test/store/clickhouse-http.mjs', '0', folder, 'errata', 's3cret']);
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  const env = {
    CLICKHOUSE_URL: `http://127.0.0.1:${String(line).trim().split(' ')[1]}`,
    CLICKHOUSE_USER: 'errata',
    CLICKHOUSE_PASSWORD: 's3cret',
    CLICKHOUSE_DATABASE: 'default',
  };
  try {
    expect(await examine({ env })).toEqual([0, expect.stringContaining('answers; the first start makes the tables')]);
    expect(await examine({ env: { ...env, CLICKHOUSE_DATABASE: 'not_there' } })).toEqual([
      0,
      expect.stringContaining('the first start makes the database'),
    ]);
    expect(await examine({ env: { ...env, CLICKHOUSE_PASSWORD: 'wrong' } })).toEqual([
      1,
      expect.stringMatching(
        /^BAD {3}store .*Authentication failed.*\n +→ is it up\? check CLICKHOUSE_URL, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD/m,
      ),
    ]);
    expect(await examine({ env: { ...env, CLICKHOUSE_CLUSTER: 'nowhere' } })).toEqual([
      1,
      expect.stringContaining('the server knows no cluster nowhere'),
    ]);
    expect(await examine({ env, now: () => Date.now() - 90_000 })).toEqual([
      0,
      expect.stringMatching(/^warn {2}clock {10}the ClickHouse server is 90 s ahead of this machine$/m),
    ]);
  } finally {
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  }
  expect(await examine({ env })).toEqual([1, expect.stringMatching(/^BAD {3}store .*ECONNREFUSED/m)]);
});

test('a faulty rule is told with file and line; a folder without rules is a warning', async () => {
  const rules = join(root, 'rules');
  await mkdir(rules);
  const env = { ERRATA_RULES: rules };
  expect(await examine({ env })).toEqual([0, expect.stringMatching(/^warn {2}rules .*holds no rules$/m)]);
  await writeFile(join(rules, 'mine.yaml'), 'rules:\n  - id: x\n    colour: red\n');
  const [code, said] = await examine({ env });
  expect(code).toBe(1);
  expect(said).toMatch(/^BAD {3}rules .*mine\.yaml:\d+:\d+: .*\n +→ mend it/m);
});

test('an engine that does not answer is bad', async () => {
  expect(await examine({ env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } })).toEqual([
    1,
    expect.stringMatching(
      /^BAD {3}docker .*connect ENOENT \/nowhere\/docker\.sock\n +→ is it up, and may this user reach it\?/m,
    ),
  ]);
});

dockerTest('a real engine answers; without a labelled container there is nothing to act on', async () => {
  const engine = await startEngine();
  try {
    const acting = await yaml('acting', 'healing: { mode: auto }\n');
    const env = { DOCKER_HOST: engine.host, ERRATA_CONFIG: acting };
    expect(await examine({ env })).toEqual([
      0,
      expect.stringContaining("give those that may be restarted the label errata.autofix: 'true'"),
    ]);
    await engine.importBusybox();
    await engine.runContainer({ name: 'one', labels: { 'errata.autofix': 'true' } });
    expect(await examine({ env })).toEqual([
      0,
      expect.stringContaining('answers; 1 of its containers may be acted on'),
    ]);
  } finally {
    await engine.stop();
  }
});

test('tokens that have expired or soon will are named, and a list that can not be read is bad', async () => {
  const dataDir = join(root, 'tokens');
  await mkdir(dataDir);
  const nowMs = Date.UTC(2026, 10, 24);
  const token = (name: string, days: number | undefined, scopes: readonly ('ingest' | 'read')[]) => ({
    id: `00000000-0000-4000-8000-00000000000${name.length}`,
    name,
    hash: 'b'.repeat(64),
    company: 1,
    scopes,
    createdAtMs: 0,
    expiresAtMs: days === undefined ? undefined : nowMs + days * 86_400_000,
    revokedAtMs: undefined,
  });
  changeTokens(dataDir, () => [token('old', -1, ['ingest']), token('soon', 6, ['read']), token('later', 8, ['read'])]);
  const asked = { env: { ERRATA_DATA_DIR: dataDir }, now: () => nowMs };
  const [code, said] = await examine(asked);
  expect(code).toBe(0);
  expect(said).toMatch(/^warn {2}tokens {9}no valid token may send$/m);
  expect(said).toMatch(/^warn {2}tokens {9}old has expired 2026-11-23T00:00:00\.000Z$/m);
  expect(said).toMatch(/^warn {2}tokens {9}soon expires 2026-11-30T00:00:00\.000Z$/m);
  expect(said).not.toContain('later');
  await writeFile(join(dataDir, 'tokens.json'), '{');
  expect(await examine(asked)).toEqual([
    1,
    expect.stringMatching(/^BAD {3}tokens .*tokens\.json can't be read as a list of tokens/m),
  ]);
});

test('a token of an agent that is to approve is warned of, whichever list it is in', async () => {
  const approving = `tokens: [{ name: morgan, hash: '${'a'.repeat(64)}', company: 1, scopes: [ingest, approve] }]\n`;
  expect(await examine({ env: { ERRATA_CONFIG: await yaml('approving', approving) } })).toEqual([
    0,
    expect.stringMatching(
      /^warn {2}tokens {9}morgan may approve by its scopes, but is an agent of the roster, which never can\n +→ give a person a token of another name$/m,
    ),
  ]);
});

test('a channel whose secret is not there is bad', async () => {
  const path = await yaml('channels', `channels: [{ name: ops, type: slack, url: 'file:${root}/no-such' }]\n`);
  const [code, said] = await examine({ env: { ERRATA_CONFIG: path } });
  expect(code).toBe(1);
  expect(said).toMatch(/^BAD {3}channels {7}ops: file:.*no-such is not there or empty$/m);
  await writeFile(join(root, 'no-such'), 'https://hooks.example.com/x');
  expect(await examine({ env: { ERRATA_CONFIG: path } })).toEqual([
    0,
    expect.stringContaining('ops (slack) has what it needs'),
  ]);
});

test('a collector that is not there is bad when it was named', async () => {
  const argv = ['--collector', `http://127.0.0.1:${await freePort()}`];
  expect(await examine({ argv })).toEqual([1, expect.stringMatching(/^BAD {3}collector .*does not take OTLP$/m)]);
});

test('a collector that takes OTLP is good', async () => {
  // Of any other path a collector says 404 as well.
  const collector = createServer(({ method, url }, response) =>
    response.writeHead(method === 'POST' && url === '/v1/traces' ? 200 : 404).end('{}'),
  ).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const examined = await examine({ argv: ['--collector', url] });
  collector.close();
  expect(examined).toEqual([0, expect.stringContaining(`\nok    collector      ${url} takes OTLP`)]);
});

test('--json says the same to a program, and what is asked wrongly ends with 2', async () => {
  const [code, said] = await examine({ env: { DOCKER_HOST: 'unix:///nowhere' }, argv: ['--json'] });
  const { healthy, findings } = JSON.parse(said) as { healthy: boolean; findings: { kind: string; check: string }[] };
  expect([code, healthy]).toEqual([1, false]);
  expect(findings.filter(({ kind }) => kind === 'bad')).toEqual([
    {
      kind: 'bad',
      check: 'docker',
      found: 'unix:///nowhere does not answer: connect ENOENT /nowhere',
      todo: 'is it up, and may this user reach it? unset DOCKER_HOST to do without',
    },
  ]);
  expect(await examine({ argv: ['--colour'] })).toEqual([
    2,
    expect.stringContaining('errata doctor [--collector URL]'),
  ]);
  expect((await examine({ argv: ['--help'] }))[0]).toBe(0);
});
