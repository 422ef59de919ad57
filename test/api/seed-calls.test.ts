// The calls of the seed, in its own words, against the real store.
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

const seedError = {
  service: 'mcp-server',
  severity: 'critical',
  error_type: 'health_check_failed',
  message: 'PostgreSQL health check failed',
  details: {
    service_name: 'PostgreSQL',
    port: 5432,
    attempted_protocol: 'http',
    expected_protocol: 'postgresql',
  },
};

test('a logged error is answered with its thirteen fields and can be read back and listed', async () => {
  const logged = await t.api.server.inject({ method: 'POST', url: '/api/errors/log', payload: seedError });
  expect(logged.statusCode).toBe(201);
  const error = logged.json();
  expect(logged.headers.location).toBe(`/api/errors/${error.id}`);
  expect(error).toMatchObject({
    ...seedError,
    stack_trace: '',
    company_id: 1,
    resolved: false,
    resolution_notes: null,
    auto_fix_attempted: false,
    auto_fix_successful: false,
  });
  expect(error.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

  const got = await t.api.server.inject({ method: 'GET', url: `/api/errors/${error.id}` });
  expect(got.statusCode).toBe(200);
  expect(got.json()).toMatchObject(error);
  expect(got.json().group).toMatchObject({ count: 1, resolved: false, regressed: false });
  expect(got.json().why).toMatchObject({ version: 'fp1', service: 'mcp-server' });

  const listed = await t.api.server.inject({
    method: 'GET',
    url: '/api/errors?severity=critical&resolved=false&limit=50',
  });
  expect(listed.statusCode).toBe(200);
  expect(Object.keys(listed.json())).toEqual(['total', 'errors', 'next_cursor']);
  expect(listed.json()).toMatchObject({
    total: 1,
    next_cursor: null,
    errors: [{ id: error.id, service: 'mcp-server', severity: 'critical', resolved: false }],
  });
});
