// What agents do with their delegations, and how their reports are joined.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Store } from '../../src/store/clickhouse-store.ts';
import { fingerprintOf, idOf, openStore } from '../store/open-store.ts';
import {
  START_MS,
  alex,
  attemptOf,
  caseAbout,
  delegationTo,
  delegationsAbout,
  devon,
  morgan,
  openDesk,
  operator,
  requestOf,
  storeError,
  until,
} from './desk-setup.ts';
import type { OpenDesk } from './desk-setup.ts';

const MINUTE_MS = 60_000;
const found = { status: 'found', summary: 'the key expired', evidence: ['401 at 12:01'] } as const;

let store: Store;
let close: () => Promise<void>;
let open: OpenDesk;

beforeAll(async () => {
  ({ store, close } = await openStore(() => START_MS));
});
afterEach(async () => open.stop());
afterAll(async () => close());

/** Ids of what was asked of these about a new error, in their order. */
async function ask(n: number, to: readonly string[], join: 'all' | 'any' = 'all'): Promise<readonly string[]> {
  await storeError(store, n);
  open = await openDesk(store);
  const { delegations } = await open.desk.delegate(await requestOf(store, n, { to, join }));
  return delegations.map(({ delegation }) => delegation.id);
}

test('who acknowledges holds it, and keeps it by acknowledging again', async () => {
  const [id = ''] = await ask(1, ['morgan']);
  const taken = await open.desk.acknowledge(1, id, morgan);
  expect(taken?.delegation).toMatchObject({
    state: 'acknowledged',
    heldBy: 'morgan',
    acknowledgedAtMs: START_MS,
    dueAtMs: START_MS + 15 * MINUTE_MS,
  });
  open.clock.advance(14 * MINUTE_MS);
  const kept = await open.desk.acknowledge(1, id, morgan);
  expect(kept?.delegation).toMatchObject({ acknowledgedAtMs: START_MS, dueAtMs: START_MS + 29 * MINUTE_MS, offers: 1 });
});

test('nobody else may hold, report or hand back what one works on', async () => {
  const [id = ''] = await ask(2, ['morgan']);
  await open.desk.acknowledge(1, id, operator);
  const refusal = { code: 'CONFLICT', message: 'olga works on this delegation until 2026-11-24T12:15:00.000Z' };
  await expect(open.desk.acknowledge(1, id, morgan)).rejects.toMatchObject(refusal);
  await expect(open.desk.report(1, id, { caller: morgan, ...found })).rejects.toMatchObject(refusal);
  await expect(open.desk.release(1, id, { caller: morgan, reason: 'no' })).rejects.toMatchObject(refusal);
  expect((await open.desk.get(1, id))?.delegation).toMatchObject({ heldBy: 'olga', state: 'acknowledged' });
});

test('a delegation is for its agent and for operators only', async () => {
  const [id = ''] = await ask(3, ['morgan']);
  const refusal = { code: 'FORBIDDEN', message: "this delegation is morgan's" };
  await expect(open.desk.acknowledge(1, id, alex)).rejects.toMatchObject(refusal);
  await expect(open.desk.report(1, id, { caller: alex, ...found })).rejects.toMatchObject(refusal);
  await expect(open.desk.release(1, id, { caller: alex, reason: 'no' })).rejects.toMatchObject(refusal);
});

