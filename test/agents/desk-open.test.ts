// What becomes a case, whom ADA asks what, and who is told.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Store } from '../../src/store/clickhouse-store.ts';
import { fingerprintOf, idOf, openStore } from '../store/open-store.ts';
import {
  START_MS,
  attemptOf,
  caseAbout,
  delegationTo,
  delegationsAbout,
  morgan,
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

test('an attempt that was handed over becomes a case for the agent that its rule names', async () => {
  await storeError(store, 1);
  open = await openDesk(store);
  open.desk.onAttempt(attemptOf(1));
  const delegation = await delegationTo(open.desk, 'morgan', 1);
  expect(delegation).toMatchObject({
    state: 'open',
    questions: ['Is it up?'],
    dueAtMs: START_MS + 600_000,
    heldBy: '',
    offers: 1,
  });
  expect(await caseAbout(open.desk, 1)).toMatchObject({
    state: 'open',
    kind: 'escalated',
    service: 'checkout',
    errorType: 'connection_failed',
    severity: 'error',
    message: 'connect ECONNREFUSED 10.0.0.1:5432',
    finding: 'SERVICE_DOWN',
    reason: 'rule service-down hands it over: SERVICE_DOWN',
    openedBy: 'ada',
    priority: 'high',
    deadlineAtMs: START_MS + 7_200_000,
  });
  await until(() => expect(open.told()).toEqual(['delegation_opened morgan']));
  expect(open.notices[0]).toMatchObject({
    companyId: 1,
    title: 'morgan is asked to see to an error',
    service: 'checkout',
    path: `/admin/errors/${idOf(1)}`,
  });
  expect(open.notices[0]?.fields).toContainEqual(['delegation_id', delegation.id]);
  expect(open.notices[0]?.fields).toContainEqual(['question', 'Is it up?']);
});

test('ADA asks by the routes, and each agent what is for it', async () => {
  await storeError(store, 2, { severity: 'critical' });
  open = await openDesk(store);
  const questions = ['Morgan: is the provider up?', 'Alex: what was charged?', 'What changed?', 'Claude: anything?'];
  open.desk.onAttempt(attemptOf(2, { finding: 'PAYMENTS_FAILING', escalatedTo: 'ada', questions }));
  await delegationTo(open.desk, 'devon', 2);
  expect((await delegationsAbout(open.desk, 2)).map((one) => [one.agent, ...one.questions])).toEqual([
    ['morgan', 'is the provider up?', 'What changed?', 'Claude: anything?', 'Since when?'],
    ['alex', 'what was charged?', 'What changed?', 'Claude: anything?', 'Since when?'],
    ['devon', 'What changed?', 'Claude: anything?', 'Since when?'],
  ]);
  expect(await caseAbout(open.desk, 2)).toMatchObject({ kind: 'critical_error', priority: 'urgent', join: 'all' });
  await until(() =>
    expect(open.told()).toEqual([
      'critical_error',
      'delegation_opened morgan',
      'delegation_opened alex',
      'delegation_opened devon',
    ]),
  );
  expect(open.notices[0]?.fields).toContainEqual(['asked', 'morgan, alex, devon']);
});

test('what no route fits, and whom nobody knows, goes to the fallback', async () => {
  await storeError(store, 3);
  open = await openDesk(store);
  open.desk.onAttempt(attemptOf(3, { escalatedTo: 'someone', finding: 'STRANGE' }));
  await delegationTo(open.desk, 'morgan', 3);
  expect(await delegationsAbout(open.desk, 3)).toHaveLength(1);
});

test('a fix that acted and did not help is told as failed', async () => {
  await storeError(store, 4, { severity: 'critical' });
  open = await openDesk(store);
  open.desk.onAttempt(attemptOf(4, { outcome: 'ineffective', actedAtMs: START_MS - 500 }));
  await delegationTo(open.desk, 'morgan', 4);
  expect(await caseAbout(open.desk, 4)).toMatchObject({
    kind: 'fix_failed',
    reason: 'the fix of rule service-down did not help (ineffective): SERVICE_DOWN',
  });
  await until(() => expect(open.told()).toEqual(['fix_failed', 'delegation_opened morgan']));
  expect(open.notices[0]).toMatchObject({
    severity: 'critical',
    key: `fix_failed/${fingerprintOf(4)}/SERVICE_DOWN`,
    message: 'connect ECONNREFUSED 10.0.0.4:5432',
  });
});

test('a critical error that nobody acts on is heard; a lesser one, or one that is seen to, is not', async () => {
  for (const [n, severity] of [
    [5, 'critical'],
    [6, 'error'],
    [7, 'critical'],
    [8, 'critical'],
    [18, 'critical'],
  ] as const) {
    await storeError(store, n, { severity });
  }
  open = await openDesk(store);
  const quiet = { state: 'suppressed', outcome: undefined, escalatedTo: '', questions: [] } as const;
  open.desk.onAttempt(attemptOf(6, { ...quiet, suppression: 'observe' }));
  open.desk.onAttempt(attemptOf(7, { ...quiet, suppression: 'busy' }));
  open.desk.onAttempt(attemptOf(8, { ...quiet, state: 'ended', outcome: 'succeeded' }));
  open.desk.onAttempt(attemptOf(5, { ...quiet, suppression: 'not_enabled' }));
  open.desk.onAttempt(attemptOf(18, { ...quiet, state: 'ended', outcome: 'abandoned' }));
  await delegationTo(open.desk, 'morgan', 5);
  await delegationTo(open.desk, 'morgan', 18);
  expect((await caseAbout(open.desk, 18)).reason).toBe('rule service-down did nothing (abandoned): SERVICE_DOWN');
  expect(await caseAbout(open.desk, 5)).toMatchObject({
    kind: 'critical_error',
    reason: 'rule service-down may not act (not_enabled): SERVICE_DOWN',
  });
  for (const n of [6, 7, 8]) expect(await delegationsAbout(open.desk, n)).toEqual([]);
  await until(() => expect(open.told('critical_error')).toHaveLength(2));
});

test('people are told of what waits for approval and of an opened breaker', async () => {
  await storeError(store, 9);
  open = await openDesk(store);
  const waits = { state: 'awaiting_approval', outcome: undefined, escalatedTo: '' } as const;
  open.desk.onAttempt(attemptOf(9, { ...waits, note: 'waits for approval: container.restart', dueAtMs: START_MS }));
  open.desk.onAttempt(
    attemptOf(10, { state: 'suppressed', outcome: undefined, suppression: 'breaker_open', note: '2 failures' }),
  );
  await until(() => expect(open.told()).toEqual(['approval_needed', 'breaker_open', 'delegation_opened morgan']));
  expect(open.notices[0]).toMatchObject({
    title: 'The fix of rule service-down waits for approval',
    severity: 'error',
  });
  expect(open.notices[0]?.fields).toContainEqual(['plan', 'waits for approval: container.restart']);
  expect(open.notices[0]?.fields).toContainEqual(['until', '2026-11-24T12:00:00.000Z']);
  expect(await delegationsAbout(open.desk, 9)).toEqual([]);
});

test('a later attempt on the same group joins the open case once', async () => {
  await storeError(store, 11);
  open = await openDesk(store);
  open.desk.onAttempt(attemptOf(11));
  open.desk.onAttempt(attemptOf(11));
  const later = attemptOf(11, { id: idOf(777_001), actedAtMs: START_MS - 10, outcome: 'ineffective' });
  open.desk.onAttempt(later);
  open.desk.onAttempt(later);
  await until(async () => expect(await caseAbout(open.desk, 11)).toMatchObject({ joined: 1 }));
  open.desk.onAttempt(attemptOf(11, { id: idOf(777_002) }));
  await until(async () => expect(await caseAbout(open.desk, 11)).toMatchObject({ joined: 2 }));
  expect(await delegationsAbout(open.desk, 11)).toHaveLength(1);
  expect(open.told()).toEqual(['delegation_opened morgan', 'fix_failed']);
});

test('what a later attempt found has those asked who were not, and adds its questions for who has not answered', async () => {
  await storeError(store, 41, { severity: 'critical' });
  open = await openDesk(store);
  const first = { escalatedTo: 'ada', finding: 'UNMATCHED_CRITICAL', questions: ['What is it?'] };
  open.desk.onAttempt(attemptOf(41, first));
  await until(async () => expect(await caseAbout(open.desk, 41)).toMatchObject({ finding: 'UNMATCHED_CRITICAL' }));
  const questions = ['What is it?', 'Morgan: is it reachable?', 'Alex: how much is it?'];
  const later = attemptOf(41, { ...first, id: idOf(777_003), finding: 'PAYMENTS_FAILING', questions });
  open.desk.onAttempt(later);
  open.desk.onAttempt(later);
  await until(async () =>
    expect(await caseAbout(open.desk, 41)).toMatchObject({ joined: 1, finding: 'PAYMENTS_FAILING' }),
  );
  const asked = (await delegationsAbout(open.desk, 41)).map(({ agent, questions }) => [agent, ...questions]);
  expect(new Set(asked)).toEqual(
    new Set([
      ['alex', 'What is it?', 'how much is it?', 'Since when?'],
      ['devon', 'What is it?', 'Since when?'],
      ['morgan', 'What is it?', 'is it reachable?', 'Since when?'],
    ]),
  );
  expect(open.told('delegation_opened').toSorted()).toEqual([
    'delegation_opened alex',
    'delegation_opened devon',
    'delegation_opened morgan',
  ]);
});

test('the same group of another company is another case', async () => {
  await storeError(store, 12);
  await storeError(store, 13, { companyId: 2, fingerprint: fingerprintOf(12) });
  open = await openDesk(store);
  open.desk.onAttempt(attemptOf(12));
  const { cause } = attemptOf(12);
  open.desk.onAttempt(attemptOf(13, { cause: { ...cause, companyId: 2, errorId: idOf(13) } }));
  const mine = await delegationTo(open.desk, 'morgan', 12);
  const theirs = await delegationTo(open.desk, 'morgan', 13, 2);
  expect(await delegationsAbout(open.desk, 13)).toEqual([]);
  expect(await open.desk.get(2, mine.id)).toBeUndefined();
  expect(await open.desk.acknowledge(1, theirs.id, morgan)).toBeUndefined();
  expect(await caseAbout(open.desk, 12)).toMatchObject({ joined: 0, companyId: 1 });
});

test('by hand agents are named, or found by the routes, and nobody is asked twice', async () => {
  await storeError(store, 14, { errorType: 'auth_failed', service: 'billing' });
  open = await openDesk(store);
  const first = await open.desk.delegate(await requestOf(store, 14, { questions: ['Alex: who?'], join: 'any' }));
  expect(first.created).toBe(true);
  expect(first.delegations.map(({ delegation }) => [delegation.agent, ...delegation.questions])).toEqual([
    ['alex', 'who?'],
    ['devon'],
  ]);
  expect(first.delegations[0]?.case).toMatchObject({
    kind: 'by_hand',
    reason: 'please look',
    openedBy: 'claude',
    priority: 'normal',
    join: 'any',
  });
  const again = await open.desk.delegate(await requestOf(store, 14));
  expect(again.created).toBe(false);
  expect(again.delegations.map(({ delegation }) => delegation.id)).toEqual(
    first.delegations.map(({ delegation }) => delegation.id),
  );
  const more = await open.desk.delegate(await requestOf(store, 14, { to: ['alex', 'morgan'], priority: 'urgent' }));
  expect(more.created).toBe(true);
  expect(more.delegations.map(({ delegation }) => delegation.agent)).toEqual(['alex', 'morgan']);
  expect(more.delegations[0]?.delegation.id).toBe(first.delegations[0]?.delegation.id);
  expect(more.delegations[1]?.case).toMatchObject({ priority: 'urgent' });
  expect(open.told()).toEqual(['delegation_opened alex', 'delegation_opened devon', 'delegation_opened morgan']);
});

test('parallel requests about one group are one case', async () => {
  await storeError(store, 15);
  open = await openDesk(store);
  const request = await requestOf(store, 15, { to: ['morgan'] });
  const answers = await Promise.all([1, 2, 3, 4].map(() => open.desk.delegate(request)));
  expect(answers.map(({ created }) => created)).toEqual([true, false, false, false]);
  expect(new Set(answers.map(({ delegations }) => delegations[0]?.delegation.id)).size).toBe(1);
});

test('a case holds eight delegations', async () => {
  await storeError(store, 16);
  const roster = Array.from({ length: 9 }, (_, n) => ({ name: `agent-${n}`, role: 'any', webhook: undefined }));
  open = await openDesk(store);
  const names = roster.map(({ name }) => name);
  await open.desk.delegate(await requestOf(store, 16, { to: names.slice(0, 8) }));
  await expect(open.desk.delegate(await requestOf(store, 16, { to: names.slice(8) }))).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  expect(await delegationsAbout(open.desk, 16)).toHaveLength(8);
});

test('agents are not asked again at once about what people were told and nobody acts on', async () => {
  await storeError(store, 17, { severity: 'critical' });
  open = await openDesk(store);
  const quiet = { state: 'suppressed', outcome: undefined, suppression: 'observe', escalatedTo: '' } as const;
  open.desk.onAttempt(attemptOf(17, quiet));
  const { id } = await delegationTo(open.desk, 'morgan', 17);
  await open.desk.report(1, id, { caller: morgan, status: 'unable', summary: 'no access', evidence: [] });
  open.clock.advance(1_000);
  const at = (minutes: number) => ({ updatedAtMs: START_MS + minutes * 60_000 });
  open.desk.onAttempt(attemptOf(17, { ...quiet, ...at(10), id: idOf(777_003) }));
  open.desk.onAttempt(attemptOf(17, { ...quiet, ...at(61), id: idOf(777_004) }));
  await until(async () => expect((await caseAbout(open.desk, 17)).attemptId).toBe(idOf(777_004)));
  const { delegations } = await open.desk.list({ companyId: 1, errorId: idOf(17), limit: 10 });
  expect(delegations.map((one) => one.case.state)).toEqual(['open', 'escalated']);
});
