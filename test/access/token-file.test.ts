import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changeTokens, openTokenFile, readTokens } from '../../src/access/token-file.ts';
import { toTokenRecord } from '../../src/access/token-record.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'errata-tokens-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const record = {
  ...toTokenRecord({ name: 'svc', token: 'errata_abc', company: 7, scopes: ['read', 'write'] }),
  createdAtMs: Date.UTC(2026, 0, 1),
  expiresAtMs: Date.UTC(2026, 1, 1),
};

test('what was written is read back, for every kind of company', () => {
  const forwarder = { ...record, id: 'f', company: '*' as const, expiresAtMs: undefined, revokedAtMs: 5_000 };
  changeTokens(dataDir, () => [record, forwarder]);
  expect(readTokens(dataDir)).toEqual([record, forwarder]);
});

test('no file means no tokens', () => {
  expect(readTokens(dataDir)).toEqual([]);
});

test('only the owner may read the file, and nothing is left beside it', () => {
  changeTokens(dataDir, () => [record]);
  changeTokens(dataDir, (tokens) => tokens);
  expect(statSync(join(dataDir, 'tokens.json')).mode & 0o777).toBe(0o600);
  expect(readdirSync(dataDir)).toEqual(['tokens.json']);
});

test('a change under way keeps a second one out, until it is clear that it died', () => {
  const lock = join(dataDir, 'tokens.json.lock');
  writeFileSync(lock, '');
  expect(() => changeTokens(dataDir, () => [record])).toThrow(/another token command/);
  expect(readTokens(dataDir)).toEqual([]);
  const longAgo = Date.now() / 1_000 - 11;
  utimesSync(lock, longAgo, longAgo);
  changeTokens(dataDir, () => [record]);
  expect(readTokens(dataDir)).toHaveLength(1);
});

test('a failed change leaves the file and takes the lock away', () => {
  changeTokens(dataDir, () => [record]);
  expect(() =>
    changeTokens(dataDir, () => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(readdirSync(dataDir)).toEqual(['tokens.json']);
  expect(readTokens(dataDir)).toEqual([record]);
});

test.each([
  ['no JSON', '{'],
  ['another shape', '[]'],
  ['an unknown field', JSON.stringify({ tokens: [{ ...storedForm(), admin: true }] })],
  ['an unknown scope', JSON.stringify({ tokens: [{ ...storedForm(), scopes: ['root'] }] })],
  ['a token instead of a hash', JSON.stringify({ tokens: [{ ...storedForm(), hash: 'errata_abc' }] })],
])('a file with %s is refused at start', (_what, text) => {
  writeFileSync(join(dataDir, 'tokens.json'), text);
  expect(() => openTokenFile({ dataDir, now: () => 0, onUnreadable: () => undefined })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID' }),
  );
});

test('a running process sees a change within a second, and asks the disk no more often', () => {
  const clock = { ms: 0 };
  const file = openTokenFile({ dataDir, now: () => clock.ms, onUnreadable: () => undefined });
  expect(file.records()).toEqual([]);
  changeTokens(dataDir, () => [record]);
  clock.ms = 999;
  expect(file.records()).toEqual([]);
  clock.ms = 1_000;
  expect(file.records()).toEqual([record]);
});

test('a file that breaks while running is told once and changes nothing', () => {
  changeTokens(dataDir, () => [record]);
  const clock = { ms: 0 };
  const told: string[] = [];
  const file = openTokenFile({ dataDir, now: () => clock.ms, onUnreadable: (failure) => told.push(failure.code) });
  writeFileSync(join(dataDir, 'tokens.json'), 'not json');
  clock.ms = 1_000;
  expect(file.records()).toEqual([record]);
  clock.ms = 2_000;
  expect(file.records()).toEqual([record]);
  expect(told).toEqual(['CONFIG_INVALID']);
});

function storedForm() {
  return {
    id: 'a',
    name: 'a',
    hash: 'a'.repeat(64),
    company: 1,
    scopes: ['read'],
    created_at: '2026-01-01T00:00:00.000Z',
  };
}
