// A crash at any point, a store that is away, and a processor that does not work the desk.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { DeskDeps } from '../../src/agents/desk.ts';
import type { Notice } from '../../src/agents/notice.ts';
import { Failure } from '../../src/failure.ts';
import type { Store } from '../../src/store/clickhouse-store.ts';
import { idOf, openStore } from '../store/open-store.ts';
import {
  START_MS,
  alex,
  attemptOf,
  caseAbout,
  delegationTo,
  delegationsAbout,
  morgan,
  openDesk,
  requestOf,
  storeAttempt,
  storeError,
  until,
} from './desk-setup.ts';
import type { OpenDesk } from './desk-setup.ts';

const MINUTE_MS = 60_000;
const resolved = { status: 'resolved', summary: 'new key', evidence: [] } as const;
const away = () => Promise.reject(new Failure('STORE_UNAVAILABLE', 'the store is away'));

let store: Store;
let close: () => Promise<void>;
let open: OpenDesk;

beforeAll(async () => {
  ({ store, close } = await openStore(() => START_MS));
});
afterEach(async () => open.stop());
afterAll(async () => close());

test('a restart between each two moves changes nothing of what follows', async () => {
  await storeError(store, 1);
  open = await openDesk(store);
  open.desk.onAttempt(attemptOf(1, { escalatedTo: 'ada', finding: 'PAYMENTS_FAILING' }));
  const { id: first } = await delegationTo(open.desk, 'morgan', 1);
  const { id: second } = await delegationTo(open.desk, 'alex', 1);
  await open.restart();
  await open.desk.acknowledge(1, first, morgan);
  await open.restart();
  await expect(open.desk.acknowledge(1, first, { name: 'olga', isOperator: true })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  const told = await open.desk.report(1, first, { caller: morgan, ...resolved });
  await open.restart();
  expect(await open.desk.report(1, first, { caller: morgan, ...resolved })).toEqual(told);
  await open.desk.report(1, second, { caller: alex, status: 'no_fault', summary: 'none', evidence: [] });
  await open.restart();
  // Devon never comes: offers and the end are followed by a process that did not begin them.
  for (const offers of [2, 3]) {
    open.clock.advance(10 * MINUTE_MS);
    await until(async () => expect((await delegationsAbout(open.desk, 1))[2]).toMatchObject({ offers }));
    await open.restart();
  }
  open.clock.advance(10 * MINUTE_MS);
  const summary = 'morgan (resolved): new key\nalex (no_fault): none\ndevon (expired): nobody acknowledged it in time';
  await until(async () =>
    expect(await store.getError(1, idOf(1))).toMatchObject({ resolved: true, resolutionNotes: summary }),
  );
  expect(await caseAbout(open.desk, 1)).toMatchObject({ state: 'resolved', summary });
  expect(open.told('delegation_overdue')).toHaveLength(1);
  expect(open.told('delegation_opened')).toHaveLength(5);
});

test('a case whose time passed while nobody was there ends at the start', async () => {
  await storeError(store, 2);
  open = await openDesk(store);
  const { delegations } = await open.desk.delegate(await requestOf(store, 2, { to: ['morgan'] }));
  await open.desk.acknowledge(1, delegations[0]?.delegation.id ?? '', morgan);
  await open.stop();
  open.clock.advance(120 * MINUTE_MS);
  await open.restart();
  await until(async () => expect(await caseAbout(open.desk, 2)).toMatchObject({ state: 'escalated' }));
  await until(() => expect(open.told('case_escalated')).toHaveLength(1));
});

test('attempts that ended while the desk was away get their case at the start, each once', async () => {
  await storeError(store, 3);
  await storeError(store, 4, { severity: 'critical' });
  await storeError(store, 5);
  const quiet = { state: 'suppressed', outcome: undefined, suppression: 'observe', escalatedTo: '' } as const;
  await storeAttempt(store, attemptOf(3));
  await storeAttempt(store, attemptOf(3, { id: idOf(777_003), startedAtMs: START_MS - 500 }));
  await storeAttempt(store, attemptOf(4, quiet));
  await storeAttempt(store, attemptOf(5, { startedAtMs: START_MS - 25 * 3_600_000 }));
  open = await openDesk(store);
  await delegationTo(open.desk, 'morgan', 3);
  await delegationTo(open.desk, 'morgan', 4);
  await until(async () => expect(await caseAbout(open.desk, 3)).toMatchObject({ joined: 1 }));
  await open.restart();
  const { id } = await delegationTo(open.desk, 'morgan', 3);
  await open.desk.report(1, id, { caller: morgan, ...resolved });
  open.clock.advance(5_000);
  await open.restart();
  // Heard after all that the start has found: when it is there, that was too.
  await storeError(store, 6);
  open.desk.onAttempt(attemptOf(6));
  await delegationTo(open.desk, 'morgan', 6);
  expect(await caseAbout(open.desk, 3)).toMatchObject({ attemptId: idOf(100_003), state: 'resolved', joined: 1 });
  expect(await caseAbout(open.desk, 4)).toMatchObject({ kind: 'critical_error', joined: 0 });
  expect(await delegationsAbout(open.desk, 5)).toEqual([]);
});

test('while the store is away the caller hears it, and nothing changes', async () => {
  await storeError(store, 7);
  let isAway = false;
  const flaky: DeskDeps['store'] = {
    ...store,
    appendCase: (event) => (isAway ? away() : store.appendCase(event)),
  };
  open = await openDesk(flaky);
  const { delegations } = await open.desk.delegate(await requestOf(store, 7, { to: ['morgan'] }));
  const id = delegations[0]?.delegation.id ?? '';
  isAway = true;
  const failure = { code: 'STORE_UNAVAILABLE' };
  await expect(open.desk.acknowledge(1, id, morgan)).rejects.toMatchObject(failure);
  await expect(open.desk.report(1, id, { caller: morgan, ...resolved })).rejects.toMatchObject(failure);
  await expect(open.desk.release(1, id, { caller: morgan, reason: 'no' })).rejects.toMatchObject(failure);
  await expect(open.desk.delegate(await requestOf(store, 7, { to: ['alex'] }))).rejects.toMatchObject(failure);
  expect((await open.desk.get(1, id))?.case).toEqual(delegations[0]?.case);
  // What is due while it is away is done when it is back.
  open.clock.advance(10 * MINUTE_MS);
  open.desk.onAttempt(attemptOf(7));
  isAway = false;
  await until(async () => {
    open.clock.advance(1_000);
    expect(await caseAbout(open.desk, 7)).toMatchObject({ joined: 1, delegations: [{ offers: 2 }] });
  });
});

test('an event that was stored although it failed is not lost, and not written over', async () => {
  await storeError(store, 8);
  let isLost = false;
  const deaf: DeskDeps['store'] = {
    ...store,
    appendCase: async (event) => {
      await store.appendCase(event);
      if (isLost) await away();
    },
  };
  open = await openDesk(deaf);
  const { delegations } = await open.desk.delegate(await requestOf(store, 8, { to: ['morgan', 'alex'] }));
  const [first = '', second = ''] = delegations.map(({ delegation }) => delegation.id);
  isLost = true;
  await expect(open.desk.report(1, first, { caller: morgan, ...resolved })).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
  });
  isLost = false;
  open.clock.advance(5_000);
  const again = await open.desk.report(1, first, { caller: morgan, ...resolved });
  expect(again?.delegation).toMatchObject({ state: 'reported', report: { atMs: START_MS } });
  await open.desk.report(1, second, { caller: alex, status: 'unable', summary: 'no access', evidence: [] });
  expect(await caseAbout(open.desk, 8)).toMatchObject({
    state: 'resolved',
    summary: 'morgan (resolved): new key\nalex (unable): no access',
  });
});

