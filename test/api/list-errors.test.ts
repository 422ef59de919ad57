// GET /api/errors against the real store: what each filter lets through, pages, and what is refused.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestApi } from './open-test-api.ts';
import type { TestApi } from './open-test-api.ts';

interface ListPage {
  readonly total: number;
  readonly errors: readonly { readonly message: string }[];
  readonly next_cursor: string | null;
}

let t: TestApi;
const DAY_MS = 86_400_000;
const now = Date.now();
const at = (agoMs: number) => new Date(now - agoMs).toISOString();

beforeAll(async () => {
  t = await openTestApi();
  const errors = [
    {
      service: 'a',
      severity: 'critical',
      error_type: 'timeout',
      message: 'm1 pool of Redis exhausted',
      timestamp: at(1_000),
    },
    {
      service: 'a',
      severity: 'error',
      error_type: 'api_error',
      message: 'm2 upstream said 502',
      timestamp: at(2_000),
      environment: 'prod',
    },
    {
      service: 'b',
      severity: 'warning',
      error_type: 'timeout',
      message: 'm3 redis slow',
      timestamp: at(3_000),
      trace_id: 'a'.repeat(32),
    },
    { service: 'b', severity: 'info', error_type: 'other', message: 'm4 hello', timestamp: at(3 * DAY_MS) },
    { service: 'b', severity: 'critical', error_type: 'timeout', message: 'm5 old', timestamp: at(8 * DAY_MS) },
  ];
  for (const payload of errors) {
    expect((await t.api.server.inject({ method: 'POST', url: '/api/errors/log', payload })).statusCode).toBe(201);
  }
});
afterAll(async () => {
  await t.close();
});

const get = (query: string) => t.api.server.inject({ method: 'GET', url: `/api/errors${query}` });
const marks = async (query: string) => {
  const answer = await get(query);
  expect(answer.statusCode, answer.body).toBe(200);
  const { total, errors } = answer.json();
  expect(total).toBe(errors.length);
  return errors.map((error: { message: string }) => error.message.slice(0, 2));
};

test.each([
  ['', ['m1', 'm2', 'm3', 'm4', 'm5']],
  ['?severity=critical', ['m1', 'm5']],
  ['?severity=critical,warning', ['m1', 'm3', 'm5']],
  ['?severity=critical&severity=info', ['m1', 'm4', 'm5']],
  ['?service=b', ['m3', 'm4', 'm5']],
  ['?error_type=timeout&service=b', ['m3', 'm5']],
  ['?environment=prod', ['m2']],
  ['?since=7d', ['m1', 'm2', 'm3', 'm4']],
  ['?until=24h', ['m4', 'm5']],
  ['?since=7d&until=24h', ['m4']],
  [`?since=${encodeURIComponent(at(2_500))}`, ['m1', 'm2']],
  ['?q=redis', ['m1', 'm3']],
  ['?q=REDIS%20pool', ['m1']],
  ['?q=nothing', []],
  ['?resolved=false', ['m1', 'm2', 'm3', 'm4', 'm5']],
  ['?resolved=true', []],
  ['?service=none', []],
  [`?fingerprint=${'0'.repeat(32)}`, []],
  ['?company_id=2', []],
])('%j lists %j, newest first', async (query, expected) => {
  expect(await marks(query)).toEqual(expected);
});

test('pages follow each other without gap or repeat, and every page tells the whole total', async () => {
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: ListPage = (await get(`?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)).json();
    expect(page.total).toBe(5);
    seen.push(...page.errors.map((error) => error.message.slice(0, 2)));
    cursor = page.next_cursor;
  }
  expect(seen).toEqual(['m1', 'm2', 'm3', 'm4', 'm5']);
});

test('a list item has the fields that lists promise', async () => {
  const [error] = (await get('?q=m3')).json().errors;
  expect(error).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    timestamp: at(3_000),
    service: 'b',
    severity: 'warning',
    error_type: 'timeout',
    exception_type: '',
    message: 'm3 redis slow',
    company_id: 1,
    environment: '',
    fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
    trace_id: 'a'.repeat(32),
    resolved: false,
    auto_fix_attempted: false,
    auto_fix_successful: false,
  });
});

test.each([
  ['?limit=0', 'limit'],
  ['?limit=-1', 'limit'],
  ['?limit=1001', 'limit'],
  ['?limit=abc', 'limit'],
  ['?limit=', 'limit'],
  ['?limit=1.5', 'limit'],
  ['?limit=5&limit=6', 'limit'],
  ['?limit=99999999999999999999', 'limit'],
  ['?severity=fatal', 'severity'],
  ['?severity=', 'severity'],
  ['?severity=critical,', 'severity'],
  ['?resolved=yes', 'resolved'],
  ['?resolved=', 'resolved'],
  ['?error_type=boom', 'error_type'],
  ['?since=yesterday', 'since'],
  ['?since=2026-02-30', 'since'],
  ['?since=1h&until=2h', 'until'],
  ['?cursor=garbage', 'cursor'],
  ['?cursor=', 'cursor'],
  ['?fingerprint=xyz', 'fingerprint'],
  ['?company_id=-1', 'company_id'],
  ['?company_id=0', 'company_id'],
  ['?company_id=4294967296', 'company_id'],
  ['?severty=critical', 'severty'],
  ['?__proto__=1', '__proto__'],
  [`?q=${'x'.repeat(1_025)}`, 'q'],
  ['?q=', 'q'],
  ['?q=---', 'q'],
  ['?q=%00', 'q'],
])('%j is refused and %s is named', async (query, field) => {
  const answer = await get(query);
  expect(answer.statusCode).toBe(400);
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(answer.json()).toMatchObject({ status: 400, code: 'INVALID_INPUT', field, errors: [{ field }] });
});

test('a refusal names every field at fault and says what it should have been', async () => {
  expect((await get('?limit=0&severity=fatal&colour=red')).json()).toEqual({
    type: '/docs#INVALID_INPUT',
    title: 'Invalid input',
    status: 400,
    detail: 'severity: must be one or several of critical, error, warning, info',
    code: 'INVALID_INPUT',
    field: 'severity',
    errors: [
      { field: 'severity', message: 'must be one or several of critical, error, warning, info' },
      { field: 'limit', message: 'Too small: expected number to be >=1' },
      { field: 'colour', message: 'is not known here' },
    ],
  });
});

test.each(['?since=999999w', '?until=9999-12-31', '?since=0001-01-01', '?q=%F0%9F%92%A5', '?service=%ED%A0%80'])(
  'odd but allowed: %s is answered 200',
  async (query) => {
    const answer = await get(query);
    expect(answer.statusCode, answer.body).toBe(200);
  },
);
