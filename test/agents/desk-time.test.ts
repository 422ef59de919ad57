// What the clock does: offers that nobody takes, leases that run out, the end of a case.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Store } from '../../src/store/clickhouse-store.ts';
import { fingerprintOf, openStore } from '../store/open-store.ts';
import {
  START_MS,
  alex,
  caseAbout,
  delegationsAbout,
  morgan,
  openDesk,
  requestOf,
  storeError,
  until,
} from './desk-setup.ts';
import type { OpenDesk } from './desk-setup.ts';

const MINUTE_MS = 60_000;
const found = { status: 'found', summary: 'the key expired', evidence: [] } as const;

let store: Store;
let close: () => Promise<void>;
let open: OpenDesk;

beforeAll(async () => {
  ({ store, close } = await openStore(() => START_MS));
});
afterEach(async () => open.stop());
afterAll(async () => close());

async function ask(n: number, to: readonly string[]): Promise<readonly string[]> {
  await storeError(store, n);
  open = await openDesk(store);
  const { delegations } = await open.desk.delegate(await requestOf(store, n, { to }));
  return delegations.map(({ delegation }) => delegation.id);
}

test('an offer that nobody takes is told as overdue once, repeated, and expires', async () => {
  await ask(1, ['morgan']);
  open.clock.advance(10 * MINUTE_MS);
  await until(async () =>
    expect((await delegationsAbout(open.desk, 1))[0]).toMatchObject({
      state: 'open',
      offers: 2,
      dueAtMs: START_MS + 20 * MINUTE_MS,
      note: 'nobody acknowledged it in time',
    }),
  );
  expect(open.told()).toEqual(['delegation_opened morgan', 'delegation_overdue', 'delegation_opened morgan']);
  expect(open.notices[1]).toMatchObject({
    title: 'morgan did not acknowledge a delegation in time',
    key: `delegation_overdue/${fingerprintOf(1)}/morgan`,
  });
  open.clock.advance(10 * MINUTE_MS);
  await until(async () => expect((await delegationsAbout(open.desk, 1))[0]).toMatchObject({ offers: 3 }));
  open.clock.advance(10 * MINUTE_MS);
  await until(async () =>
    expect(await caseAbout(open.desk, 1)).toMatchObject({
      state: 'escalated',
      closedAtMs: START_MS + 30 * MINUTE_MS,
      summary: 'morgan (expired): nobody acknowledged it in time',
    }),
  );
  await until(() => expect(open.told('case_escalated')).toHaveLength(1));
  expect(open.told('delegation_overdue')).toHaveLength(1);
  expect(open.told('delegation_opened')).toHaveLength(3);
});

test('a lease that runs out is offered again; a heartbeat keeps it', async () => {
  const [id = ''] = await ask(2, ['morgan']);
  await open.desk.acknowledge(1, id, morgan);
  open.clock.advance(14 * MINUTE_MS);
  await open.desk.acknowledge(1, id, morgan);
  open.clock.advance(14 * MINUTE_MS);
  expect((await delegationsAbout(open.desk, 2))[0]).toMatchObject({ state: 'acknowledged' });
  open.clock.advance(MINUTE_MS);
  await until(async () =>
    expect((await delegationsAbout(open.desk, 2))[0]).toMatchObject({
      state: 'open',
      heldBy: '',
      offers: 2,
      note: 'the lease of morgan ran out',
    }),
  );
  // Whoever is late may still report.
  expect((await open.desk.report(1, id, { caller: morgan, ...found }))?.delegation.state).toBe('reported');
});

test('at its deadline a case ends with what was reported', async () => {
  const [first = '', second = ''] = await ask(3, ['morgan', 'alex']);
  await open.desk.report(1, first, { caller: morgan, ...found });
  open.clock.advance(119 * MINUTE_MS);
  await until(async () => expect((await delegationsAbout(open.desk, 3))[1]).toMatchObject({ offers: 2 }));
  const taken = await open.desk.acknowledge(1, second, alex);
  expect(taken?.delegation.dueAtMs).toBe(START_MS + 120 * MINUTE_MS);
  open.clock.advance(MINUTE_MS);
  await until(async () =>
    expect(await caseAbout(open.desk, 3)).toMatchObject({
      state: 'escalated',
      summary: ['morgan (found): the key expired', 'alex (expired): not reported by the deadline of the case'].join(
        '\n',
      ),
    }),
  );
  await expect(open.desk.report(1, second, { caller: alex, ...found })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: 'this delegation is over: it is expired',
  });
});

test('who did not answer may be asked anew while the case is open', async () => {
  const [first = ''] = await ask(4, ['morgan', 'alex']);
  await open.desk.acknowledge(1, first, morgan);
  for (const minutes of [10, 10, 10]) {
    open.clock.advance(minutes * MINUTE_MS);
    await open.desk.acknowledge(1, first, morgan);
    const at = open.clock.now();
    await until(async () => expect((await caseAbout(open.desk, 4)).updatedAtMs).toBe(at));
    await until(async () => expect((await delegationsAbout(open.desk, 4))[1]?.dueAtMs ?? at + 1).toBeGreaterThan(at));
  }
  expect((await delegationsAbout(open.desk, 4))[1]).toMatchObject({ agent: 'alex', state: 'expired' });
  const again = await open.desk.delegate(await requestOf(store, 4, { to: ['alex'] }));
  expect(again.created).toBe(true);
  expect(await delegationsAbout(open.desk, 4)).toHaveLength(3);
});
