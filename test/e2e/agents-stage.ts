// A real processor for agents: tokens of `errata token create`, an errata.yaml, the shipped rules with shortened times, and
// kills from which it comes up with the same data on the same ports.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { stringify } from 'yaml';
import { startProcessor } from '../processor.ts';
import { writeQuickRules } from './healing/quick-rules.ts';
import type { QuickRules } from './healing/quick-rules.ts';

export interface AgentStage {
  /** Of the API. */
  readonly url: string;
  readonly otlp: string;
  tokenOf(name: string): string;
  /** REST, as the holder of a token. */
  get<T>(who: string, path: string): Promise<T>;
  post(who: string, path: string, body?: object): Promise<{ readonly status: number; readonly body: unknown }>;
  /** A 2.x MCP client of the holder of a token; with `approve` one that asks its user, who says so. */
  connect(who: string, options?: { readonly approve?: boolean }): Promise<Client>;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface AgentStageOptions extends QuickRules {
  /** Of errata.yaml. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Scopes by name, all of company 1. */
  readonly tokens: Readonly<Record<string, string>>;
}

export async function openAgentStage(options: AgentStageOptions): Promise<AgentStage> {
  const directory = await mkdtemp(join(tmpdir(), 'errata-agents-'));
  const dataDir = join(directory, 'data');
  const rules = join(directory, 'rules');
  const config = join(directory, 'errata.yaml');
  await writeQuickRules(rules, options);
  await writeFile(config, stringify(options.config ?? {}));
  const tokens = new Map<string, string>();
  for (const [name, scopes] of Object.entries(options.tokens)) {
    tokens.set(name, await createToken(dataDir, name, scopes));
  }
  const env = { ERRATA_CONFIG: config, ERRATA_RULES: rules, ...options.env };
  const clients: Client[] = [];
  let processor = await startProcessor(dataDir, { env });
  const { api: url, otlp } = processor;
  const ports = { otlp: portOf(otlp), api: portOf(url) };

  function tokenOf(name: string): string {
    const token = tokens.get(name);
    if (token === undefined) throw new Error(`there is no token ${name}`);
    return token;
  }

  function headersOf(who: string): Record<string, string> {
    return { authorization: `Bearer ${tokenOf(who)}` };
  }

  return {
    url,
    otlp,
    tokenOf,
    get: async <T>(who: string, path: string) =>
      (await (await fetch(`${url}${path}`, { headers: headersOf(who) })).json()) as T,
    post: async (who, path, body = {}) => {
      const headers = { ...headersOf(who), 'content-type': 'application/json' };
      const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      return { status: response.status, body: await response.json() };
    },
    connect: async (who, { approve } = {}) => {
      const client = new Client(
        { name: who, version: '1.0.0' },
        {
          versionNegotiation: { mode: 'auto' },
          capabilities: approve === undefined ? {} : { elicitation: { form: {} } },
        },
      );
      if (approve !== undefined) {
        client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { approve } }));
      }
      const headers = headersOf(who);
      const endpoint = new URL('/mcp', url);
      await client.connect(new StreamableHTTPClientTransport(endpoint, { requestInit: { headers } }));
      clients.push(client);
      return client;
    },
    kill: () => processor.kill(),
    start: async () => void (processor = await startProcessor(dataDir, { env, ports })),
    stop: async () => {
      await Promise.all(clients.map((client) => client.close().catch(() => undefined)));
      await processor.kill().catch(() => undefined);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function createToken(dataDir: string, name: string, scopes: string): Promise<string> {
  const argv = ['dist/main.js', 'token', 'create', '--name', name, '--company', '1', '--scopes', scopes];
  const env = { PATH: process.env['PATH'], ERRATA_CONFIG: 'test/empty.yaml', ERRATA_DATA_DIR: dataDir };
  const { stdout } = await promisify(execFile)(process.execPath, argv, { env });
  return stdout.split('\n')[0] ?? '';
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
