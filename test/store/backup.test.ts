// Backup, loss of everything, restore: what people and agents did is back, and what is broken is refused.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import {
  appendFile,
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeTokens, readTokens } from '../../src/access/token-file.ts';
import { runBackupCommand } from '../../src/store/backup-command.ts';
import { createClickHouseStore } from '../../src/store/clickhouse-store.ts';
import type { Store } from '../../src/store/clickhouse-store.ts';
import { openClients } from '../../src/store/open-client.ts';
import { migrations } from '../../src/store/schema.ts';
import { startProcessor } from '../processor.ts';
import { eventOf, fingerprintOf, idOf } from './open-store.ts';

const nowMs = Date.UTC(2026, 10, 24, 12, 30, 0);
const deps = { now: () => nowMs, logger: { warn: () => undefined } };
let root: string;
let dataDir: string;
let good: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'errata-backup-'));
  // A quote in a path must not end the engine's statement.
  good = join(root, "monday's backup");
  dataDir = join(root, 'data');
  await fill();
});
afterAll(() => rm(root, { recursive: true, force: true }));

function settingsOf(folder: string) {
  return { target: { kind: 'embedded' as const, dataDir: folder }, cluster: undefined, retentionDays: 30 };
}

async function command(name: 'backup' | 'restore', folder: string, into = dataDir): Promise<[number, string]> {
  const lines: string[] = [];
  const code = await runBackupCommand(name, [folder], {
    ...deps,
    store: settingsOf(into),
    version: '0.1.0',
    out: (line) => void lines.push(line),
  });
  return [code, lines.join('\n')];
}

async function withStore<T>(folder: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = createClickHouseStore(settingsOf(folder), deps);
  await store.start();
  try {
    return await use(store);
  } finally {
    await store.stop(5_000);
  }
}

/** Five errors in three groups: 1 resolved, 2 resolved and open again, 3 open with one error resolved by itself. */
async function fill(): Promise<void> {
  await withStore(dataDir, async (store) => {
    await store.insert([
      eventOf(1, { fingerprint: fingerprintOf(1) }),
      eventOf(2, { fingerprint: fingerprintOf(2) }),
      eventOf(3, { fingerprint: fingerprintOf(3) }),
      eventOf(4, { fingerprint: fingerprintOf(3), severity: 'critical' }),
    ]);
    const resolution = { notes: 'the pool was too small', by: 'morgan' };
    await store.resolve(1, idOf(1), { scope: 'group', ...resolution });
    await store.resolve(1, idOf(2), { scope: 'group', ...resolution });
    await store.resolve(1, idOf(3), { scope: 'error', ...resolution, notes: 'this one was me' });
    await store.insert([eventOf(5, { fingerprint: fingerprintOf(2), timestampMs: nowMs + 1 })]);
    await store.aliasGroups(1, [{ from: fingerprintOf(77), to: fingerprintOf(1), reason: 'the same, told shorter' }]);
    await store.appendAttempt({
      attemptId: idOf(50),
      seq: 1,
      atMs: nowMs,
      companyId: 1,
      state: 'ended',
      ruleId: 'restart-hung',
      targetKey: 'container/shop/api',
      outcome: 'succeeded',
      suppression: '',
      startedAtMs: nowMs,
      actedAtMs: nowMs,
      errorId: idOf(1),
      fingerprints: [fingerprintOf(1)],
      attempt: '{"evidence":"the port answers"}',
    });
    await store.appendCase({
      companyId: 1,
      caseId: 'case-1',
      seq: 1,
      atMs: nowMs,
      state: 'open',
      openedAtMs: nowMs,
      attemptId: '',
      errorId: idOf(4),
      fingerprints: [fingerprintOf(3)],
      delegations: [{ id: 'case-1-1', agent: 'morgan', state: 'open' }],
      case: '{"question":"does the database answer?"}',
    });
    await store.appendNotification({
      companyId: 1,
      notificationId: 'note-1',
      seq: 1,
      atMs: nowMs,
      createdAtMs: nowMs,
      state: 'pending',
      channel: 'ops',
      kind: 'critical_error',
      key: 'k',
      notification: '{"to":"ops"}',
    });
    store.addActivity({
      companyId: 1,
      atMs: nowMs,
      actor: 'morgan',
      agent: 'morgan',
      via: 'mcp',
      call: 'devops.errors.list',
      errorId: '',
      attemptId: '',
      delegationId: '',
      outcome: 'ok',
      tookMs: 4,
      chars: 120,
      truncated: false,
      traceId: '',
    });
    await store.setSetting('healing.paused', '{"paused":true,"reason":"we are deploying"}');
  });
  changeTokens(dataDir, () => [
    {
      id: idOf(60),
      name: 'collector',
      hash: 'a'.repeat(64),
      company: '*',
      scopes: ['ingest'],
      createdAtMs: nowMs,
      expiresAtMs: undefined,
      revokedAtMs: undefined,
    },
  ]);
  await writeFile(join(dataDir, 'health-checks.json'), '{"ledger":"postgresql"}');
}

