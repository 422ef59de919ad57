import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runBacktest } from '../../src/healing/backtest-command.ts';
import { createClickHouseStore } from '../../src/store/clickhouse-store.ts';

test('a folder that a running process holds is told plainly, and nothing is shown', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'errata-taken-'));
  // The embedded store keeps the engine's files in a folder of its own.
  const holder = spawn(process.execPath, [
    'test/store/clickhouse-http.mjs',
    '0',
    join(dataDir, 'clickhouse'),
    'u',
    'p',
  ]);
  await once(holder.stdout, 'data');
  const out: string[] = [];
  const err: string[] = [];
  const code = await runBacktest([], {
    config: {
      folder: 'rules',
      mode: 'observe',
      hasEngine: false,
      services: [],
      deployGraceMs: 0,
      budget: { actionsPerHour: 20, concurrent: 3 },
      commonCause: { targets: 4, withinMs: 60_000 },
    },
    readRules: () => ({ rules: [], faults: [] }),
    openStore: () =>
      createClickHouseStore(
        { target: { kind: 'embedded', dataDir }, cluster: undefined, retentionDays: 30 },
        { now: Date.now, logger: { warn: () => undefined } },
      ),
    out: (line) => void out.push(line),
    err: { write: (text) => void err.push(text) },
    now: Date.now,
  });
  const exit = once(holder, 'exit');
  holder.kill('SIGKILL');
  await exit;
  await rm(dataDir, { recursive: true, force: true });
  expect([code, out]).toEqual([1, []]);
  expect(err.join('')).toMatch(/is held by another process: .*; stop the processor that runs on it/);
});
