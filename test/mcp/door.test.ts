import { InMemorySpanExporter, BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect, test } from 'vitest';
import { tokenOf } from '../api/open-test-api.ts';
import { openTestMcp, textOf } from './open-test-mcp.ts';
import { approvable, echo, lookUp } from './stub-tools.ts';

const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

test('without tokens it answers whoever is on this machine, and no name that a proxy may use', async () => {
  const mcp = await openTestMcp({ surface: { tools: [echo] }, settings: { allowedHosts: ['errata.example'] } });
  try {
    const client = await mcp.connect();
    const { structuredContent } = await client.callTool({ name: 'devops.test.echo', arguments: { text: 'x' } });
    expect(structuredContent).toMatchObject({ text: 'x', caller: 'local' });
    const far = await mcp.api.api.server.inject({ method: 'POST', url: '/mcp', headers: { host: 'errata.example' } });
    expect([far.statusCode, far.json()]).toMatchObject([403, { error: { data: { code: 'FORBIDDEN' } } }]);
  } finally {
    await mcp.close();
  }
});

test('a token that asks too often is told to wait', async () => {
  const mcp = await openTestMcp({ tokens: [tokenOf(1, 'loud'), tokenOf(1, 'calm')], perSecond: 2 });
  try {
    const ask = (token: string) => mcp.post(list, { authorization: `Bearer ${token}` });
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await ask('loud')).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
    const refused = await ask('loud');
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ error: { data: { code: 'RATE_LIMITED' } } });
    expect((await ask('calm')).status).toBe(200);
  } finally {
    await mcp.close();
  }
});

test('a model that changes things in a loop is stopped before its person is', async () => {
  const mcp = await openTestMcp({
    tokens: [tokenOf(1, 'morgan', ['read', 'fix'])],
    surface: { tools: [echo, approvable([])] },
  });
  try {
    const client = await mcp.connect({ token: 'morgan' });
    const change = () => client.callTool({ name: 'devops.test.approve', arguments: { error_id: 'a' } });
    const results = await Promise.all(Array.from({ length: 200 }, change));
    const refused = results.filter(({ isError }) => isError === true);
    expect(refused.length).toBeGreaterThan(20);
    expect(refused.length).toBeLessThanOrEqual(80);
    expect(JSON.parse(textOf(refused[0]))).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    const look = await client.callTool({ name: 'devops.test.echo', arguments: { text: 'x' } });
    expect(look.isError).toBeUndefined();
  } finally {
    await mcp.close();
  }
});

test('open streams end when the server stops', async () => {
  const mcp = await openTestMcp({ tokens: [tokenOf(1, 't')], settings: { legacySessions: true } });
  const authorization = 'Bearer t';
  const opened = await mcp.post(
    {
      ...list,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
    },
    { authorization },
  );
  await opened.text();
  const session = { 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' };
  const old = await fetch(mcp.url, { headers: { authorization, accept: 'text/event-stream', ...session } });
  const modern = await mcp.post(
    { ...list, method: 'subscriptions/listen', params: { notifications: { toolsListChanged: true }, _meta: envelope } },
    { authorization, 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' },
  );
  expect([old.status, modern.status]).toEqual([200, 200]);
  const ends = Promise.all([old.text(), modern.text()]);
  await mcp.api.api.stop(50_000);
  expect((await ends).join('')).toContain('notifications/subscriptions/acknowledged');
  await mcp.close();
}, 10_000);

test('a call continues the trace of its caller, and says how it went', async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const mcp = await openTestMcp({
    tokens: [tokenOf(7, 'morgan')],
    surface: { tools: [echo, lookUp] },
    tracer: provider.getTracer('test'),
  });
  try {
    const client = await mcp.connect({ token: 'morgan' });
    const meta = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    await client.callTool({ name: 'devops.test.echo', arguments: { text: 'x' }, _meta: meta });
    await client.callTool({ name: 'devops_errors_get', arguments: { error_id: 'none' } });
    const [called, failed] = exporter.getFinishedSpans();
    expect(called?.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(called?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(called?.name).toBe('tools/call devops.test.echo');
    expect(called?.attributes).toMatchObject({
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'devops.test.echo',
      'errata.company_id': 7,
      'errata.outcome': 'OK',
      'errata.truncated': true,
    });
    expect(failed?.attributes).toMatchObject({ 'gen_ai.tool.name': 'devops.errors.get', 'error.type': 'NOT_FOUND' });
    expect(mcp.activities.map(({ traceId }) => traceId)).toEqual([
      '0af7651916cd43dd8448eb211c80319c',
      failed?.spanContext().traceId,
    ]);
  } finally {
    await mcp.close();
  }
});
