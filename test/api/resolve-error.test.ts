// Resolve and reopen over REST, and what groups and trends say about it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openTestApi } from './open-test-api.ts';
import type { TestApi } from './open-test-api.ts';

let t: TestApi;
let round = 0;
beforeAll(async () => {
  t = await openTestApi();
});
beforeEach(() => {
  round += 1;
});
afterAll(async () => {
  await t.close();
});

const get = async (url: string) => (await t.api.server.inject({ method: 'GET', url })).json();
const post = (url: string, payload?: object) =>
  t.api.server.inject({ method: 'POST', url, ...(payload === undefined ? {} : { payload }) });
const log = async (message: string, more: object = {}) =>
  (
    await post('/api/errors/log', {
      service: `service-${round}`,
      severity: 'error',
      error_type: 'timeout',
      message,
      ...more,
    })
  ).json();

test('resolving one error resolves its group, with the notes; other groups stay open', async () => {
  const [first, second, other] = [await log('boom'), await log('boom'), await log('bang')];
  const answer = await post(`/api/errors/${first.id}/resolve`, {
    resolution_notes: 'Fixed by restarting PostgreSQL container',
  });
  expect(answer.statusCode, answer.body).toBe(200);
  expect(answer.json()).toMatchObject({
    id: first.id,
    resolved: true,
    resolution_notes: 'Fixed by restarting PostgreSQL container',
  });
  expect(await get(`/api/errors/${second.id}`)).toMatchObject({ resolved: true });
  expect(await get(`/api/errors/${other.id}`)).toMatchObject({ resolved: false, resolution_notes: null });
  expect(await get(`/api/errors?service=service-${round}&resolved=false`)).toMatchObject({
    total: 1,
    errors: [{ id: other.id }],
  });
});

test('scope error resolves that one only', async () => {
  const [first, second] = [await log('boom'), await log('boom')];
  await post(`/api/errors/${first.id}/resolve`, { resolution_notes: 'n', scope: 'error' });
  expect(await get(`/api/errors/${first.id}`)).toMatchObject({ resolved: true, resolution_notes: 'n' });
  expect(await get(`/api/errors/${second.id}`)).toMatchObject({ resolved: false, resolution_notes: null });
});

test('reopen takes it back, with or without a body', async () => {
  const error = await log('boom');
  await post(`/api/errors/${error.id}/resolve`, { resolution_notes: 'n' });
  expect((await post(`/api/errors/${error.id}/reopen`)).json()).toMatchObject({
    resolved: false,
    resolution_notes: null,
  });
  await post(`/api/errors/${error.id}/resolve`, { resolution_notes: 'n', scope: 'error' });
  expect((await post(`/api/errors/${error.id}/reopen`, { scope: 'error' })).json()).toMatchObject({ resolved: false });
});

test('an error after the resolution opens the group again, and it counts as a regression', async () => {
  const first = await log('boom');
  await post(`/api/errors/${first.id}/resolve`, { resolution_notes: 'n' });
  expect(await get(`/api/groups/${first.fingerprint}`)).toMatchObject({
    resolved: true,
    resolution_notes: 'n',
    regressed: false,
    count: 1,
  });
  t.clock.aheadMs += 60_000;
  const second = await log('boom');
  expect(second).toMatchObject({ fingerprint: first.fingerprint, resolved: false });
  expect(await get(`/api/groups/${first.fingerprint}`)).toMatchObject({
    resolved: false,
    regressed: true,
    count: 2,
    first_seen: first.timestamp,
    last_seen: second.timestamp,
    regressed_at: second.timestamp,
    why: { version: 'fp1', template: 'boom' },
  });
});

test.each([
  [{}, 'resolution_notes'],
  [{ resolution_notes: '' }, 'resolution_notes'],
  [{ resolution_notes: '  ' }, 'resolution_notes'],
  [{ resolution_notes: 'n', scope: 'everything' }, 'scope'],
  [{ resolution_notes: 'n', id: 'x' }, 'id'],
  [{ resolution_notes: 'n', note: 'x' }, 'note'],
])('resolve refuses %j and names %s', async (payload, field) => {
  const error = await log('boom');
  const answer = await post(`/api/errors/${error.id}/resolve`, payload);
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ field });
});

test('a query on a command is refused, not ignored', async () => {
  const error = await log('boom');
  const answer = await post(`/api/errors/${error.id}/reopen?scope=error`, {});
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ field: 'scope' });
});

test('errors of one trace are links to each other, oldest first', async () => {
  const trace_id = `${round}`.padStart(32, 'a');
  const later = await log('later', { trace_id, timestamp: new Date(Date.now() - 1_000).toISOString() });
  const earlier = await log('earlier', { trace_id, timestamp: new Date(Date.now() - 2_000).toISOString() });
  const last = await log('last', { trace_id });
  expect((await get(`/api/errors/${last.id}`)).trace).toMatchObject([
    { id: earlier.id, message: 'earlier', link: `/api/errors/${earlier.id}` },
    { id: later.id, message: 'later', link: `/api/errors/${later.id}` },
  ]);
});

test('groups are listed by when they were last seen, in pages', async () => {
  const names = ['one', 'two', 'three'];
  for (const [index, name] of names.entries()) {
    await log(name, { timestamp: new Date(Date.now() - 10_000 + index * 1_000).toISOString() });
  }
  const first = await get(`/api/groups?service=service-${round}&limit=2`);
  expect(first).toMatchObject({ total: 3, groups: [{ message: 'three', count: 1 }, { message: 'two' }] });
  const second = await get(`/api/groups?service=service-${round}&limit=2&cursor=${first.next_cursor}`);
  expect(second).toMatchObject({ total: 3, groups: [{ message: 'one' }], next_cursor: null });
});

test('trends count by interval and by the field that is asked for', async () => {
  const minute = Math.floor(Date.now() / 60_000) * 60_000 - 600_000;
  await log('a', { severity: 'critical', timestamp: new Date(minute + 1_000).toISOString() });
  await log('b', { severity: 'critical', timestamp: new Date(minute + 2_000).toISOString() });
  await log('c', { severity: 'info', timestamp: new Date(minute + 61_000).toISOString() });
  const url = `/api/trends?service=service-${round}&since=1h&interval=1m`;
  expect((await get(url)).points).toEqual([
    { start: new Date(minute).toISOString(), key: '', count: 2 },
    { start: new Date(minute + 60_000).toISOString(), key: '', count: 1 },
  ]);
  expect((await get(`${url}&group_by=severity`)).points).toEqual([
    { start: new Date(minute).toISOString(), key: 'critical', count: 2 },
    { start: new Date(minute + 60_000).toISOString(), key: 'info', count: 1 },
  ]);
});

test.each([
  ['/api/trends?since=1h', '1m'],
  ['/api/trends', '15m'],
  ['/api/trends?since=7d', '6h'],
  ['/api/trends?since=365d', '1d'],
])('%s is cut into %s', async (url, interval) => {
  expect(await get(url)).toMatchObject({ interval });
});

test.each([
  ['/api/trends?since=30d&interval=1m', 'interval'],
  ['/api/trends?interval=2m', 'interval'],
  ['/api/trends?group_by=host', 'group_by'],
  ['/api/groups?cursor=MS5h', 'cursor'],
  ['/api/groups?until=1h', 'until'],
])('%s is refused and %s is named', async (url, field) => {
  expect(await get(url)).toMatchObject({ status: 400, field });
});