/** Everything that `fill` has put there, told in literals. */
async function expectAll(folder: string): Promise<void> {
  await withStore(folder, async (store) => {
    const { total, errors } = await store.listErrors({ companyId: 1, limit: 10 });
    expect(total).toBe(5);
    expect(
      errors.map(({ id, resolved, autoFixSuccessful }) => [Number(id.slice(-2)), resolved, autoFixSuccessful]),
    ).toEqual([
      [5, false, false],
      [4, false, false],
      [3, true, false],
      [2, true, false],
      [1, true, true],
    ]);
    expect(await store.getError(1, idOf(1))).toMatchObject({
      message: 'connect ECONNREFUSED 10.0.0.1:5432',
      details: { port: 5432 },
      stackTrace: 'Error: connect ECONNREFUSED\n    at connect (/app/src/db.js:1:1)',
      resolutionNotes: 'the pool was too small',
    });
    expect(await store.getError(1, idOf(3))).toMatchObject({ resolutionNotes: 'this one was me' });
    expect(await store.getGroup(1, fingerprintOf(1))).toMatchObject({ resolved: true, regressed: false, count: 1 });
    expect(await store.getGroup(1, fingerprintOf(2))).toMatchObject({ resolved: false, regressed: true, count: 2 });
    expect(await store.getGroup(1, fingerprintOf(77))).toMatchObject({ fingerprint: fingerprintOf(1), count: 1 });
    expect(await store.getAttempt(1, idOf(50))).toBe('{"evidence":"the port answers"}');
    expect(await store.listCases({ companyId: 1, limit: 10 })).toEqual(['{"question":"does the database answer?"}']);
    expect(await store.listNotifications({ companyId: 1, limit: 10 })).toEqual(['{"to":"ops"}']);
    expect(await store.listActivity({ companyId: 1, limit: 10 })).toMatchObject([
      { call: 'devops.errors.list', chars: 120 },
    ]);
    expect(await store.getSetting('healing.paused')).toBe('{"paused":true,"reason":"we are deploying"}');
    // Roll-ups are part of the rows' parts.
    expect(
      await store.countTrend({
        companyId: 1,
        sinceMs: nowMs - 3_600_000,
        untilMs: nowMs + 60_000,
        intervalMinutes: 1440,
      }),
    ).toMatchObject([{ count: 5 }]);
    // A retry of what was stored before is met as known.
    expect(await store.insert([eventOf(1, { fingerprint: fingerprintOf(1) })])).toEqual({ stored: 0, duplicates: 1 });
  });
  expect(readTokens(folder)).toMatchObject([{ name: 'collector', company: '*', hash: 'a'.repeat(64) }]);
  expect(await readFile(join(folder, 'health-checks.json'), 'utf8')).toBe('{"ledger":"postgresql"}');
}

test('after the loss of the whole data folder a restore brings everything back', async () => {
  const [code, said] = await command('backup', good);
  expect(said).toMatch(
    /^backed up to .*monday's backup: 5 errors, \d+ files, 0\.\d MiB, migration \d+, of 2026-11-24T12:30:00\.000Z, in \d+\.\d s$/,
  );
  expect(code).toBe(0);
  await rm(dataDir, { recursive: true });
  expect(await command('restore', good)).toEqual([0, expect.stringMatching(/^restored from .*: 5 errors, /)]);
  await expectAll(dataDir);
  expect((await readdir(dataDir)).sort()).toEqual(['clickhouse', 'health-checks.json', 'tokens.json']);
  expect((await stat(join(dataDir, 'tokens.json'))).mode & 0o777).toBe(0o600);
});

test('only the owner can look into a backup', async () => {
  expect((await stat(good)).mode & 0o777).toBe(0o700);
});

