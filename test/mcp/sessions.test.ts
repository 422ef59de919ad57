import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenOf } from '../api/open-test-api.ts';
import { openTestMcp } from './open-test-mcp.ts';
import type { TestMcp } from './open-test-mcp.ts';
import { echo } from './stub-tools.ts';

let mcp: TestMcp;

beforeAll(async () => {
  mcp = await openTestMcp({
    tokens: [tokenOf(1, 'morgan', ['read']), tokenOf(2, 'other', ['read'])],
    surface: { tools: [echo] },
    settings: { legacySessions: true },
  });
});
afterAll(() => mcp.close());

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};
const list = { jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} };

async function open(token: string): Promise<string> {
  const response = await mcp.post(initialize, { authorization: `Bearer ${token}` });
  expect(response.status).toBe(200);
  await response.text();
  return response.headers.get('mcp-session-id') ?? '';
}

async function statusOf(id: string, token = 'morgan'): Promise<number> {
  const response = await mcp.post(list, { authorization: `Bearer ${token}`, 'mcp-session-id': id });
  await response.text();
  return response.status;
}

test('a 1.x client gets a session, and ends it', async () => {
  const client = new Client({ name: 'old', version: '1.0.0' });
  const headers = { authorization: 'Bearer morgan' };
  const transport = new StreamableHTTPClientTransport(new URL(mcp.url), { requestInit: { headers } });
  await client.connect(transport);
  const id = transport.sessionId ?? '';
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  const result = await client.callTool({ name: 'devops_test_echo', arguments: { text: 'x' } });
  expect(result.structuredContent).toMatchObject({ text: 'x', caller: 'morgan' });
  expect(await statusOf(id)).toBe(200);
  await transport.terminateSession();
  expect(await statusOf(id)).toBe(404);
  await client.close();
});

test('a session is unknown to every other token, and to a server that was restarted', async () => {
  const id = await open('morgan');
  expect(await statusOf(id, 'other')).toBe(404);
  expect(await statusOf(id)).toBe(200);
  expect(await statusOf('7d9f2f0e-53c1-4d5e-8a51-3f0d1f4c2b1a')).toBe(404);
});

test('whoever opens none is served without one', async () => {
  const response = await mcp.post(list, { authorization: 'Bearer morgan' });
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('devops.test.echo');
  expect(response.headers.get('mcp-session-id')).toBeNull();
});

test('a client of 2026-07-28 has none, whatever it sends', async () => {
  const client = await mcp.connect({ token: 'morgan', mode: { pin: '2026-07-28' } });
  expect((await client.listTools()).tools).toHaveLength(1);
  const response = await mcp.post(
    {
      ...list,
      params: {
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    },
    {
      authorization: 'Bearer morgan',
      'mcp-session-id': 'stale',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/list',
    },
  );
  expect(response.status).toBe(200);
});

test('a token that opens many sessions loses its longest unused, and nobody else does', async () => {
  const others = await open('other');
  const first = await open('morgan');
  const second = await open('morgan');
  expect(await statusOf(first)).toBe(200);
  for (let n = 0; n < 19; n += 1) await open('morgan');
  expect(await statusOf(second)).toBe(404);
  expect(await statusOf(first)).toBe(200);
  expect(await statusOf(others, 'other')).toBe(200);
});

test('a session that nobody used for half an hour is over', async () => {
  const id = await open('morgan');
  mcp.api.clock.aheadMs += 1_799_000;
  expect(await statusOf(id)).toBe(200);
  mcp.api.clock.aheadMs += 1_801_000;
  expect(await statusOf(id)).toBe(404);
});
