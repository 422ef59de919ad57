// The statements of docs/backup.md for a ClickHouse server, as they stand there, on the engine that the server is made of.
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createBackup } from '../../src/store/create-backup.ts';
import { withBackupEngine } from '../../src/store/backup-engine.ts';
import { eventOf, openStore } from './open-store.ts';

test('what docs/backup.md says for a server brings a backup of the embedded store there, and back after a loss', async () => {
  const root = await mkdtemp(join(tmpdir(), 'errata-backup-server-'));
  const backups = join(root, 'backups');
  const page = await readFile('docs/backup.md', 'utf8');
  const statements = [...page.matchAll(/```sql\n([^`]+);\n```/g)].map((match) =>
    (match[1] ?? '').replaceAll('/backups/2026-11-24', join(backups, '2026-11-24')),
  );
  expect(statements.map((statement) => statement.split(' ').slice(0, 2).join(' '))).toEqual([
    'BACKUP DATABASE',
    'RESTORE DATABASE',
    'RESTORE DATABASE',
  ]);
  const [backUp = '', restore = '', move = ''] = statements;
  const { store, dataDir, close } = await openStore();
  try {
    await store.insert([eventOf(1), eventOf(2), eventOf(3)]);
    await store.stop(5_000);
    await mkdir(backups);
    const task = { dataDir, folder: join(backups, '2026-11-24'), version: '0.1.0', nowMs: 0 };
    await createBackup(task, (backups, use) => withBackupEngine({ path: join(dataDir, 'clickhouse'), backups }, use));
    await withBackupEngine({ path: join(root, 'server'), backups }, async (run) => {
      const command = (query: string) => run.command({ query, query_params: {} });
      const count = async () => {
        const [row] = await run.rows<{ n: number | string }>({
          query: 'SELECT count() AS n FROM errata.errors LIMIT 1',
          query_params: {},
        });
        return Number(row?.n);
      };
      await command(move);
      expect(await count()).toBe(3);
      // The same name again, for a backup of the server's own.
      await rename(join(backups, '2026-11-24'), join(backups, 'embedded'));
      await command(backUp);
      await command('DROP DATABASE errata SYNC');
      await expect(count()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await command(restore);
      expect(await count()).toBe(3);
    });
  } finally {
    await close();
    await rm(root, { recursive: true, force: true });
  }
});