test('a restore writes over nothing', async () => {
  expect(await command('restore', good)).toEqual([
    1,
    expect.stringContaining('already holds clickhouse, health-checks.json, tokens.json'),
  ]);
  const tokensOnly = join(root, 'tokens-only');
  await mkdir(tokensOnly);
  await writeFile(join(tokensOnly, 'tokens.json'), '{"tokens":[]}');
  expect(await command('restore', good, tokensOnly)).toEqual([1, expect.stringContaining('already holds tokens.json')]);
  expect(await readdir(tokensOnly)).toEqual(['tokens.json']);
});

test('a backup goes to a folder of its own, and needs a store', async () => {
  expect(await command('backup', good)).toEqual([1, expect.stringContaining('is not empty')]);
  expect(await command('backup', join(root, 'b2'), join(root, 'nowhere'))).toEqual([
    1,
    expect.stringContaining('holds no store to back up'),
  ]);
  expect(await readdir(root)).not.toContain('b2');
  expect((await readdir(root)).filter((name) => name.startsWith('b2'))).toEqual([]);
});

test('a backup takes an empty folder, and leaves alone what lies beside it', async () => {
  const folder = join(root, 'again');
  await mkdir(folder);
  await mkdir(`${folder}.partial`);
  await writeFile(join(`${folder}.partial`, 'notes'), 'mine');
  expect(await command('backup', folder)).toEqual([0, expect.stringContaining('5 errors')]);
  expect((await readdir(root)).filter((name) => name.startsWith('again'))).toEqual(['again', 'again.partial']);
  expect(await readFile(join(`${folder}.partial`, 'notes'), 'utf8')).toBe('mine');
});

test('of two backups into one folder at once one is made and the other refused', async () => {
  const folder = join(root, 'twice');
  const other = join(root, 'other');
  expect((await command('restore', good, other))[0]).toBe(0);
  const answers = await Promise.all([run('backup', folder, dataDir), run('backup', folder, other)]);
  expect(answers.toSorted(([a], [b]) => a - b)).toEqual([
    [0, expect.stringContaining('5 errors')],
    [1, expect.stringContaining('twice is not empty')],
  ]);
  expect((await readdir(root)).filter((name) => name.startsWith('twice'))).toEqual(['twice']);
  expect((await command('restore', folder, join(root, 'from-twice')))[0]).toBe(0);
});

test('a linked *.json goes along as the file it leads to; one that leads nowhere is told, and nothing is kept', async () => {
  const into = join(root, 'linked');
  expect((await command('restore', good, into))[0]).toBe(0);
  await writeFile(join(root, 'mounted.json'), '{"billing":"redis"}');
  await rm(join(into, 'health-checks.json'));
  await symlink(join(root, 'mounted.json'), join(into, 'health-checks.json'));
  expect((await command('backup', join(root, 'of-linked'), into))[0]).toBe(0);
  expect(await readFile(join(root, 'of-linked/files/health-checks.json'), 'utf8')).toBe('{"billing":"redis"}');
  expect((await lstat(join(root, 'of-linked/files/health-checks.json'))).isFile()).toBe(true);
  await rm(join(root, 'mounted.json'));
  expect(await command('backup', join(root, 'of-dangling'), into)).toEqual([
    1,
    expect.stringContaining("health-checks.json is no file and leads to none, so that it can't be backed up"),
  ]);
  expect((await readdir(root)).filter((name) => name.startsWith('of-dangling'))).toEqual([]);
});

test('restored files are for the owner only, whatever the backup allowed', async () => {
  const folder = join(root, 'open-to-all');
  const into = join(root, 'from-open');
  await cp(good, folder, { recursive: true });
  await chmod(join(folder, 'files/tokens.json'), 0o666);
  expect((await command('restore', folder, into))[0]).toBe(0);
  expect((await stat(join(into, 'tokens.json'))).mode & 0o777).toBe(0o600);
});

test('a restore leaves folders alone that it did not make', async () => {
  const into = join(root, 'with-others');
  await mkdir(join(into, 'restoring'), { recursive: true });
  await writeFile(join(into, 'restoring/notes'), 'mine');
  expect((await command('restore', good, into))[0]).toBe(0);
  expect(await readFile(join(into, 'restoring/notes'), 'utf8')).toBe('mine');
  const taken = join(root, 'with-restored');
  await mkdir(join(taken, 'restored'), { recursive: true });
  await writeFile(join(taken, 'restored/notes'), 'mine');
  expect(await command('restore', good, taken)).toEqual([1, expect.stringContaining('is not of a restore')]);
  expect(await readdir(taken)).toEqual(['restored']);
});