test('of two who take it at the same time one gets it', async () => {
  const [id = ''] = await ask(4, ['morgan']);
  const answers = await Promise.allSettled([
    open.desk.acknowledge(1, id, morgan),
    open.desk.acknowledge(1, id, operator),
    open.desk.acknowledge(1, id, morgan),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('an unknown id, and one of another company, answer alike', async () => {
  const [id = ''] = await ask(5, ['morgan']);
  for (const [company, one] of [
    [1, idOf(1)],
    [2, id],
    [1, 'no-uuid'],
  ] as const) {
    expect(await open.desk.get(company, one)).toBeUndefined();
    expect(await open.desk.acknowledge(company, one, operator)).toBeUndefined();
    expect(await open.desk.report(company, one, { caller: operator, ...found })).toBeUndefined();
    expect(await open.desk.release(company, one, { caller: operator, reason: 'no' })).toBeUndefined();
  }
});

test('the same report again writes nothing; another one is refused', async () => {
  const [id = ''] = await ask(6, ['morgan', 'alex']);
  const first = await open.desk.report(1, id, { caller: morgan, ...found });
  open.clock.advance(5_000);
  const again = await open.desk.report(1, id, { caller: morgan, ...found });
  expect(again).toEqual(first);
  expect(again?.case.seq).toBe(3);
  expect(again?.delegation.report).toEqual({ ...found, by: 'morgan', atMs: START_MS });
  const refusal = { code: 'CONFLICT', message: 'this delegation is over: it is reported' };
  await expect(open.desk.report(1, id, { caller: morgan, ...found, summary: 'no' })).rejects.toMatchObject(refusal);
  await expect(open.desk.report(1, id, { caller: operator, ...found })).rejects.toMatchObject(refusal);
  await expect(open.desk.acknowledge(1, id, morgan)).rejects.toMatchObject(refusal);
});

test('what is handed back is offered again, once for each time', async () => {
  const [id = ''] = await ask(7, ['morgan']);
  await open.desk.acknowledge(1, id, morgan);
  open.clock.advance(MINUTE_MS);
  const released = await open.desk.release(1, id, { caller: morgan, reason: 'no access' });
  expect(released?.delegation).toMatchObject({
    state: 'open',
    heldBy: '',
    offers: 2,
    acknowledgedAtMs: undefined,
    dueAtMs: START_MS + 11 * MINUTE_MS,
    note: 'handed back by morgan: no access',
  });
  const again = await open.desk.release(1, id, { caller: morgan, reason: 'no access' });
  expect(again?.delegation.offers).toBe(2);
  expect(open.told()).toEqual(['delegation_opened morgan', 'delegation_opened morgan']);
  expect(new Set(open.notices.map(({ key }) => key)).size).toBe(2);
  await open.desk.acknowledge(1, id, operator);
  await open.desk.release(1, id, { caller: operator, reason: 'neither have I' });
  const last = await open.desk.release(1, id, { caller: morgan, reason: 'really not' });
  expect(last?.delegation).toMatchObject({ state: 'expired', offers: 3 });
  expect(last?.case).toMatchObject({
    state: 'escalated',
    summary: 'morgan (expired): handed back by morgan: really not',
  });
});

test('when all have reported and one has resolved it, the group is resolved', async () => {
  const [first = '', second = '', third = ''] = await ask(8, ['morgan', 'alex', 'devon']);
  const by = (caller: typeof morgan, status: 'resolved' | 'no_fault' | 'found', summary: string) => ({
    caller,
    status,
    summary,
    evidence: [],
  });
  await open.desk.report(1, first, by(morgan, 'resolved', 'new key\n\nis in   place'));
  await open.desk.report(1, second, by(alex, 'no_fault', 'no charge was lost'));
  expect(await caseAbout(open.desk, 8)).toMatchObject({ state: 'open', summary: '' });
  expect((await store.getError(1, idOf(8)))?.resolved).toBe(false);
  open.clock.advance(MINUTE_MS);
  const last = await open.desk.report(1, third, by(devon, 'found', 'x'.repeat(600)));
  const summary = [
    'morgan (resolved): new key is in place',
    'alex (no_fault): no charge was lost',
    `devon (found): ${'x'.repeat(499)}…`,
  ].join('\n');
  expect(last?.case).toMatchObject({ state: 'resolved', closedAtMs: START_MS + MINUTE_MS, summary });
  expect(await store.getError(1, idOf(8))).toMatchObject({ resolved: true, resolutionNotes: summary });
  expect(open.told('case_escalated')).toEqual([]);
});

test('every group of a case is resolved with it', async () => {
  await storeError(store, 20);
  await storeError(store, 21);
  open = await openDesk(store);
  const attempt = attemptOf(20);
  const cause = { ...attempt.cause, fingerprints: [fingerprintOf(20), fingerprintOf(21)] };
  open.desk.onAttempt({ ...attempt, cause });
  const { id } = await delegationTo(open.desk, 'morgan', 20);
  await open.desk.report(1, id, { caller: morgan, status: 'resolved', summary: 'up again', evidence: [] });
  for (const n of [20, 21]) {
    expect(await store.getError(1, idOf(n))).toMatchObject({
      resolved: true,
      resolutionNotes: 'morgan (resolved): up again',
    });
  }
});

test('what was found and not resolved goes to people, each report as a line', async () => {
  const [first = '', second = ''] = await ask(9, ['morgan', 'alex']);
  await open.desk.report(1, first, { caller: morgan, ...found });
  await open.desk.report(1, second, { caller: alex, status: 'unable', summary: 'no access', evidence: [] });
  expect(await caseAbout(open.desk, 9)).toMatchObject({ state: 'escalated' });
  expect((await store.getError(1, idOf(9)))?.resolved).toBe(false);
  expect(open.told('case_escalated')).toEqual(['case_escalated']);
  const notice = open.notices.at(-1);
  expect(notice).toMatchObject({
    title: 'The agents could not resolve it: people must see to it',
    key: `case_escalated/${fingerprintOf(9)}/connection_failed`,
  });
  expect(notice?.fields.filter(([name]) => name === 'summary')).toEqual([
    ['summary', 'morgan (found): the key expired'],
    ['summary', 'alex (unable): no access'],
  ]);
});

test('with `any` the first report that finds something is enough, and the rest is withdrawn', async () => {
  const [first = '', second = '', third = ''] = await ask(10, ['morgan', 'alex', 'devon'], 'any');
  await open.desk.acknowledge(1, third, devon);
  await open.desk.report(1, first, { caller: morgan, status: 'no_fault', summary: 'not mine', evidence: [] });
  expect(await caseAbout(open.desk, 10)).toMatchObject({ state: 'open' });
  await open.desk.report(1, second, { caller: alex, ...found });
  expect((await delegationsAbout(open.desk, 10)).map(({ state }) => state)).toEqual([
    'reported',
    'reported',
    'withdrawn',
  ]);
  await expect(open.desk.report(1, third, { caller: devon, ...found })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: 'this delegation is over: it is withdrawn',
  });
  expect(await caseAbout(open.desk, 10)).toMatchObject({
    state: 'escalated',
    summary: [
      'morgan (no_fault): not mine',
      'alex (found): the key expired',
      'devon (withdrawn): another report was enough',
    ].join('\n'),
  });
});

test('reports that come at the same time are all kept', async () => {
  const ids = await ask(11, ['morgan', 'alex', 'devon']);
  const callers = [morgan, alex, devon];
  await Promise.all(ids.map((id, n) => open.desk.report(1, id, { caller: callers[n] ?? morgan, ...found })));
  expect((await delegationsAbout(open.desk, 11)).map(({ report }) => report?.by)).toEqual(['morgan', 'alex', 'devon']);
  expect(await caseAbout(open.desk, 11)).toMatchObject({ state: 'escalated' });
});

test('after a case is closed the next trouble of the group is a new one', async () => {
  const [id = ''] = await ask(12, ['morgan']);
  await open.desk.report(1, id, { caller: morgan, ...found });
  open.clock.advance(1_000);
  open.desk.onAttempt(attemptOf(12));
  await until(async () => expect(await caseAbout(open.desk, 12)).toMatchObject({ state: 'open', joined: 0 }));
});
