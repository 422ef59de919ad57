import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { changeTokens } from '../src/access/token-file.ts';
import { loadConfig } from '../src/config.ts';
import { Failure } from '../src/failure.ts';

function write(yaml: string): { path: string; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'errata-config-'));
  const path = join(folder, 'errata.yaml');
  writeFileSync(path, yaml);
  return { path, folder };
}

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig({ env });
  } catch (failure) {
    if (failure instanceof Failure && failure.code === 'CONFIG_INVALID') return failure.message.split('\n').slice(1);
    throw failure;
  }
  throw new Error('this configuration was expected to be refused');
}

/** The longer message of FIPS 180-2, appendix B.2, and its SHA-256. */
const LONG_TOKEN = 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq';
const LONG_TOKEN_SHA256 = '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1';

test('without a file and variables the defaults serve loopback on the known ports', () => {
  const { path } = write('');
  expect(loadConfig({ env: { ERRATA_CONFIG: path } })).toMatchObject({
    host: '127.0.0.1',
    ports: { otlp: 4318, api: 8092, admin: 8080 },
    dataDir: './data',
    store: { target: { kind: 'embedded', dataDir: './data' }, cluster: undefined, retentionDays: 30 },
    ingest: { logThreshold: 13, corsOrigins: [] },
    tokens: [],
  });
});

test('the environment goes before the file, the file before the defaults', () => {
  const { path } = write('ports:\n  api: 9001\n  otlp: 9002\nretention_days: 7\n');
  const config = loadConfig({
    env: { ERRATA_CONFIG: path, ERRATA_API_PORT: '9003', CLICKHOUSE_URL: 'https://ch:8443' },
  });
  expect(config.ports).toEqual({ otlp: 9002, api: 9003, admin: 8080 });
  expect(config.store).toEqual({
    target: { kind: 'server', url: 'https://ch:8443', user: 'default', password: '', database: 'errata' },
    cluster: undefined,
    retentionDays: 7,
  });
});

test('all faults are told at once, each with its place', () => {
  const { path } = write(
    'host: 127.0.0.1\nports:\n  api: 99999\n  otpl: 1\nretention_days: soon\ningest:\n  log_threshold: loud\n',
  );
  expect(faultsOf({ ERRATA_CONFIG: path, ERRATA_OTLP_PORT: 'x', CLICKHOUSE_CLUSTER: 'a b' }).toSorted()).toEqual([
    expect.stringMatching(/errata\.yaml:3:3: ports\.api: /),
    expect.stringMatching(/errata\.yaml:4:3: ports\.otpl: is not a key of errata\.yaml$/),
    expect.stringMatching(/errata\.yaml:5:1: retention_days: /),
    expect.stringMatching(/errata\.yaml:7:3: ingest\.log_threshold: /),
    expect.stringMatching(/^CLICKHOUSE_CLUSTER: must be a name/),
    expect.stringMatching(/^ERRATA_OTLP_PORT: /),
  ]);
});

test('a file that is no YAML is refused with its line', () => {
  const { path } = write('host: [\n');
  expect(faultsOf({ ERRATA_CONFIG: path })[0]).toMatch(/errata\.yaml:2:1: /);
  expect(faultsOf({ ERRATA_CONFIG: write('host: *x\n').path })[0]).toMatch(/errata\.yaml: Unresolved alias/);
  expect(faultsOf({ ERRATA_CONFIG: tmpdir() })[0]).toMatch(/: EISDIR/);
  expect(faultsOf({ ERRATA_CONFIG: '/nowhere/errata.yaml' })).toEqual([
    'ERRATA_CONFIG: there is no file /nowhere/errata.yaml',
  ]);
});

test('another address than loopback needs a token', () => {
  const { path, folder } = write('host: 0.0.0.0\n');
  const env = { ERRATA_CONFIG: path, ERRATA_DATA_DIR: folder };
  expect(faultsOf(env)).toEqual([expect.stringMatching(/^host: 0\.0\.0\.0 is not loopback/)]);
  expect(loadConfig({ env, serving: false }).host).toBe('0.0.0.0');
  changeTokens(folder, () => [
    {
      id: 't1',
      name: 'ci',
      hash: 'a'.repeat(64),
      company: 1,
      scopes: ['read'],
      createdAtMs: 0,
      expiresAtMs: undefined,
      revokedAtMs: undefined,
    },
  ]);
  expect(loadConfig({ env }).host).toBe('0.0.0.0');
});

test('a page that others reach by its public_url needs a token', () => {
  const { path, folder } = write('public_url: https://errata.example.com\n');
  const env = { ERRATA_CONFIG: path, ERRATA_DATA_DIR: folder };
  expect(faultsOf(env)).toEqual([
    'public_url: errata.example.com is not loopback, and without tokens nobody is let in from there: create one with `errata token create`, or leave public_url away',
  ]);
  expect(loadConfig({ env, serving: false }).publicUrl).toBe('https://errata.example.com');
  const withToken = write(
    'public_url: https://errata.example.com\ntokens:\n  - { name: a, env: A_TOKEN, company: 1, scopes: [read] }\n',
  );
  expect(loadConfig({ env: { ERRATA_CONFIG: withToken.path, A_TOKEN: LONG_TOKEN } }).publicUrl).toBe(
    'https://errata.example.com',
  );
  for (const local of ['http://localhost:9000', 'http://127.0.0.1', 'http://[::1]:8080']) {
    expect(loadConfig({ env: { ERRATA_CONFIG: write(`public_url: ${local}\n`).path } }).publicUrl).toBe(local);
  }
});

test('a token may stand in a variable, and a missing variable is named', () => {
  const { path } = write(
    'tokens:\n  - name: collector\n    env: COLLECTOR_TOKEN\n    company: "*"\n    scopes: [ingest]\n',
  );
  expect(faultsOf({ ERRATA_CONFIG: path })).toEqual(['tokens.0.env: the variable COLLECTOR_TOKEN is not set']);
  const [token] = loadConfig({ env: { ERRATA_CONFIG: path, COLLECTOR_TOKEN: LONG_TOKEN } }).tokens;
  expect(token).toMatchObject({
    name: 'collector',
    company: '*',
    hash: LONG_TOKEN_SHA256,
  });
  expect(faultsOf({ ERRATA_CONFIG: path, COLLECTOR_TOKEN: 'x'.repeat(31) })).toEqual([
    'tokens.0.env: the variable COLLECTOR_TOKEN holds fewer than 32 characters',
  ]);
});

test('our own telemetry may not go to our own port', () => {
  const { path } = write('');
  expect(faultsOf({ ERRATA_CONFIG: path, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' })).toEqual([
    expect.stringMatching(/^OTEL_EXPORTER_OTLP_ENDPOINT: .* our own OTLP port/),
  ]);
});