/** As a restore is cut off after its work got its name: `moved` have gone to their places already. */
async function cutOff(into: string, moved: readonly string[]): Promise<void> {
  expect((await command('restore', good, into))[0]).toBe(0);
  const restored = join(into, 'restored');
  await mkdir(join(restored, 'files'), { recursive: true });
  await cp(join(good, 'backup.json'), join(restored, 'backup.json'));
  for (const name of ['tokens.json', 'health-checks.json'])
    if (!moved.includes(name)) await rename(join(into, name), join(restored, 'files', name));
  if (!moved.includes('clickhouse')) await rename(join(into, 'clickhouse'), join(restored, 'clickhouse'));
}

const CUTS = [
  ['before anything was moved', []],
  ['between two files', ['tokens.json']],
  ['before the store was moved', ['tokens.json', 'health-checks.json']],
  ['before it had tidied up', ['tokens.json', 'health-checks.json', 'clickhouse']],
] as const;

test.each(CUTS)('a restore that was cut off %s is finished by the same one', async (name, moved) => {
  const into = join(root, `cut ${name}`);
  await cutOff(into, moved);
  expect(await command('restore', good, into)).toEqual([0, expect.stringContaining('5 errors')]);
  expect((await readdir(into)).sort()).toEqual(['clickhouse', 'health-checks.json', 'tokens.json']);
  await expectAll(into);
});

test.each(CUTS)('and so it is by the next start, %s', async (name, moved) => {
  const into = join(root, `start ${name}`);
  await cutOff(into, moved);
  // The restored tokens count from the first request on.
  const processor = await startProcessor(into, { env: { ERRATA_HOST: '0.0.0.0' } });
  try {
    const port = new URL(processor.api).port;
    expect((await fetch(`http://127.0.0.1:${port}/api/errors`)).status).toBe(401);
  } finally {
    await processor.stop();
  }
  expect((await readdir(into)).sort()).toEqual(['clickhouse', 'health-checks.json', 'tokens.json']);
  await expectAll(into);
});

test('where something stands in the way of a restore that was cut off, nothing is moved and nothing written over', async () => {
  const into = join(root, 'in-the-way');
  await cutOff(into, []);
  // Whoever opens the store in between must not make an empty one in its place.
  await expect(withStore(into, async () => undefined)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('was cut off at its end'),
  });
  await writeFile(join(into, 'tokens.json'), '{"tokens":[]}');
  expect(await command('restore', good, into)).toEqual([1, expect.stringMatching(/tokens\.json is in the way/)]);
  await expect(startProcessor(into)).rejects.toThrow(/tokens\.json is in the way/);
  expect((await readdir(into)).sort()).toEqual(['restored', 'tokens.json']);
  expect(await readFile(join(into, 'tokens.json'), 'utf8')).toBe('{"tokens":[]}');
});

test('killed at any moment, a restore has brought nothing, and can be run again, or everything', async () => {
  const seen = { nothing: 0, everything: 0 };
  for (let afterMs = 100; afterMs <= 1_500; afterMs += 100) {
    const into = join(root, `killed-${afterMs}`);
    const child = start('restore', good, into);
    const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
    await once(child, 'exit');
    clearTimeout(timer);
    const left = existsSync(into) ? await readdir(into) : [];
    const isWhole = left.includes('restored') || left.includes('clickhouse');
    if (!isWhole) expect(left.filter((name) => !name.startsWith('restoring-'))).toEqual([]);
    seen[isWhole ? 'everything' : 'nothing'] += 1;
    if (!isWhole || left.includes('restored')) expect((await command('restore', good, into))[0]).toBe(0);
    await expectAll(into);
  }
  process.stdout.write(`restores killed: ${JSON.stringify(seen)}\n`);
  expect(seen.nothing).toBeGreaterThan(0);
}, 180_000);

test('a store that is in use is not touched', async () => {
  const other = join(root, 'held');
  const [code, said] = await withStore(other, () => run('backup', join(root, 'of-held'), other));
  expect(said).toContain('is held by another process: stop the processor first');
  expect(code).toBe(1);
});

/** The built command, as the engine lets one process open a folder as often as it likes. */
async function run(name: 'backup' | 'restore', folder: string, into: string): Promise<[number, string]> {
  const child = start(name, folder, into);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return [code ?? -1, said];
}

