import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createClickHouseStore } from '../../src/store/clickhouse-store.ts';
import type { Store } from '../../src/store/clickhouse-store.ts';
import type { StoreTarget } from '../../src/store/open-client.ts';
import { eventOf, fingerprintOf, idOf } from './open-store.ts';

let folder: string;
let server: ChildProcess;
let port: number;

async function startServer(onPort: number): Promise<number> {
  server = spawn(process.execPath, ['test/store/clickhouse-http.mjs', String(onPort), folder, 'errata', 's3cret']);
  const [line] = (await once(server.stdout ?? server, 'data')) as [Buffer];
  return Number(String(line).split(' ')[1]);
}

async function killServer(): Promise<void> {
  const exit = once(server, 'exit');
  server.kill('SIGKILL');
  await exit;
}

function storeOn(change: Partial<Extract<StoreTarget, { kind: 'server' }>> = {}): Store {
  const target = {
    kind: 'server',
    url: `http://127.0.0.1:${port}`,
    user: 'errata',
    password: 's3cret',
    database: 'errata_test',
    ...change,
  } as const;
  return createClickHouseStore(
    { target, cluster: undefined, retentionDays: 30 },
    { now: Date.now, logger: { warn: () => undefined } },
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'errata-server-'));
  port = await startServer(0);
});
afterAll(async () => {
  await killServer();
  await rm(folder, { recursive: true, force: true });
});

test('a server gets its database and tables, and keeps each error once', async () => {
  const store = storeOn();
  await store.start();
  expect(await store.insert([eventOf(1), eventOf(2)])).toEqual({ stored: 2, duplicates: 0 });
  expect(await store.insert([eventOf(2), eventOf(3)])).toEqual({ stored: 1, duplicates: 1 });
  const page = await store.listErrors({ companyId: 1, severity: ['error'], text: 'econnrefused', limit: 2 });
  expect(page.total).toBe(3);
  expect(page.errors.map((error) => error.id)).toEqual([idOf(3), idOf(2)]);
  await store.resolve(1, idOf(1), { scope: 'group', notes: `it's "done"\n`, by: 'ops' });
  expect((await store.getError(1, idOf(1)))?.resolutionNotes).toBe(`it's "done"\n`);
  await store.stop(1_000);
});

test('on a server too an attempt marks the errors it acted on', async () => {
  const store = storeOn({ database: 'errata_attempts' });
  await store.start();
  const error = eventOf(30);
  await store.insert([error, eventOf(31, { fingerprint: fingerprintOf(2) })]);
  const event = { attemptId: idOf(1), companyId: 1, ruleId: 'r', targetKey: 't', suppression: '', errorId: error.id };
  const state = { atMs: error.timestampMs, state: 'ended', outcome: 'succeeded', attempt: '{}' };
  const times = { startedAtMs: error.timestampMs, actedAtMs: error.timestampMs };
  await store.appendAttempt({ ...event, ...state, ...times, seq: 1, fingerprints: [error.fingerprint] });
  const { errors } = await store.listErrors({ companyId: 1, limit: 2 });
  expect(errors.map((listed) => listed.autoFixSuccessful)).toEqual([false, true]);
  expect(await store.listAttempts({ companyId: 1, state: ['ended'], limit: 10 })).toEqual(['{}']);
  await store.stop(1_000);
});

test('on a server too cases, notifications, activity and similar groups are kept and found', async () => {
  const store = storeOn({ database: 'errata_agents' });
  await store.start();
  await store.insert([eventOf(40), eventOf(41, { fingerprint: fingerprintOf(2) })]);
  const delegations = [{ id: 'd-1', agent: 'morgan', state: 'open' }];
  const nowMs = Date.now();
  const times = { atMs: nowMs, openedAtMs: nowMs, createdAtMs: nowMs };
  const born = { companyId: 1, seq: 1, ...times, state: 'open', attemptId: '', errorId: idOf(40) };
  await store.appendCase({ ...born, caseId: 'c-1', fingerprints: [fingerprintOf(1)], delegations, case: '{"a":1}' });
  await store.appendNotification({
    ...born,
    notificationId: 'n-1',
    channel: 'ops',
    kind: 'digest',
    key: '',
    notification: '{}',
  });
  const call = { actor: 'a', agent: 'morgan', via: 'mcp', call: 'x', delegationId: 'd-1', outcome: 'OK', traceId: '' };
  store.addActivity({ ...born, ...call, tookMs: 1, chars: 2, truncated: true });
  await vi.waitFor(async () => expect(await store.lastCalls(1, 0)).toEqual(new Map([['morgan', nowMs]])), 5_000);
  expect(await store.listActivity({ companyId: 1, agent: 'morgan', limit: 10 })).toMatchObject([
    { ...call, tookMs: 1 },
  ]);
  expect(await store.listDelegations({ companyId: 1, agent: 'morgan', state: ['open'], limit: 10 })).toEqual([
    { delegationId: 'd-1', case: '{"a":1}' },
  ]);
  expect(await store.listCases({ fingerprints: [fingerprintOf(1)], limit: 10 })).toEqual(['{"a":1}']);
  expect(await store.listNotifications({ companyId: 1, limit: 10 })).toEqual(['{}']);
  const similar = await store.findSimilar(1, fingerprintOf(1), { resolvedOnly: false, limit: 5 });
  expect(similar).toMatchObject([{ fingerprint: fingerprintOf(2), score: 1, errorId: idOf(41) }]);
  await store.stop(1_000);
});

test('a wrong password is a failure that may pass, and says so', async () => {
  const store = storeOn({ password: 'wrong' });
  await store.start();
  await expect(store.ping()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  await store.stop(1_000);
});

test('a server that is away refuses inserts, and is taken again when it is back', async () => {
  const store = storeOn();
  await store.start();
  await store.insert([eventOf(10)]);
  await killServer();
  await expect(store.insert([eventOf(11)])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await expect(store.ping()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await startServer(port);
  await store.ping();
  expect(await store.insert([eventOf(10), eventOf(11)])).toEqual({ stored: 1, duplicates: 1 });
  await store.stop(1_000);
});

test('a processor that starts before its server works as soon as the server is there', async () => {
  await killServer();
  const store = storeOn({ database: 'errata_late' });
  await store.start();
  await expect(store.ping()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await startServer(port);
  expect(await store.insert([eventOf(20)])).toEqual({ stored: 1, duplicates: 0 });
  await store.stop(1_000);
});
