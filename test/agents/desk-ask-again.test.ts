// Who asks about what agents are asked already: what is new of it reaches them.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Store } from '../../src/store/clickhouse-store.ts';
import { openStore } from '../store/open-store.ts';
import { START_MS, caseAbout, delegationsAbout, morgan, openDesk, requestOf, storeError } from './desk-setup.ts';
import type { OpenDesk } from './desk-setup.ts';

let store: Store;
let close: () => Promise<void>;
let open: OpenDesk;

beforeAll(async () => {
  ({ store, close } = await openStore(() => START_MS));
});
afterEach(async () => open.stop());
afterAll(async () => close());

test('a second asker adds questions, a reason and a higher priority; how it is joined stays', async () => {
  await storeError(store, 1);
  open = await openDesk(store);
  const first = await requestOf(store, 1, { to: ['morgan', 'alex'], questions: ['Is it up?'], priority: 'high' });
  await open.desk.delegate(first);
  const second = {
    ...first,
    to: ['morgan'],
    questions: ['Is it up?', 'Morgan: since when?'],
    reason: 'the shop is empty',
    by: 'devon',
    priority: 'urgent',
    join: 'any',
  } as const;
  const answer = await open.desk.delegate(second);
  expect(answer).toMatchObject({
    created: false,
    delegations: [
      {
        delegation: {
          agent: 'morgan',
          offers: 1,
          questions: ['Is it up?', 'since when?', 'devon asks too: the shop is empty'],
        },
        case: { priority: 'urgent', join: 'all', reason: 'please look', seq: 3 },
      },
    ],
  });
  expect((await delegationsAbout(open.desk, 1))[1]).toMatchObject({ agent: 'alex', questions: ['Is it up?'] });
  // Neither of them again, and a lower priority: nothing is written.
  await open.desk.delegate({ ...second, priority: 'low' });
  await open.desk.delegate(first);
  expect(await caseAbout(open.desk, 1)).toMatchObject({ seq: 3, priority: 'urgent' });
  expect(open.told()).toEqual(['delegation_opened morgan', 'delegation_opened alex']);
});

test('a higher priority alone is kept too', async () => {
  await storeError(store, 2);
  open = await openDesk(store);
  const first = await requestOf(store, 2, { to: ['morgan'] });
  await open.desk.delegate(first);
  expect(await open.desk.delegate({ ...first, priority: 'high' })).toMatchObject({ created: false });
  expect(await caseAbout(open.desk, 2)).toMatchObject({ priority: 'high', seq: 3 });
});

test('who has reported is asked nothing more by it', async () => {
  await storeError(store, 3);
  open = await openDesk(store);
  const first = await requestOf(store, 3, { to: ['morgan', 'alex'] });
  const { delegations } = await open.desk.delegate(first);
  const id = delegations[0]?.delegation.id ?? '';
  const given = await open.desk.report(1, id, { caller: morgan, status: 'found', summary: 'a lock', evidence: [] });
  const again = await open.desk.delegate({ ...first, to: ['morgan'], questions: ['Whose?'] });
  expect(again).toMatchObject({ created: false, delegations: [{ delegation: given?.delegation }] });
});

test('a delegation takes thirty questions; who has more is told so, and nothing is dropped unsaid', async () => {
  await storeError(store, 4);
  open = await openDesk(store);
  const ten = (name: string) => Array.from({ length: 10 }, (_, n) => `${name} ${n}?`);
  const first = await requestOf(store, 4, { to: ['morgan'], questions: ten('a') });
  await open.desk.delegate(first);
  await open.desk.delegate({ ...first, questions: ten('b') });
  const third = { ...first, questions: ten('c') };
  await open.desk.delegate(third);
  await expect(open.desk.delegate({ ...first, questions: ['one more?'], priority: 'urgent' })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: 'morgan is asked enough: a delegation holds 30 questions',
  });
  expect(await open.desk.delegate(third)).toMatchObject({ created: false });
  expect(await caseAbout(open.desk, 4)).toMatchObject({ priority: 'normal' });
  expect((await delegationsAbout(open.desk, 4))[0]?.questions).toHaveLength(30);
});
