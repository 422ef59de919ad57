// POST /api/backups over a real store: who may ask, what comes of it, and who is not offered it.
import { readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Scope } from '../../src/access/principal.ts';
import { tools } from '../../src/mcp/tools.ts';
import { createBackup } from '../../src/operations/create-backup.ts';
import { perform } from '../../src/operations/operation.ts';
import type { OperationDeps } from '../../src/operations/operation.ts';
import { createBackUp } from '../../src/store/back-up-running.ts';
import { runBackupCommand } from '../../src/store/backup-command.ts';
import { eventOf, openStore } from '../store/open-store.ts';

let opened: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  opened = await openStore();
  await opened.store.insert([eventOf(1), eventOf(2), eventOf(3)]);
});
afterAll(() => opened.close());

function ask(company: number | '*', scopes: readonly Scope[], input: object = {}) {
  const deps = { backUp: () => opened.store.backUp('0.1.0') } as unknown as OperationDeps;
  const principal = { tokenId: 't', name: 'operator', company, scopes: new Set(scopes) };
  return perform(createBackup, deps, { input, principal });
}

test('it takes the scope admin and a token of all companies, and no path', async () => {
  await expect(ask('*', ['read', 'write', 'fix', 'approve'])).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(ask(1, ['admin'])).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(ask('*', ['admin'], { folder: '/tmp/x' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  expect(await readdir(opened.dataDir)).not.toContain('backups');
  const made = await ask('*', ['admin']);
  expect(made.errors).toBe(3);
  expect(await readdir(join(opened.dataDir, 'backups'))).toEqual([made.name]);
});

test('what can not be backed up is told, nothing is left, and the next one is made', async () => {
  const before = (await readdir(join(opened.dataDir, 'backups'))).sort();
  await symlink('/nowhere/at/all', join(opened.dataDir, 'tokens.json'));
  await expect(ask('*', ['admin'])).rejects.toMatchObject({
    message: expect.stringMatching(/tokens\.json is no file and leads to none/),
  });
  expect((await readdir(join(opened.dataDir, 'backups'))).sort()).toEqual(before);
  await rm(join(opened.dataDir, 'tokens.json'));
  expect((await ask('*', ['admin'])).errors).toBe(3);
});

test('a server is backed up by itself: call and command say so, and show of its URL no more than the origin', async () => {
  const target = {
    kind: 'server',
    url: 'http://127.0.0.1:9/proxied?password=s3cret',
    user: 'errata',
    password: 's3cret',
    database: 'errata',
  } as const;
  const backUp = createBackUp(target, { client: () => undefined, ready: async () => undefined, now: Date.now });
  await expect(backUp('0.1.0')).rejects.toMatchObject({
    code: 'CONFLICT',
    message: "the store is a server: it is backed up with ClickHouse's own BACKUP, docs/backup.md",
  });
  const said: string[] = [];
  const code = await runBackupCommand('backup', ['/tmp/x'], {
    store: { target, cluster: undefined, retentionDays: 30 },
    version: '0.1.0',
    out: (line) => void said.push(line),
    now: Date.now,
    logger: { warn: () => undefined },
  });
  expect([code, said]).toEqual([
    1,
    ["the store is the server at http://127.0.0.1:9: it is backed up with ClickHouse's own BACKUP, see docs/backup.md"],
  ]);
});

test('no tool of MCP makes a backup', () => {
  expect(tools.filter(({ name, scope }) => scope === 'admin' || /backup/i.test(name))).toEqual([]);
});
