// Groups that look alike, over REST: what put them right, and whether it held.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Attempt } from '../../src/healing/attempt.ts';
import { attemptOn } from '../operations/memory-healing.ts';
import { openTestApi, tokenOf } from './open-test-api.ts';
import type { TestApi } from './open-test-api.ts';

let t: TestApi;

beforeAll(async () => {
  t = await openTestApi({ tokens: [1, 2, 3, 4, 5, 6].map((company) => tokenOf(company, `token-${company}`)) });
});
afterAll(() => t.close());

const call = (method: 'GET' | 'POST', url: string, company: number, payload?: object) =>
  t.api.server.inject({
    method,
    url,
    headers: { authorization: `Bearer token-${company}` },
    ...(payload === undefined ? {} : { payload }),
  });

/** Alike in type and words; the service makes it a group of its own. */
async function log(company: number, service: string): Promise<{ id: string; fingerprint: string }> {
  const answer = await call('POST', '/api/errors/log', company, {
    service,
    severity: 'error',
    exception_type: 'PoolTimeout',
    message: 'the connection pool of the ledger is exhausted',
  });
  return answer.json();
}

const resolve = (company: number, id: string) =>
  call('POST', `/api/errors/${id}/resolve`, company, { resolution_notes: 'The pool was made larger.' });

/** Resolving holds up to now: what comes later opens the group again. */
const later = () => void (t.clock.aheadMs += 1_000);

async function putFix(company: number, id: string, change: Partial<Attempt>): Promise<Attempt> {
  const error = await t.store.getError(company, id);
  if (error === undefined) throw new Error('the error is gone');
  return t.healing.put(attemptOn(error, { state: 'ended', ...change }));
}

const similarTo = async (company: number, id: string, query = '') => {
  const answer = await call('GET', `/api/errors/${id}/similar?${query}`, company);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().similar;
};

test('a group that was resolved tells its notes, and that it held', async () => {
  const past = await log(1, 'orders');
  await resolve(1, past.id);
  const now = await log(1, 'billing');
  expect(await similarTo(1, now.id.toUpperCase())).toMatchObject([
    {
      fingerprint: past.fingerprint,
      error_id: past.id,
      service: 'orders',
      exception_type: 'PoolTimeout',
      message: 'the connection pool of the ledger is exhausted',
      count: 1,
      resolved: true,
      resolution_notes: 'The pool was made larger.',
      fix: null,
      held: true,
    },
  ]);
  const [{ score }] = await similarTo(1, now.id);
  expect(score).toBeGreaterThan(0.5);
  expect(score).toBeLessThanOrEqual(1);
});

test('one that came back after it was resolved did not hold', async () => {
  const past = await log(2, 'orders');
  await resolve(2, past.id);
  later();
  await log(2, 'orders');
  const now = await log(2, 'billing');
  expect(await similarTo(2, now.id)).toMatchObject([
    { resolved: false, resolution_notes: 'The pool was made larger.', count: 2, held: false },
  ]);
});

test('the last fix that changed something is told, whatever was held back since', async () => {
  const past = await log(3, 'orders');
  const at = Date.now() - 60_000;
  await putFix(3, past.id, { outcome: 'ineffective', finding: 'OLD', startedAtMs: at, actedAtMs: at });
  const fix = await putFix(3, past.id, {
    outcome: 'succeeded',
    finding: 'POOL_EXHAUSTED',
    ruleId: 'pool',
    startedAtMs: at + 1_000,
    actedAtMs: at + 2_000,
  });
  await putFix(3, past.id, { outcome: 'failed', finding: 'NOTHING_DONE', startedAtMs: at + 3_000 });
  await putFix(3, past.id, { state: 'suppressed', suppression: 'cooldown', startedAtMs: at + 4_000 });
  const now = await log(3, 'billing');
  expect(await similarTo(3, now.id)).toMatchObject([
    {
      resolved: false,
      fix: {
        id: fix.id,
        rule_id: 'pool',
        finding: 'POOL_EXHAUSTED',
        outcome: 'succeeded',
        acted_at: new Date(at + 2_000).toISOString(),
      },
      held: true,
    },
  ]);
});

test.each([
  ['relapsed', false],
  ['ineffective', null],
] as const)('after a fix that ended as %s, held is %j', async (outcome, held) => {
  const company = outcome === 'relapsed' ? 4 : 5;
  const past = await log(company, 'orders');
  await putFix(company, past.id, { outcome, actedAtMs: Date.now() });
  const now = await log(company, 'billing');
  expect(await similarTo(company, now.id)).toMatchObject([{ fix: { outcome }, held }]);
});

test('as many as are asked for, and with resolved_only those that are resolved', async () => {
  const services = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const logged = [];
  for (const service of services) logged.push(await log(6, service));
  await resolve(6, logged[2]?.id ?? '');
  const now = await log(6, 'billing');
  expect(await similarTo(6, now.id)).toHaveLength(5);
  expect(await similarTo(6, now.id, 'limit=7')).toHaveLength(7);
  expect(await similarTo(6, now.id, 'resolved_only=true')).toMatchObject([{ service: 'c' }]);
  for (const limit of [0, 21]) {
    const refused = await call('GET', `/api/errors/${now.id}/similar?limit=${limit}`, 6);
    expect(refused.json()).toMatchObject({ code: 'INVALID_INPUT', field: 'limit' });
  }
});
