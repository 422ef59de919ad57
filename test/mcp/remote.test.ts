// Through a processor's REST, as `errata mcp` calls it: the call's trace goes on there, and its record tells of it.
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { trace } from '@opentelemetry/api';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { routes } from '../../src/api/routes.ts';
import { createServerFactory } from '../../src/mcp/build-server.ts';
import { createRemote } from '../../src/mcp/perform-remote.ts';
import { surface } from '../../src/mcp/surface.ts';
import { getCaller } from '../../src/operations/get-caller.ts';
import { openTestApi, tokenOf } from '../api/open-test-api.ts';
import type { TestApi } from '../api/open-test-api.ts';

const TRACE = '5b8efff798038103d269b633813fc60c';
/** Activity is written within a second. */
const WRITTEN = { timeout: 10_000 };
let t: TestApi;
let client: Client;

beforeAll(async () => {
  t = await openTestApi({ tokens: [tokenOf(1, 'morgan', ['read'])] });
  const { port } = await t.api.start();
  const perform = createRemote({ url: `http://127.0.0.1:${port}`, token: 'morgan', routes });
  const { name, company, scopes } = await perform(getCaller, {});
  const server = createServerFactory({
    surface,
    adminUrl: 'http://127.0.0.1:8080/admin',
    tracer: trace.getTracer('test'),
    record: undefined,
    isAgent: () => true,
    logger: pino({ level: 'silent' }),
    now: Date.now,
  })({ principal: { tokenId: 'stdio', name, company, scopes: new Set(scopes) }, style: 'dotted', perform });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await server.connect(ours);
  client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(theirs);
});
afterAll(async () => {
  await client.close();
  await t.close();
});

test('the calls that a tool makes belong to the trace of who called it; who one is leaves no row', async () => {
  const list = { name: 'devops.errors.list', arguments: {} };
  await client.callTool({ ...list, _meta: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` } });
  await client.callTool({ ...list, _meta: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01\r\nx: y` } });
  await client.callTool({ name: 'devops.rules.list', arguments: {} });
  const rows = await vi.waitFor(async () => {
    const { activities } = await t.operations.activity.list({ companyId: 1, limit: 50 });
    expect(activities.map(({ call }) => call)).toContain('list-rules');
    return activities;
  }, WRITTEN);
  // Newest first. The list asks twice when it is empty.
  const traces = rows.filter(({ call }) => call === 'list-errors').map(({ traceId }) => traceId);
  expect(traces).toEqual(['', '', TRACE, TRACE]);
  expect(rows.map(({ call }) => call)).not.toContain('get-caller');
});
