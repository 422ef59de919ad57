import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { tokenOf } from '../api/open-test-api.ts';
import { openTestMcp, textOf } from './open-test-mcp.ts';
import type { TestMcp } from './open-test-mcp.ts';
import { echo, failing, hanging, lookUp, oneError } from './stub-tools.ts';

let mcp: TestMcp;
const hung = { started: 0, aborted: 0 };

beforeAll(async () => {
  mcp = await openTestMcp({
    tokens: [tokenOf(1, 'morgan', ['read']), tokenOf(2, 'other', ['fix'])],
    surface: { tools: [echo, lookUp, failing, hanging(hung)], resources: [oneError] },
    settings: { allowedHosts: ['errata.example'], allowedOrigins: ['https://console.example'] },
  });
});
afterAll(() => mcp.close());

const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
const morgan = { authorization: 'Bearer morgan' };

test.each([['auto'], ['legacy'], [{ pin: '2026-07-28' }]] as const)(
  'a client that negotiates %j lists and calls',
  async (mode) => {
    const client = await mcp.connect({ token: 'morgan', mode });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'devops.test.echo',
      'devops.errors.get',
      'devops.test.fail',
      'devops.test.hang',
    ]);
    const result = await client.callTool({ name: 'devops.test.echo', arguments: { text: 'ab', times: 2 } });
    expect(result.structuredContent).toEqual({
      text: 'abab',
      caller: 'morgan',
      next_steps: [{ tool: 'devops.errors.list', arguments: {}, reason: 'After devops.test.echo comes the list.' }],
    });
    expect(textOf(result)).toBe(JSON.stringify(result.structuredContent));
  },
);

test('what the server says of itself is for both eras the same', async () => {
  for (const mode of ['legacy', { pin: '2026-07-28' }] as const) {
    const client = await mcp.connect({ token: 'morgan', mode });
    expect(client.getServerVersion()).toEqual({ name: 'errata', title: 'Errata', version: '0.1.0' });
    expect(client.getInstructions()).toBe('Start with devops.errors.list.');
    expect(client.getServerCapabilities()).toEqual({
      tools: { listChanged: false },
      resources: { listChanged: false },
      prompts: { listChanged: false },
    });
  }
});

test('without a token nobody comes in, and no OAuth flow is started', async () => {
  for (const headers of [{}, { authorization: 'Bearer nobody' }, { authorization: 'Basic bW9yZ2Fu' }]) {
    const response = await mcp.post(list, headers);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="errata"');
    expect(await response.json()).toMatchObject({
      jsonrpc: '2.0',
      error: { data: { code: 'UNAUTHENTICATED' } },
      id: null,
    });
  }
  const unknown = await fetch(new URL('/.well-known/oauth-protected-resource/mcp', mcp.url));
  expect(unknown.status).toBe(404);
  expect(unknown.headers.get('content-type')).toMatch(/json/);
  expect(await unknown.json()).toMatchObject({ code: 'NOT_FOUND' });
});

