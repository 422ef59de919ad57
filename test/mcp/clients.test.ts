// Four clients, two lines of the SDK, two transports: one server, so one truth.
import { Client as ModernClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernStdio } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { surface } from '../../src/mcp/surface.ts';
import { tokenOf } from '../api/open-test-api.ts';
import { openTestMcp, textOf } from './open-test-mcp.ts';
import type { TestMcp } from './open-test-mcp.ts';

type AnyClient = OldClient | ModernClient;

let mcp: TestMcp;
let errorId = '';
const clients = new Map<string, AnyClient>();

const token = 'morgan';
const identity = { name: 'clients', version: '1.0.0' };

beforeAll(async () => {
  mcp = await openTestMcp({ tokens: [tokenOf(1, token)], surface });
  const logged = await fetch(new URL('/api/errors/log', mcp.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      service: 'mcp-server',
      severity: 'error',
      error_type: 'health_check_failed',
      message: 'PostgreSQL health check failed',
      details: { service_name: 'PostgreSQL', port: 5432 },
    }),
  });
  ({ id: errorId } = (await logged.json()) as { id: string });

  const old = new OldClient(identity);
  await old.connect(new OldHttp(new URL(mcp.url), { requestInit: { headers: { authorization: `Bearer ${token}` } } }));
  const spawned = {
    command: process.execPath,
    args: ['dist/main.js', 'mcp'],
    env: { PATH: process.env['PATH'] ?? '', ERRATA_URL: new URL(mcp.url).origin, ERRATA_TOKEN: token },
  };
  const oldStdio = new OldClient(identity);
  await oldStdio.connect(new OldStdio(spawned));
  const modernStdio = new ModernClient(identity, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  await modernStdio.connect(new ModernStdio(spawned));
  clients.set('1.x', old);
  clients.set('2.x auto', await mcp.connect({ token, mode: 'auto' }));
  clients.set('2.x pinned', await mcp.connect({ token, mode: { pin: '2026-07-28' } }));
  clients.set('1.x stdio', oldStdio);
  clients.set('2.x stdio', modernStdio);
});
afterAll(async () => {
  await Promise.all([...clients.values()].map((client) => client.close()));
  await mcp.close();
});

/** What every client gets, by its name; and the one answer that they should all have. */
async function ask<Answer>(question: (client: AnyClient) => Promise<Answer>): Promise<Answer> {
  const answers: [string, Answer][] = [];
  for (const [name, client] of clients) answers.push([name, await question(client)]);
  const first = answers[0]?.[1];
  expect(answers).toEqual(answers.map(([name]) => [name, first]));
  return first as Answer;
}

/** Without what only the envelope of a revision holds. */
const bare = ({ content, structuredContent, isError = false }: Record<string, unknown>) => ({
  content,
  structuredContent,
  isError,
});

test('each lists the same tools, with the seed’s two to the letter', async () => {
  const tools = await ask(async (client) => {
    const listed = await client.listTools();
    return listed.tools.map(({ name, description, inputSchema, outputSchema, annotations }) => ({
      name,
      description,
      inputSchema,
      outputSchema,
      annotations,
    }));
  });
  expect(tools).toHaveLength(15);
  expect(tools.find(({ name }) => name === 'devops.errors.list')).toMatchObject({
    description: 'List infrastructure errors for Morgan to investigate',
    inputSchema: {
      type: 'object',
      properties: {
        severity: { type: 'string', enum: ['critical', 'error', 'warning'] },
        resolved: { type: 'boolean' },
        limit: { type: 'number' },
      },
    },
  });
  const [list, fix] = ['devops.errors.list', 'devops.errors.fix'].map((name) =>
    tools.find((tool) => tool.name === name),
  );
  expect(Object.keys(list?.inputSchema ?? {})).toEqual(['type', 'properties']);
  expect(list?.inputSchema.properties).toEqual({
    severity: { type: 'string', enum: ['critical', 'error', 'warning'] },
    resolved: { type: 'boolean' },
    limit: { type: 'number' },
  });
  expect(fix).toMatchObject({ description: 'Attempt to auto-fix an infrastructure error' });
  expect(fix?.inputSchema).toEqual({
    type: 'object',
    properties: { error_id: { type: 'string' } },
    required: ['error_id'],
  });
});

test('each gets the same answers', async () => {
  const list = await ask(async (client) =>
    bare(await client.callTool({ name: 'devops.errors.list', arguments: { severity: 'error' } })),
  );
  expect(list.structuredContent).toMatchObject({
    errors: [{ error_id: errorId, service: 'mcp-server', message: 'PostgreSQL health check failed' }],
    returned: 1,
  });
  expect(textOf(list)).toBe(JSON.stringify(list.structuredContent));
  const one = await ask(async (client) =>
    bare(await client.callTool({ name: 'devops_errors_get', arguments: { error_id: errorId } })),
  );
  expect(one.structuredContent).toMatchObject({ error: { error_id: errorId } });
});

test('each gets the same refusals', async () => {
  const foreign = await ask(async (client) =>
    bare(await client.callTool({ name: 'devops.errors.get', arguments: { error_id: 'nonsense' } })),
  );
  expect(foreign.isError).toBe(true);
  expect(JSON.parse(textOf(foreign))).toMatchObject({ code: 'NOT_FOUND', message: 'there is no such error' });
  const wrong = await ask(async (client) =>
    bare(await client.callTool({ name: 'devops.errors.search', arguments: { severity: ['loud'], since: 'once' } })),
  );
  expect(JSON.parse(textOf(wrong))).toMatchObject({ code: 'VALIDATION_FAILED' });
  const unknown = await ask(async (client) => {
    const failure: unknown = await client.callTool({ name: 'devops.errors.drop' }).catch((cause: unknown) => cause);
    return (failure as { code: number }).code;
  });
  expect(unknown).toBe(-32_602);
});

test('each reads the same resources and prompts', async () => {
  const resources = await ask(async (client) => (await client.listResources()).resources.map(({ uri }) => uri));
  expect(resources).toContain('errors://summary');
  const templates = await ask(async (client) =>
    (await client.listResourceTemplates()).resourceTemplates.map(({ uriTemplate }) => uriTemplate),
  );
  expect(templates).toContain('errors://{error_id}');
  const contents = await ask(async (client) => (await client.readResource({ uri: `errors://${errorId}` })).contents);
  expect(contents).toMatchObject([{ mimeType: 'application/json' }]);
  const prompts = await ask(async (client) => (await client.listPrompts()).prompts.map(({ name }) => name));
  expect(prompts).toEqual(['triage_errors', 'fix_error', 'daily_error_report', 'handover']);
  const { messages } = await ask(async (client) => {
    const prompt = await client.getPrompt({ name: 'fix_error', arguments: { error_id: errorId } });
    return { messages: prompt.messages };
  });
  expect(messages).toMatchObject([{ role: 'user', content: { type: 'text' } }]);
});
