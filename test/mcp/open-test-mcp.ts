// A real API over a real store, with MCP on it and tools of the test's own, and clients of both SDK lines for it.
import { Client } from '@modelcontextprotocol/client';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { trace } from '@opentelemetry/api';
import type { Tracer } from '@opentelemetry/api';
import { pino } from 'pino';
import * as z from 'zod';
import { createAuthenticator } from '../../src/access/authenticate.ts';
import { createRateLimiter } from '../../src/access/rate-limit.ts';
import type { TokenRecord } from '../../src/access/token-record.ts';
import type { Activity } from '../../src/agents/activity.ts';
import { createServerFactory } from '../../src/mcp/build-server.ts';
import type { Surface } from '../../src/mcp/caller.ts';
import { mountMcp } from '../../src/mcp/mount-mcp.ts';
import type { MountSettings } from '../../src/mcp/mount-mcp.ts';
import { perform } from '../../src/operations/operation.ts';
import { openTestApi } from '../api/open-test-api.ts';
import type { TestApi } from '../api/open-test-api.ts';

export interface TestMcp {
  /** Of /mcp. */
  readonly url: string;
  readonly api: TestApi;
  readonly activities: readonly Activity[];
  /** A 2.x client; with `pin` one that speaks only 2026-07-28. */
  connect(options?: ConnectOptions): Promise<Client>;
  /** A POST as it is, for what no client would send. */
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly token?: string;
  readonly mode?: 'auto' | 'legacy' | { readonly pin: string };
  readonly query?: string;
  /** What the person answers when the server asks; undefined: this client can't ask. */
  readonly elicit?: (message: string) => { action: 'accept' | 'decline' | 'cancel'; content?: { approve: boolean } };
}

interface TestMcpOptions {
  readonly tokens?: readonly TokenRecord[];
  readonly surface?: Partial<Surface>;
  readonly settings?: Partial<MountSettings>;
  readonly perSecond?: number;
  readonly tracer?: Tracer;
}

export async function openTestMcp(options: TestMcpOptions = {}): Promise<TestMcp> {
  const { tokens = [], perSecond = 1_000 } = options;
  const api = await openTestApi({ tokens });
  const now = () => Date.now() + api.clock.aheadMs;
  const activities: Activity[] = [];
  const createServer = createServerFactory({
    surface: {
      instructions: 'Start with devops.errors.list.',
      tools: [],
      resources: [],
      prompts: [],
      ...options.surface,
    },
    adminUrl: 'http://127.0.0.1:8080/admin',
    tracer: options.tracer ?? trace.getTracer('test'),
    record: (activity) => void activities.push(activity),
    isAgent: (name) => name === 'morgan',
    logger: pino({ level: 'silent' }),
    now,
  });
  await mountMcp(
    api.api.server,
    {
      host: '127.0.0.1',
      toolNames: 'dotted',
      legacySessions: false,
      allowedHosts: [],
      allowedOrigins: [],
      ...options.settings,
    },
    {
      authenticate: createAuthenticator({ records: () => tokens, now }),
      rateLimiter: createRateLimiter({ perSecond, burst: perSecond, now }),
      createServer: (visit) =>
        createServer({
          ...visit,
          perform: (operation, input) => perform(operation, api.operations, { input, principal: visit.principal }),
        }),
      now,
    },
  );
  const { port } = await api.api.start();
  const url = `http://127.0.0.1:${port}/mcp`;
  const clients: Client[] = [];
  return {
    url,
    api,
    activities,
    async connect(asked = {}) {
      const client = await connectClient(url, asked);
      clients.push(client);
      return client;
    },
    post: (body, headers = {}) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await api.close();
    },
  };
}

async function connectClient(
  url: string,
  { token, mode = 'auto', query = '', elicit }: ConnectOptions,
): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    { versionNegotiation: { mode }, capabilities: elicit === undefined ? {} : { elicitation: { form: {} } } },
  );
  if (elicit !== undefined) client.setRequestHandler('elicitation/create', ({ params }) => elicit(params.message));
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}${query}`), { requestInit: { headers } }));
  return client;
}

/** Text of the only block of a result. */
export function textOf(result: unknown): string {
  return z.object({ content: z.tuple([z.object({ type: z.literal('text'), text: z.string() })]) }).parse(result)
    .content[0].text;
}
