// POST /api/errors/log: what is kept, what is refused, and that a repeated call stores nothing new.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestApi, tokenOf } from './open-test-api.ts';
import type { TestApi } from './open-test-api.ts';

let t: TestApi;
beforeAll(async () => {
  t = await openTestApi({
    tokens: [
      tokenOf(7, 'seven'),
      tokenOf('*', 'operator'),
      tokenOf(7, 'reader', ['read']),
      tokenOf(7, 'ingester', ['ingest']),
    ],
  });
});
afterAll(async () => {
  await t.close();
});

const good = { service: 's', severity: 'error', error_type: 'api_error', message: 'm', details: {} };
const log = (payload: unknown, token = 'seven') =>
  t.api.server.inject({
    method: 'POST',
    url: '/api/errors/log',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });
const total = async (company: number) =>
  (
    await t.api.server.inject({
      url: `/api/errors?company_id=${company}`,
      headers: { authorization: 'Bearer operator' },
    })
  ).json().total;

test('every field that is given comes back', async () => {
  const given = {
    ...good,
    timestamp: '2026-11-01T10:00:00+02:00',
    stack_trace: 'Error: m\n    at f (a.js:1:2)',
    details: { port: 5432, nested: { list: [1, 'two', null, true] } },
    exception_type: 'TypeError',
    handled: false,
    environment: 'prod',
    release: '1.2.3',
    host: 'h1',
    container_id: 'c1',
    trace_id: 'A'.repeat(32),
    span_id: 'B'.repeat(16),
    id: '0B7F9A52-41B4-4A3C-9F0E-1D2C3B4A5968',
  };
  const answer = await log({ ...given, timestamp: new Date(Date.now() - 5_000).toISOString().replace('Z', '+00:00') });
  expect(answer.statusCode, answer.body).toBe(201);
  const { timestamp: _timestamp, ...rest } = given;
  expect(answer.json()).toMatchObject({
    ...rest,
    id: '0b7f9a52-41b4-4a3c-9f0e-1d2c3b4a5968',
    trace_id: 'a'.repeat(32),
    span_id: 'b'.repeat(16),
    company_id: 7,
    source: 'api',
  });
  expect(answer.json().timestamp).toMatch(/Z$/);
});

test('a repeated call with its own id is answered the same and stored once', async () => {
  const before = await total(7);
  const call = { ...good, id: '11111111-1111-4111-8111-111111111111', timestamp: new Date().toISOString() };
  const first = await log(call);
  const second = await log(call);
  expect([first.statusCode, second.statusCode]).toEqual([201, 201]);
  expect(second.json()).toEqual(first.json());
  expect(await total(7)).toBe(before + 1);
});

test('a retry a minute later, without a timestamp, is still the same error', async () => {
  const before = await total(7);
  const call = { ...good, id: '22222222-2222-4222-8222-222222222222', trace_id: 'c'.repeat(32) };
  const first = await log(call);
  t.clock.aheadMs += 61_000;
  const second = await log(call);
  expect(second.statusCode, second.body).toBe(201);
  expect(second.json()).toEqual(first.json());
  expect(await total(7)).toBe(before + 1);
});

test('secrets are gone from the answer, and from everything that is stored', async () => {
  const answer = await log({
    ...good,
    message: 'connect postgres://app:hunter2@db/x failed',
    details: { password: 'hunter2', port: 5432 },
  });
  expect(answer.statusCode).toBe(201);
  expect(answer.body).not.toContain('hunter2');
  expect(answer.json().details).toMatchObject({ port: 5432 });
  const got = await t.api.server.inject({
    url: answer.headers.location ?? '',
    headers: { authorization: 'Bearer seven' },
  });
  expect(got.statusCode).toBe(200);
  expect(got.body).not.toContain('hunter2');
});

test('details and error_type may be left out', async () => {
  const answer = await log({ service: 's', severity: 'info', message: 'm' });
  expect(answer.statusCode).toBe(201);
  expect(answer.json()).toMatchObject({ details: {}, error_type: 'other' });
});

