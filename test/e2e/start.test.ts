import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcessor } from '../processor.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'errata-start-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the addresses are told whatever the log level', async () => {
  const processor = await startProcessor(join(folder, 'quiet'), { env: { ERRATA_LOG_LEVEL: 'error' } });
  expect((await fetch(`${processor.api}/readyz`)).status).toBe(200);
  expect(await processor.stop()).toBe(0);
});

test('a processor that has nothing to finish stops at once, and not at the deadline', async () => {
  const processor = await startProcessor(join(folder, 'idle'));
  const startedMs = performance.now();
  expect(await processor.stop()).toBe(0);
  // The deadline is 15 s.
  expect(performance.now() - startedMs).toBeLessThan(8_000);
});

test('a second process on the same folder, or on a taken port, says so and leaves the first alone', async () => {
  const first = await startProcessor(join(folder, 'taken'));
  await expect(startProcessor(join(folder, 'taken'))).rejects.toThrow(/is held by another process/);
  const ports = { otlp: 0, api: Number(new URL(first.api).port) };
  await expect(startProcessor(join(folder, 'other'), { ports })).rejects.toThrow(
    `did not start: errata can't start: api: ${ports.api} is taken by another program: stop it, or set ERRATA_API_PORT\n`,
  );
  expect((await fetch(`${first.api}/readyz`)).status).toBe(200);
  await first.stop();
});

test('a damaged store is told as such, with what the engine says of it, and not as one that is taken', async () => {
  const damaged = join(folder, 'damaged');
  await (await startProcessor(damaged)).stop();
  const store = join(damaged, 'clickhouse', 'store');
  const [table = ''] = (await readdir(store, { recursive: true })).filter((name) => name.endsWith('/errors.sql'));
  await writeFile(join(store, table), 'no table');
  const start = startProcessor(damaged);
  await expect(start).rejects.toThrow(/Syntax error[^]*errata can't start: the engine can't open .*damaged, or held/);
});

test('a bad configuration is refused with every fault, and nothing is started', async () => {
  const path = join(folder, 'bad.yaml');
  await writeFile(path, 'ports:\n  api: many\nretention_days: 0\n');
  const start = startProcessor(join(folder, 'bad'), { env: { ERRATA_CONFIG: path, ERRATA_API_PORT: '' } });
  await expect(start).rejects.toThrow(
    /has 2 faults:[\s\S]*bad\.yaml:2:3: ports\.api[\s\S]*bad\.yaml:3:1: retention_days/,
  );
});

test('in a folder without rules the shipped ones hold; one that was named must be there', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'errata-empty-'));
  const check = (env: Record<string, string>) =>
    promisify(execFile)(process.execPath, [resolve('dist/main.js'), 'rules', 'check'], { cwd: empty, env }).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );
  expect(await check({})).toMatch(/service-not-responding[^]*rules, no faults/);
  expect(await check({ ERRATA_RULES: './mine' })).toContain('./mine: there is no such folder');
  await rm(empty, { recursive: true });
});
