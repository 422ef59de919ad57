// Many at once: answers that come while a case is still being opened, one company's flood beside another's error.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { DeskDeps } from '../../src/agents/desk.ts';
import { Failure } from '../../src/failure.ts';
import type { Store } from '../../src/store/clickhouse-store.ts';
import { fingerprintOf, idOf, openStore } from '../store/open-store.ts';
import {
  START_MS,
  attemptOf,
  caseAbout,
  delegationTo,
  delegationsAbout,
  openDesk,
  requestOf,
  storeError,
  until,
} from './desk-setup.ts';
import type { OpenDesk } from './desk-setup.ts';

let store: Store;
let close: () => Promise<void>;
let open: OpenDesk;

beforeAll(async () => {
  ({ store, close } = await openStore(() => START_MS));
});
afterEach(async () => open.stop());
afterAll(async () => close());

/** About the error of this number, which is company 2's. */
function ofCompany2(n: number) {
  const attempt = attemptOf(n);
  return { ...attempt, cause: { ...attempt.cause, companyId: 2 } };
}

test('an agent that acknowledges as soon as it is told writes its case one event after the other', async () => {
  const written: string[] = [];
  const told: string[] = [];
  const acknowledged: Promise<unknown>[] = [];
  const watched: DeskDeps['store'] = {
    ...store,
    appendCase: async (event) => {
      written.push(`${event.caseId} ${event.seq}`);
      await store.appendCase(event);
    },
  };
  open = await openDesk(watched, {
    notify: async ({ companyId, agent, fields }) => {
      const id = fields.find(([name]) => name === 'delegation_id')?.[1] ?? '';
      told.push(id);
      acknowledged.push(open.desk.acknowledge(companyId, id, { name: agent, isOperator: false }));
      // As long as a notice takes to be durable.
      await store.getSetting('none');
    },
  });
  for (let n = 1; n <= 3; n += 1) {
    await storeError(store, n);
    await open.desk.delegate(await requestOf(store, n, { to: ['morgan', 'alex'] }));
    await storeError(store, n + 10);
    open.desk.onAttempt(attemptOf(n + 10));
    await delegationTo(open.desk, 'morgan', n + 10);
  }
  await until(() => expect(acknowledged).toHaveLength(9));
  await Promise.all(acknowledged);
  expect(new Set(written).size).toBe(written.length);
  expect(new Set(told).size).toBe(told.length);
  for (const n of [1, 2, 3, 11, 12, 13]) {
    const states = (await delegationsAbout(open.desk, n)).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['acknowledged']));
  }
});

test("one company's flood does not keep another's error waiting", async () => {
  await storeError(store, 100);
  await storeError(store, 101, { companyId: 2 });
  open = await openDesk(store);
  for (let n = 200; n < 400; n += 1) open.desk.onAttempt(attemptOf(n));
  open.desk.onAttempt(ofCompany2(101));
  await delegationTo(open.desk, 'morgan', 101, 2);
  expect((await store.listCases({ companyId: 1, openedSinceMs: START_MS, limit: 1_000 })).length).toBeLessThan(50);
});

test('a company with too many open cases is told so once, and no other company is kept from its own', async () => {
  const refused = idOf(777_100);
  await storeError(store, 500);
  await storeError(store, 501);
  await storeError(store, 502, { companyId: 2 });
  open = await openDesk(store);
  await open.desk.delegate(await requestOf(store, 500));
  const [text = ''] = await store.listCases({ companyId: 1, fingerprints: [fingerprintOf(500)], limit: 1 });
  const template = JSON.parse(text) as { delegations: readonly object[] };
  const many = Array.from({ length: 1_000 }, (_, n) =>
    JSON.stringify({
      ...template,
      id: `many-${n}`,
      fingerprints: [fingerprintOf(9_000 + n)],
      delegations: template.delegations.map((one) => ({ ...one, id: `task-${n}` })),
    }),
  );
  await open.restart({
    store: { ...store, listCases: async (filter) => (filter.companyId === undefined ? many : store.listCases(filter)) },
  });
  await until(async () =>
    expect(await open.desk.delegate(await requestOf(store, 501)).catch((cause: unknown) => cause)).toMatchObject({
      code: 'OVERLOADED',
      message: '1000 cases of this company are open already',
    }),
  );
  open.desk.onAttempt(attemptOf(501));
  open.desk.onAttempt(attemptOf(501, { id: refused }));
  open.desk.onAttempt(ofCompany2(502));
  await delegationTo(open.desk, 'morgan', 502, 2);
  // Joining goes on.
  open.desk.onAttempt(attemptOf(500));
  await until(async () => expect(await caseAbout(open.desk, 500)).toMatchObject({ joined: 1 }));
  expect(await delegationsAbout(open.desk, 501)).toEqual([]);
  expect(open.told('case_escalated')).toEqual(['case_escalated']);
  expect(open.notices.find(({ kind }) => kind === 'case_escalated')).toMatchObject({
    companyId: 1,
    title: 'Too many cases are open: nothing new is handed to agents',
    fields: [['open_cases', '1000']],
    agent: '',
  });
});

test('what one company cannot be heard of for now is no reason not to hear another', async () => {
  await storeError(store, 600);
  await storeError(store, 601, { companyId: 2 });
  let isAway = true;
  open = await openDesk({
    ...store,
    appendCase: (event) =>
      isAway && event.companyId === 1
        ? Promise.reject(new Failure('STORE_UNAVAILABLE', 'the store is away'))
        : store.appendCase(event),
  });
  open.desk.onAttempt(attemptOf(600));
  open.desk.onAttempt(ofCompany2(601));
  await delegationTo(open.desk, 'morgan', 601, 2);
  isAway = false;
  open.clock.advance(5_000);
  await delegationTo(open.desk, 'morgan', 600);
});