test('a Host or an Origin that is not ours is refused before anything else', async () => {
  const { port } = new URL(mcp.url);
  const inject = (headers: Record<string, string>) =>
    mcp.api.api.server.inject({
      method: 'POST',
      url: '/mcp',
      headers: {
        ...morgan,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      payload: list,
    });
  expect((await inject({ host: `evil.example:${port}` })).statusCode).toBe(403);
  expect((await inject({ host: 'localhost', origin: 'http://evil.example' })).statusCode).toBe(403);
  expect((await inject({ host: 'localhost', origin: 'null' })).statusCode).toBe(403);
  expect((await inject({ host: `localhost:${port}`, origin: `http://localhost:${port}` })).statusCode).toBe(200);
  expect((await inject({ host: 'errata.example', origin: 'https://console.example' })).statusCode).toBe(200);
});

test('what is no message is refused with a JSON-RPC error', async () => {
  const cases = [
    { body: '{', headers: {}, status: 400, code: -32_700 },
    { body: `{"x":"${'y'.repeat(1_048_576)}"}`, headers: {}, status: 413, code: -32_000 },
    { body: '{}', headers: { 'content-type': 'text/plain' }, status: 415, code: -32_000 },
    { body: '{}', headers: {}, status: 400, code: -32_600 },
    { body: '', headers: {}, status: 400, code: -32_600 },
    { body: 'null', headers: {}, status: 400, code: -32_600 },
    { body: '{"__proto__":{"a":1}}', headers: {}, status: 400, code: -32_700 },
  ];
  for (const { body, headers, status, code } of cases) {
    const response = await mcp.post(body, { ...morgan, ...headers });
    const answer = (await response.json()) as { error: { code: number } };
    expect([body.slice(0, 20), response.status, answer.error.code]).toEqual([body.slice(0, 20), status, code]);
  }
  const zipped = await mcp.post(list, { ...morgan, 'content-encoding': 'gzip' });
  expect([zipped.status, await zipped.json()]).toMatchObject([
    415,
    { error: { data: { code: 'UNSUPPORTED_ENCODING' } } },
  ]);
});

test('without sessions there is nothing to get and nothing to delete', async () => {
  for (const method of ['GET', 'DELETE', 'PUT']) {
    const response = await fetch(mcp.url, { method, headers: { ...morgan, accept: 'text/event-stream' } });
    expect([method, response.status]).toEqual([method, 405]);
  }
});

test('names are shown with underscores on request, and both kinds are called', async () => {
  for (const mode of ['legacy', { pin: '2026-07-28' }] as const) {
    const client = await mcp.connect({ token: 'morgan', mode, query: '?tool_names=underscore' });
    const [tool] = (await client.listTools()).tools;
    expect(tool).toMatchObject({
      name: 'devops_test_echo',
      description: 'Says it back. For errors use devops_errors_list.',
    });
    expect(client.getInstructions()).toBe('Start with devops_errors_list.');
    for (const name of ['devops_test_echo', 'devops.test.echo']) {
      const { structuredContent } = await client.callTool({ name, arguments: { text: 'x' } });
      expect(structuredContent).toMatchObject({
        next_steps: [{ tool: 'devops_errors_list', reason: 'After devops_test_echo comes the list.' }],
      });
    }
  }
  const response = await fetch(`${mcp.url}?tool_names=dashed`, { method: 'POST', headers: morgan });
  expect([response.status, await response.json()]).toMatchObject([400, { error: { data: { code: 'INVALID_INPUT' } } }]);
});

test('a tool that the token may not use is as unknown as one that is not there', async () => {
  const client = await mcp.connect({ token: 'other' });
  expect((await client.listTools()).tools).toEqual([]);
  await expect(client.callTool({ name: 'devops.test.echo', arguments: { text: 'x' } })).rejects.toMatchObject({
    code: -32_602,
    message: 'Tool devops.test.echo not found',
  });
  await expect(client.callTool({ name: 'devops.test.none' })).rejects.toMatchObject({
    code: -32_602,
    message: 'Tool devops.test.none not found',
  });
});

test('a client that hangs up aborts its call', async () => {
  const modern = await mcp.connect({ token: 'morgan', mode: { pin: '2026-07-28' } });
  const gone = new AbortController();
  const endless = modern.callTool({ name: 'devops.test.hang' }, { signal: gone.signal });
  await vi.waitFor(() => expect(hung.started).toBe(1));
  gone.abort();
  await expect(endless).rejects.toThrow();
  await vi.waitFor(() => expect(hung.aborted).toBe(1));

  const legacy = await mcp.connect({ token: 'morgan', mode: 'legacy' });
  const lost = expect(legacy.callTool({ name: 'devops.test.hang' })).rejects.toThrow();
  await vi.waitFor(() => expect(hung.started).toBe(2));
  await legacy.close();
  await lost;
  await vi.waitFor(() => expect(hung.aborted).toBe(2));
  const outcomes = () => mcp.activities.filter(({ call }) => call === 'devops.test.hang').map(({ outcome }) => outcome);
  await vi.waitFor(() => expect(outcomes()).toEqual(['CANCELLED', 'CANCELLED']));
});

test('a failed call says in its text what is wrong, where, and what to do', async () => {
  const client = await mcp.connect({ token: 'morgan' });
  const failureOf = async (name: string, args: Record<string, unknown>) => {
    const result = await client.callTool({ name, arguments: args });
    expect(result.isError).toBe(true);
    expect(result.structuredContent).toBeUndefined();
    return JSON.parse(textOf(result)) as unknown;
  };
  expect(await failureOf('devops.test.echo', { text: 'x', times: 9, tymes: 1 })).toEqual({
    code: 'VALIDATION_FAILED',
    message: 'times: Too big: expected number to be <=3',
    field: 'times',
    errors: [
      { field: 'times', message: 'Too big: expected number to be <=3' },
      { field: 'tymes', message: 'is not known here' },
    ],
    retryable: false,
    hint: 'Correct the named fields and call again.',
    next_steps: [],
  });
  expect(await failureOf('devops.errors.get', { error_id: 'nonsense' })).toEqual({
    code: 'NOT_FOUND',
    message: 'there is no such error',
    retryable: false,
    hint: 'Ids are taken from lists, as they are: ask for one and choose from it.',
    next_steps: [{ tool: 'devops.errors.list', arguments: {}, reason: 'Lists the errors there are, with their ids.' }],
  });
  expect(await failureOf('devops.test.fail', { how: 'fix', fix_id: 'x' })).toMatchObject({
    code: 'NOT_FOUND',
    next_steps: [{ tool: 'devops.fixes.history' }],
  });
  expect(await failureOf('devops.test.fail', { how: 'away' })).toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
    retryable: true,
  });
  expect(await failureOf('devops.test.fail', { how: 'conflict' })).toMatchObject({
    code: 'CONFLICT',
    retryable: false,
  });
  expect(await failureOf('devops.test.fail', { how: 'long' })).toMatchObject({
    code: 'VALIDATION_FAILED',
    message: 'the answer is too long',
  });
  const unforeseen = await failureOf('devops.test.fail', { how: 'unforeseen' });
  expect(unforeseen).toMatchObject({ code: 'INTERNAL' });
  expect(JSON.stringify(unforeseen)).not.toContain('hunter2');
});

