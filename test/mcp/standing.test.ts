// A stream over MCP lives as long as its caller would be let in.
import { afterEach, expect, test } from 'vitest';
import type { TokenRecord } from '../../src/access/token-record.ts';
import { tokenOf } from '../api/open-test-api.ts';
import { openTestMcp } from './open-test-mcp.ts';
import type { TestMcp } from './open-test-mcp.ts';
import { hanging } from './stub-tools.ts';

const revoked: TokenRecord = { ...tokenOf(1, 'morgan', ['read']), revokedAtMs: 1 };

const seen = { started: 0, aborted: 0 };
let mcp: TestMcp;
afterEach(() => mcp.close());

const open = async (tokens: readonly TokenRecord[]) => {
  mcp = await openTestMcp({ tokens, surface: { tools: [hanging(seen)] }, settings: { legacySessions: true } });
};

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};

async function openSession(headers: Record<string, string>): Promise<Record<string, string>> {
  const response = await mcp.post(initialize, headers);
  await response.text();
  return { ...headers, 'mcp-session-id': response.headers.get('mcp-session-id') ?? '' };
}

async function listen(session: Record<string, string>): Promise<Response> {
  const response = await fetch(mcp.url, { headers: { ...session, accept: 'text/event-stream' } });
  expect(response.status).toBe(200);
  return response;
}

async function endsWithin(ms: number, response: Response): Promise<void> {
  const startedAt = performance.now();
  await response.text();
  expect(performance.now() - startedAt).toBeLessThan(ms);
}

test('revoking a token ends the stream of its session, and a call that is under way', async () => {
  const tokens = [tokenOf(1, 'morgan', ['read'])];
  await open(tokens);
  const session = await openSession({ authorization: 'Bearer morgan' });
  const stream = await listen(session);
  const call = await mcp.post(
    { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'devops.test.hang', arguments: {} } },
    session,
  );
  expect(call.headers.get('content-type')).toBe('text/event-stream');
  await expect.poll(() => seen.started).toBe(1);
  tokens[0] = revoked;
  await Promise.all([endsWithin(2_000, stream), endsWithin(2_000, call)]);
  await expect.poll(() => seen.aborted).toBe(1);
});

test('revoking a token ends its subscription of the 2026-07-28 revision', async () => {
  const tokens = [tokenOf(1, 'morgan', ['read'])];
  await open(tokens);
  const envelope = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const stream = await mcp.post(
    {
      jsonrpc: '2.0',
      id: 2,
      method: 'subscriptions/listen',
      params: { notifications: { toolsListChanged: true }, _meta: envelope },
    },
    {
      authorization: 'Bearer morgan',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'subscriptions/listen',
    },
  );
  expect(stream.status).toBe(200);
  tokens[0] = revoked;
  await endsWithin(2_000, stream);
});

test('the first token ends the sessions that were opened without one, and their streams', async () => {
  const tokens: TokenRecord[] = [];
  await open(tokens);
  const session = await openSession({});
  const stream = await listen(session);
  tokens.push(tokenOf(1, 'morgan', ['read']));
  await endsWithin(2_000, stream);
});