test('what could not be told is told later, also by the next process', async () => {
  await storeError(store, 9);
  const told: Notice[] = [];
  open = await openDesk(store, { notify: away });
  await open.desk.delegate(await requestOf(store, 9, { to: ['morgan'] }));
  await open.restart({ notify: async (notice) => void told.push(notice) });
  await until(() => expect(told.map(({ kind, agent }) => `${kind} ${agent}`)).toContain('delegation_opened morgan'));
  await until(async () => expect((await caseAbout(open.desk, 9)).seq).toBe(2));
});

test('of several notices those that were told are not told again', async () => {
  await storeError(store, 12);
  const told: string[] = [];
  let failures = 2;
  open = await openDesk(store, {
    notify: async ({ agent }) => {
      if (agent === 'alex' && failures > 0) {
        failures -= 1;
        await away();
      }
      told.push(agent);
    },
  });
  await open.desk.delegate(await requestOf(store, 12, { to: ['morgan', 'alex', 'devon'] }));
  await until(() => {
    open.clock.advance(1_000);
    expect(told).toHaveLength(3);
  });
  expect(told).toEqual(['morgan', 'alex', 'devon']);
});

test('a group that was not resolved in time is resolved by the next process, and not again after that', async () => {
  await storeError(store, 10);
  open = await openDesk({ ...store, resolve: away });
  const { delegations } = await open.desk.delegate(await requestOf(store, 10, { to: ['morgan'] }));
  const id = delegations[0]?.delegation.id ?? '';
  // The report is durable, and answered as such.
  expect((await open.desk.report(1, id, { caller: morgan, ...resolved }))?.case.state).toBe('resolved');
  expect((await store.getError(1, idOf(10)))?.resolved).toBe(false);
  let isDeaf = true;
  const mark = vi.fn<Store['resolve']>((...given) => store.resolve(...given));
  await open.restart({
    store: {
      ...store,
      resolve: mark,
      // The process ends before it could write that it is done.
      appendCase: (event) => (isDeaf ? away() : store.appendCase(event)),
    },
  });
  await until(async () => expect((await store.getError(1, idOf(10)))?.resolved).toBe(true));
  isDeaf = false;
  await open.restart({ store: { ...store, resolve: mark } });
  await until(async () => expect((await caseAbout(open.desk, 10)).seq).toBe(4));
  expect(mark).toHaveBeenCalledTimes(1);
});

