// What the doors read: pages of delegations, and who is on what.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Store } from '../../src/store/clickhouse-store.ts';
import { openStore } from '../store/open-store.ts';
import { START_MS, alex, morgan, openDesk, requestOf, storeError } from './desk-setup.ts';
import type { OpenDesk } from './desk-setup.ts';

const MINUTE_MS = 60_000;

let store: Store;
let close: () => Promise<void>;
let open: OpenDesk;

beforeAll(async () => {
  ({ store, close } = await openStore(() => START_MS));
});
afterEach(async () => open.stop());
afterAll(async () => close());

test('delegations are paged, newest case first, and found by agent and state', async () => {
  open = await openDesk(store);
  for (const n of [1, 2, 3]) {
    await storeError(store, n);
    await open.desk.delegate(await requestOf(store, n, { to: ['morgan', 'alex'] }));
    open.clock.advance(1_000);
  }
  const seen: string[] = [];
  let after: { readonly openedAtMs: number; readonly id: string } | undefined;
  do {
    const page = await open.desk.list({ companyId: 1, limit: 4, ...(after === undefined ? {} : { after }) });
    seen.push(...page.delegations.map(({ delegation, case: about }) => `${about.message.at(-6)} ${delegation.agent}`));
    after = page.next;
  } while (after !== undefined);
  expect(seen.map((one) => one[0])).toEqual(['3', '3', '2', '2', '1', '1']);
  expect(seen.toSorted()).toEqual(['1 alex', '1 morgan', '2 alex', '2 morgan', '3 alex', '3 morgan']);
  const { delegations } = await open.desk.list({ companyId: 1, agent: 'alex', state: ['open'], limit: 10 });
  expect(delegations.map(({ delegation }) => delegation.agent)).toEqual(['alex', 'alex', 'alex']);
  expect((await open.desk.list({ companyId: 2, limit: 10 })).delegations).toEqual([]);
});

test('the status tells who holds what, and with what success', async () => {
  open = await openDesk(store);
  const asked = async (n: number, companyId: number, to: readonly string[]) => {
    await storeError(store, n, { companyId });
    const { delegations } = await open.desk.delegate(await requestOf(store, n, { companyId, to }));
    return delegations.map(({ delegation }) => delegation.id);
  };
  const report = (id = '', caller = morgan, status: 'resolved' | 'found' = 'found') =>
    open.desk.report(7, id, { caller, status, summary: 'done', evidence: [] });
  const [first] = await asked(11, 7, ['morgan', 'alex']);
  const [second] = await asked(12, 7, ['morgan']);
  const [third = '', fourth = ''] = await asked(13, 7, ['morgan', 'alex']);
  await asked(14, 8, ['devon']);
  open.clock.advance(2 * MINUTE_MS);
  await report(first);
  open.clock.advance(2 * MINUTE_MS);
  await report(second, morgan, 'resolved');
  await open.desk.acknowledge(7, fourth, alex);
  const [ofMorgan, ofAlex, ofDevon, ...others] = await open.desk.listStatus(7);
  expect(ofMorgan).toMatchObject({
    agent: { name: 'morgan' },
    holds: [],
    waiting: 1,
    reported: 2,
    resolved: 1,
    expired: 0,
    medianReportMs: 3 * MINUTE_MS,
    lastSeenMs: undefined,
  });
  expect(ofAlex).toMatchObject({ waiting: 1, reported: 0, medianReportMs: undefined });
  expect(ofAlex?.holds.map(({ delegation }) => [delegation.id, delegation.acknowledgedAtMs])).toEqual([
    [fourth, START_MS + 4 * MINUTE_MS],
  ]);
  expect(ofDevon).toMatchObject({ agent: { name: 'devon' }, waiting: 0 });
  expect(others.map(({ agent }) => agent.name)).toEqual(['ada', 'claude']);
  expect(open.desk.roster().map(({ name }) => name)).toEqual(['morgan', 'alex', 'devon', 'ada', 'claude']);
  expect((await open.desk.get(7, third))?.delegation.state).toBe('open');
});

test('an agent was last seen at its last call', async () => {
  open = await openDesk(store);
  store.addActivity({
    companyId: 9,
    atMs: START_MS - 5_000,
    actor: 'morgan',
    agent: 'morgan',
    via: 'mcp',
    call: 'devops.agents.inbox',
    errorId: '',
    attemptId: '',
    delegationId: '',
    outcome: 'OK',
    tookMs: 3,
    chars: 100,
    truncated: false,
    traceId: '',
  });
  await expect
    .poll(async () => (await open.desk.listStatus(9))[0]?.lastSeenMs, { timeout: 5_000 })
    .toBe(START_MS - 5_000);
});
