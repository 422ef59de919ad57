// Lists of groups and of releases over REST.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestApi } from './open-test-api.ts';
import type { TestApi } from './open-test-api.ts';

let t: TestApi;
beforeAll(async () => {
  t = await openTestApi();
});
afterAll(async () => {
  await t.close();
});

const ask = async (url: string) => {
  const answer = await t.api.server.inject({ method: 'GET', url });
  return { status: answer.statusCode, body: answer.json() };
};
const post = async (url: string, payload: object) =>
  (await t.api.server.inject({ method: 'POST', url, payload })).json();
const log = (error: object) => post('/api/errors/log', { severity: 'error', error_type: 'timeout', ...error });

test('a group that came back says when, in the list as alone', async () => {
  const first = await log({ service: 'ledger', message: 'the books do not balance' });
  await post(`/api/errors/${first.id}/resolve`, { resolution_notes: 'n' });
  t.clock.aheadMs += 60_000;
  const second = await log({ service: 'ledger', message: 'the books do not balance' });
  t.clock.aheadMs += 60_000;
  await log({ service: 'ledger', message: 'the books do not balance' });
  const { body } = await ask('/api/groups?service=ledger');
  expect(body.groups).toMatchObject([{ regressed: true, regressed_at: second.timestamp }]);
  expect((await ask(`/api/groups/${first.fingerprint}`)).body.regressed_at).toBe(second.timestamp);
});

test('groups are found by words, a page at a time, with the total of all pages', async () => {
  for (const disk of ['sda', 'sdb', 'sdc']) {
    await log({ service: `on-${disk}`, message: `disk ${disk} is full` });
    await log({ service: `on-${disk}`, message: `no route` });
  }
  const first = await ask('/api/groups?q=FULL%20disk&limit=2');
  expect(first.body).toMatchObject({ total: 3, groups: [{ service: 'on-sdc' }, { service: 'on-sdb' }] });
  const second = await ask(`/api/groups?q=FULL%20disk&limit=2&cursor=${first.body.next_cursor}`);
  expect(second.body).toMatchObject({ total: 3, groups: [{ service: 'on-sda' }], next_cursor: null });
  expect((await ask('/api/groups?q=disk&service=on-sdb')).body).toMatchObject({ total: 1 });
  const refused = await ask('/api/groups?q=%21%21');
  expect(refused).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'q', message: 'must hold a word to look for' }] },
  });
});

test('releases say where and since when they are seen', async () => {
  const old = await log({ service: 'shop', message: 'no stock', release: '1.0.0', environment: 'production' });
  t.clock.aheadMs += 60_000;
  const fresh = await log({ service: 'shop', message: 'no stock', release: '1.1.0', environment: 'production' });
  const again = await log({ service: 'shop', message: 'out of stock', release: '1.1.0', environment: 'production' });
  await log({ service: 'shop', message: 'no stock', environment: 'production' });
  const newer = {
    service: 'shop',
    environment: 'production',
    release: '1.1.0',
    first_seen: fresh.timestamp,
    last_seen: again.timestamp,
    errors: 2,
  };
  const older = { ...newer, release: '1.0.0', first_seen: old.timestamp, last_seen: old.timestamp, errors: 1 };
  expect((await ask('/api/releases?service=shop')).body).toEqual({ total: 2, releases: [newer, older] });
  expect((await ask('/api/releases?service=shop&limit=1')).body).toEqual({ total: 2, releases: [newer] });
  expect((await ask(`/api/releases?since=${fresh.timestamp}`)).body).toEqual({ total: 1, releases: [newer] });
  expect((await ask(`/api/releases?environment=staging`)).body).toEqual({ total: 0, releases: [] });
});

test('trends are split by environment', async () => {
  await log({ service: 'split', message: 'x', environment: 'staging' });
  await log({ service: 'split', message: 'x', environment: 'production' });
  const { body } = await ask('/api/trends?service=split&since=1h&interval=1d&group_by=environment');
  expect(body.points.map((point: { key: string; count: number }) => [point.key, point.count]).toSorted()).toEqual([
    ['production', 1],
    ['staging', 1],
  ]);
});