test('an operator says for which company, and without a word it is the first', async () => {
  expect((await log({ ...good, company_id: 9 }, 'operator')).json().company_id).toBe(9);
  expect((await log(good, 'operator')).json().company_id).toBe(1);
});

test('a company token may name its own company and no other', async () => {
  expect((await log({ ...good, company_id: 7 })).json().company_id).toBe(7);
  const before = await total(8);
  const answer = await log({ ...good, company_id: 8 });
  expect(answer.statusCode).toBe(403);
  expect(answer.json()).toMatchObject({ code: 'FORBIDDEN', field: 'company_id' });
  expect(await total(8)).toBe(before);
});

test.each(['reader', 'ingester'])('the scope write is asked for: %s has not got it', async (token) => {
  const answer = await log(good, token);
  expect(answer.statusCode).toBe(403);
  expect(answer.json()).toMatchObject({ code: 'FORBIDDEN', detail: 'this token lacks the scope write' });
});

const without = (field: keyof typeof good) =>
  Object.fromEntries(Object.entries(good).filter(([name]) => name !== field));

test.each([
  ['a missing message', without('message'), 'message'],
  ['an empty message', { ...good, message: '' }, 'message'],
  ['a message that is no text', { ...good, message: 5 }, 'message'],
  ['a missing service', without('service'), 'service'],
  ['a missing severity', without('severity'), 'severity'],
  ['an unknown severity', { ...good, severity: 'fatal' }, 'severity'],
  ['an unknown error_type', { ...good, error_type: 'boom' }, 'error_type'],
  ['details that are a list', { ...good, details: [] }, 'details'],
  ['details that are text', { ...good, details: 'x' }, 'details'],
  ['details that are null', { ...good, details: null }, 'details'],
  ['an unknown key', { ...good, colour: 'red' }, 'colour'],
  ['an id that is no UUID', { ...good, id: '5' }, 'id'],
  ['a timestamp that is none', { ...good, timestamp: 'now' }, 'timestamp'],
  ['a timestamp without offset', { ...good, timestamp: '2026-01-01T00:00:00' }, 'timestamp'],
  ['a short trace id', { ...good, trace_id: 'abc' }, 'trace_id'],
  ['a company beyond the column', { ...good, company_id: 4_294_967_296 }, 'company_id'],
  ['resolved, which is not the caller to say', { ...good, resolved: true }, 'resolved'],
])('%s is refused, and the field is named', async (_what, payload, field) => {
  const answer = await log(payload);
  expect(answer.statusCode).toBe(400);
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(answer.json()).toMatchObject({ code: 'INVALID_INPUT', field });
});

test('a missing field is called required', async () => {
  expect((await log(without('message'))).json().errors).toEqual([{ field: 'message', message: 'is required' }]);
});

test('an unknown error_type is told which there are', async () => {
  expect((await log({ ...good, error_type: 'boom' })).json().detail).toContain(
    '"connection_failed"|"health_check_failed"|"api_error"',
  );
});

test.each([
  ['no JSON', '{"service":', 'MALFORMED', 400],
  ['a list', '[]', 'INVALID_INPUT', 400],
  ['text', '"x"', 'INVALID_INPUT', 400],
  ['nothing', '', 'INVALID_INPUT', 400],
  ['a prototype', '{"service":"s","severity":"error","message":"m","__proto__":{"x":1}}', 'MALFORMED', 400],
  [
    'half a million brackets',
    `{"service":"s","severity":"error","message":"m","details":{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}}`,
    'INVALID_INPUT',
    400,
  ],
  ['more than a mebibyte', JSON.stringify({ ...good, message: 'x'.repeat(1_100_000) }), 'PAYLOAD_TOO_LARGE', 413],
])('%s as a body is refused: %s', async (_what, payload, code, status) => {
  const answer = await log(payload);
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toMatchObject({ code, status });
});

test('a message of a megabyte is taken', async () => {
  expect((await log({ ...good, message: 'x'.repeat(1_000_000) })).statusCode).toBe(201);
});
