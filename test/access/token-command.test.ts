import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAuthenticator } from '../../src/access/authenticate.ts';
import { runTokenCommand } from '../../src/access/token-command.ts';
import { readTokens } from '../../src/access/token-file.ts';

const NOW = Date.UTC(2026, 0, 1);
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'errata-token-command-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

function run(...argv: string[]): { code: number; lines: string[] } {
  const lines: string[] = [];
  const code = runTokenCommand(argv, { dataDir, agents: ['morgan'], out: (line) => lines.push(line), now: () => NOW });
  return { code, lines };
}

test('a created token opens the door it was made for, and is kept only as a hash', () => {
  const { code, lines } = run('create', '--name', 'ci', '--company', '7', '--scopes', 'read,write', '--expires', '90d');
  expect(code).toBe(0);
  const token = lines[0] ?? '';
  expect(token).toMatch(/^errata_[\w-]{43}$/);
  expect(readFileSync(join(dataDir, 'tokens.json'), 'utf8')).not.toContain(token.slice(7));
  const authenticate = createAuthenticator({ records: () => readTokens(dataDir), now: () => NOW });
  expect(authenticate(`Bearer ${token}`)).toMatchObject({ name: 'ci', company: 7, scopes: new Set(['read', 'write']) });
  const later = createAuthenticator({ records: () => readTokens(dataDir), now: () => Date.UTC(2026, 3, 1) });
  expect(() => later(`Bearer ${token}`)).toThrow(/expired/);
});

test('two tokens are never the same', () => {
  const [first, second] = [
    run('create', '--name', 'a', '--company', '*'),
    run('create', '--name', 'a', '--company', '*'),
  ];
  expect(first.lines[0]).not.toBe(second.lines[0]);
  expect(readTokens(dataDir)).toHaveLength(2);
});

test('without a word about it a token may only send errors, for ever', () => {
  run('create', '--name', 'a', '--company', '*');
  expect(readTokens(dataDir)).toMatchObject([{ company: '*', scopes: ['ingest'], expiresAtMs: undefined }]);
});

test('a revoked token is listed as revoked and opens nothing', () => {
  const token = run('create', '--name', 'a', '--company', '1').lines[0] ?? '';
  const id = readTokens(dataDir)[0]?.id ?? '';
  expect(run('revoke', id).code).toBe(0);
  expect(run('list').lines).toEqual([`${id}  a  company 1  ingest  revoked 2026-01-01T00:00:00.000Z`]);
  const authenticate = createAuthenticator({ records: () => readTokens(dataDir), now: () => NOW });
  expect(() => authenticate(`Bearer ${token}`)).toThrow(/revoked/);
});

test('an agent of the roster that is to approve is created, with a warning that it never can', () => {
  const asked = (name: string, scopes: string) =>
    run('create', '--name', name, '--company', '1', '--scopes', scopes).lines.slice(2);
  expect(asked('morgan', 'read,approve')).toEqual([
    'warning: morgan is an agent of the roster, and no agent can approve, whatever its scopes: a person needs a token of another name',
  ]);
  expect(asked('morgan', 'read,fix')).toEqual([]);
  expect(asked('kim', 'read,approve')).toEqual([]);
});

test('revoking an unknown token fails and changes nothing', () => {
  expect(run('revoke', 'nobody')).toEqual({ code: 1, lines: ['there is no token nobody'] });
});

test.each([
  [[], 'say create, list or revoke'],
  [['destroy'], 'there is no command destroy'],
  [['create', '--company', '1'], '--name'],
  [['create', '--name', 'a\nb', '--company', '1'], '--name'],
  [['create', '--name', 'a'], '--company'],
  [['create', '--name', 'a', '--company', '4294967296'], '--company'],
  [['create', '--name', 'a', '--company', '-1'], '--company'],
  [['create', '--name', 'a', '--company', '0'], '--company'],
  [['create', '--name', 'a', '--company', '1', '--scopes', 'read,root'], 'there is no scope root'],
  [['create', '--name', 'a', '--company', '1', '--expires', 'soon'], '--expires'],
  [['create', '--name', 'a', '--company', '1', '--expires', '0d'], '--expires'],
  [['create', '--name', 'a', '--company', '1', '--colour', 'red'], '--colour'],
  [['revoke'], 'say which token'],
])('%j is answered with what is wrong, and the usage', (argv, complaint) => {
  const { code, lines } = run(...argv);
  expect(code).toBe(2);
  expect(lines[0]).toContain(complaint);
  expect(lines[0]).toContain('errata token revoke ID');
  expect(readTokens(dataDir)).toEqual([]);
});

test('help is an answer, wherever it is asked for', () => {
  for (const argv of [['--help'], ['create', '--help']]) {
    const lines: string[] = [];
    expect(
      runTokenCommand(argv, { dataDir: '/nowhere', agents: [], out: (line) => lines.push(line), now: Date.now }),
    ).toBe(0);
    expect(lines.join('\n')).toContain('errata token create --name NAME');
  }
});