test('a processor that does not work the desk reads, and refuses changes', async () => {
  await storeError(store, 11);
  open = await openDesk(store);
  const { delegations } = await open.desk.delegate(await requestOf(store, 11, { to: ['morgan'] }));
  const id = delegations[0]?.delegation.id ?? '';
  const reader = await openDesk(store, { enabled: false });
  expect((await reader.desk.get(1, id))?.delegation).toMatchObject({ agent: 'morgan', state: 'open' });
  expect((await reader.desk.list({ companyId: 1, errorId: idOf(11), limit: 5 })).delegations).toHaveLength(1);
  const refusal = { code: 'CONFLICT' };
  await expect(reader.desk.acknowledge(1, id, morgan)).rejects.toMatchObject(refusal);
  await expect(reader.desk.report(1, id, { caller: morgan, ...resolved })).rejects.toMatchObject(refusal);
  await expect(reader.desk.release(1, id, { caller: morgan, reason: 'no' })).rejects.toMatchObject(refusal);
  await expect(reader.desk.delegate(await requestOf(store, 11, { to: ['alex'] }))).rejects.toMatchObject(refusal);
  reader.desk.onAttempt(attemptOf(11, { id: idOf(777_011) }));
  await reader.stop();
  expect(await caseAbout(open.desk, 11)).toMatchObject({ joined: 0 });
});

test('an attempt that ended before its group was closed is heard, also when no case knows of it any more', async () => {
  await storeError(store, 13);
  await storeError(store, 14);
  open = await openDesk(store);
  const { delegations } = await open.desk.delegate(await requestOf(store, 13, { to: ['morgan'] }));
  await storeAttempt(store, attemptOf(13));
  open.clock.advance(1_000);
  await open.desk.report(1, delegations[0]?.delegation.id ?? '', { caller: morgan, ...resolved });
  await storeAttempt(store, attemptOf(14));
  await open.restart();
  await delegationTo(open.desk, 'morgan', 14);
  open.desk.onAttempt(attemptOf(13, { id: idOf(777_013), updatedAtMs: START_MS + 2_000, endedAtMs: START_MS + 2_000 }));
  await until(async () => expect(await caseAbout(open.desk, 13)).toMatchObject({ state: 'open' }));
  const { delegations: all } = await open.desk.list({ companyId: 1, errorId: idOf(13), limit: 10 });
  expect(all.map(({ case: { attemptId } }) => attemptId)).toEqual([idOf(777_013), '']);
});
