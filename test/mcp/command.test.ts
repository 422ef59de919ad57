import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { loadRemote } from '../../src/config.ts';
import { VERSION } from '../../src/mcp/build-server.ts';
import { tokenOf } from '../api/open-test-api.ts';
import { openTestMcp } from './open-test-mcp.ts';
import type { TestMcp } from './open-test-mcp.ts';

let mcp: TestMcp;

beforeAll(async () => {
  mcp = await openTestMcp({ tokens: [tokenOf(1, 'reader', ['read']), tokenOf(1, 'sender', ['ingest'])] });
});
afterAll(() => mcp.close());

async function run(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['dist/main.js', 'mcp', ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { out, err, code: code as number };
}

test('without variables it calls the processor of this machine', () => {
  expect(loadRemote({ ERRATA_URL: '', ERRATA_TOKEN: 't' })).toEqual({
    url: 'http://127.0.0.1:8092',
    token: 't',
    adminUrl: 'http://127.0.0.1:8080/admin',
  });
  expect(
    loadRemote({ ERRATA_URL: 'https://errata.example/x/', ERRATA_ADMIN_URL: 'https://errata.example/admin/' }),
  ).toEqual({
    url: 'https://errata.example/x',
    token: undefined,
    adminUrl: 'https://errata.example/admin',
  });
});

test('the version that it tells is that of the package', () => {
  expect((JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version).toBe(VERSION);
});

test('who asks wrongly gets the manual, on standard error', async () => {
  const help = await run(['--help']);
  expect([help.code, help.out]).toEqual([0, '']);
  expect(help.err).toMatch(/^errata mcp \[--tool-names dotted\|underscore\]/);
  for (const args of [['--tool-names', 'dashed'], ['--loud'], ['extra']]) {
    expect((await run(args)).code).toBe(2);
  }
});

test('a processor that is not there, or refuses, ends it with a word of why', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  const ERRATA_URL = new URL(mcp.url).origin;
  expect(await run([], { ERRATA_URL: `http://127.0.0.1:${port}` })).toEqual({
    code: 1,
    out: '',
    err: `errata mcp can't start: no answer from the processor at http://127.0.0.1:${port}\n`,
  });
  expect(await run([], { ERRATA_URL, ERRATA_TOKEN: 'nobody' })).toMatchObject({
    code: 1,
    err: "errata mcp can't start: this token is unknown, expired or revoked\n",
  });
  expect(await run([], { ERRATA_URL, ERRATA_TOKEN: 'sender' })).toMatchObject({
    code: 1,
    err: "errata mcp can't start: this token lacks the scope read\n",
  });
  expect(await run([], { ERRATA_URL: 'ftp://x' })).toMatchObject({ code: 1, err: 'ERRATA_URL: Invalid URL\n' });
});

test('it shows what its token may use, in the style asked for, and ends with its client', async () => {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['dist/main.js', 'mcp', '--tool-names', 'underscore'],
    env: { PATH: process.env['PATH'] ?? '', ERRATA_URL: new URL(mcp.url).origin, ERRATA_TOKEN: 'reader' },
  });
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(transport);
  const names = (await client.listTools()).tools.map(({ name }) => name);
  expect(names).toContain('devops_errors_list');
  expect(names).not.toContain('devops_errors_fix');
  expect(names.every((name) => /^\w{1,40}$/.test(name))).toBe(true);
  const pid = transport.pid ?? 0;
  await client.close();
  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
});