test('each call is a row of activity, in the trace of its caller', async () => {
  const client = await mcp.connect({ token: 'morgan' });
  const id = '7d9f2f0e-53c1-4d5e-8a51-3f0d1f4c2b1a';
  await client.callTool({
    name: 'devops.errors.get',
    arguments: { error_id: id },
    _meta: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  });
  expect(mcp.activities.at(-1)).toMatchObject({
    companyId: 1,
    actor: 'morgan',
    agent: 'morgan',
    via: 'mcp',
    call: 'devops.errors.get',
    errorId: id,
    outcome: 'NOT_FOUND',
    traceId: '0af7651916cd43dd8448eb211c80319c',
  });
  const result = await client.callTool({ name: 'devops.test.echo', arguments: { text: 'x' } });
  expect(mcp.activities.at(-1)).toMatchObject({
    outcome: 'OK',
    chars: textOf(result).length,
    truncated: true,
    traceId: '',
  });
});

test('what is no id is not kept in the row; of several errors the first is', async () => {
  const client = await mcp.connect({ token: 'morgan' });
  await client.callTool({ name: 'devops.errors.get', arguments: { error_id: 'the_password_is_hunter2' } });
  expect(mcp.activities.at(-1)).toMatchObject({ call: 'devops.errors.get', errorId: '' });
  const ids = ['7d9f2f0e-53c1-4d5e-8a51-3f0d1f4c2b1a', '7d9f2f0e-53c1-4d5e-8a51-3f0d1f4c2b1b'];
  await client.callTool({ name: 'devops.errors.get', arguments: { error_ids: ids } });
  expect(mcp.activities.at(-1)).toMatchObject({ outcome: 'VALIDATION_FAILED', errorId: ids[0] });
});

test('a resource that is not there, or not yours, is not found', async () => {
  for (const mode of ['legacy', { pin: '2026-07-28' }] as const) {
    const client = await mcp.connect({ token: 'morgan', mode });
    const uri = 'errors://7d9f2f0e-53c1-4d5e-8a51-3f0d1f4c2b1a';
    await expect(client.readResource({ uri })).rejects.toMatchObject({ data: { uri } });
    expect(mcp.activities.at(-1)).toMatchObject({
      call: 'errors://{error_id}',
      errorId: '7d9f2f0e-53c1-4d5e-8a51-3f0d1f4c2b1a',
      outcome: 'NOT_FOUND',
    });
  }
  const stranger = await mcp.connect({ token: 'other' });
  expect((await stranger.listResourceTemplates()).resourceTemplates).toEqual([]);
});