function start(name: 'backup' | 'restore', folder: string, into: string) {
  const env = { PATH: process.env['PATH'], ERRATA_CONFIG: 'test/empty.yaml', ERRATA_DATA_DIR: into };
  return spawn(process.execPath, ['dist/main.js', name, folder], { env });
}

/** What a restore of a copy of the good backup, changed by `damage`, answers; nothing may come of it. */
async function restoreDamaged(name: string, damage: (folder: string) => Promise<unknown>): Promise<string> {
  const folder = join(root, `damaged-${name}`);
  const into = join(root, `from-${name}`);
  await cp(good, folder, { recursive: true });
  await damage(folder);
  const [code, said] = await command('restore', folder, into);
  expect(code).toBe(1);
  expect(await readdir(into)).toEqual([]);
  return said;
}

async function partOf(folder: string, name: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true });
  const found = entries.filter((entry) => entry.includes('/errors/') && entry.endsWith(name)).sort()[0];
  if (found === undefined) throw new Error(`no ${name} in ${folder}`);
  return join(folder, found);
}

test.each([
  [
    'without its list',
    (folder: string) => rm(join(folder, 'backup.json')),
    "can't be read: not a backup, or one that was never finished",
  ],
  [
    'with half a list',
    async (folder: string) => {
      const path = join(folder, 'backup.json');
      await writeFile(path, (await readFile(path, 'utf8')).slice(0, 400));
    },
    'is not understood: damaged, or of a newer Errata',
  ],
  ['with a missing file', async (folder: string) => rm(await partOf(folder, 'data.bin')), 'data.bin: is missing'],
  [
    'with a file that grew',
    async (folder: string) => appendFile(await partOf(folder, 'data.bin'), 'x'),
    /data\.bin: has \d+ bytes, \d+ were written/,
  ],
  [
    'with one flipped byte',
    async (folder: string) => {
      const path = await partOf(folder, 'data.bin');
      const bytes = await readFile(path);
      bytes[40] = (bytes[40] ?? 0) ^ 1;
      await writeFile(path, bytes);
    },
    'data.bin: was changed',
  ],
  [
    'of a newer Errata',
    async (folder: string) => {
      const path = join(folder, 'backup.json');
      await writeFile(path, (await readFile(path, 'utf8')).replace(/"migration": \d+/, '"migration": 99'));
    },
    'restore it with Errata 0.1.0 or newer',
  ],
] as const)('a backup %s is refused, and nothing is restored', async (name, damage, answer) => {
  expect(await restoreDamaged(name.replaceAll(' ', '-'), damage)).toMatch(answer);
});

test('a backup of the first version is migrated to the newest', async () => {
  const old = join(root, 'old');
  const backup = join(root, 'old-backup');
  const into = join(root, 'from-old');
  await openVersion1(old);
  expect(await command('backup', backup, old)).toEqual([0, expect.stringContaining('1 errors')]);
  expect(await readFile(join(backup, 'backup.json'), 'utf8')).toContain('"migration": 1,');
  expect((await command('restore', backup, into))[0]).toBe(0);
  await withStore(into, async (store) => {
    expect((await store.listErrors({ companyId: 1, limit: 10 })).errors).toMatchObject([
      { message: 'from long ago', service: 'ledger' },
    ]);
    // A table of the second and of the third version.
    await store.setSetting('healing.paused', 'no');
    expect(await store.listCases({ companyId: 1, limit: 10 })).toEqual([]);
  });
});

/** A store as the first release left it. */
async function openVersion1(folder: string): Promise<void> {
  const clients = await openClients({ kind: 'embedded', dataDir: folder });
  const [first] = migrations;
  const statements = first?.statements({ cluster: undefined, retentionDays: 30, fsync: true }) ?? [];
  for (const query of [
    ...statements,
    `CREATE TABLE schema_migrations (version UInt32, name String, applied_at DateTime64(3, 'UTC')) ENGINE = ReplacingMergeTree ORDER BY version`,
    `INSERT INTO schema_migrations VALUES (1, 'errors and their groups', '2026-11-01 00:00:00.000')`,
    `INSERT INTO errors (company_id, timestamp, id, received_at, service, severity, message) VALUES (1, '2026-11-24 12:00:00.000', '${idOf(1)}', '2026-11-24 12:00:00.000', 'ledger', 'error', 'from long ago')`,
  ])
    await clients.write.command({ query });
  await clients.close();
}
