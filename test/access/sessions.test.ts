import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAuthenticator } from '../../src/access/authenticate.ts';
import { openEndedSessions } from '../../src/access/ended-sessions.ts';
import { openSessionKey } from '../../src/access/session-key.ts';
import { createSessions } from '../../src/access/sessions.ts';
import { toTokenRecord } from '../../src/access/token-record.ts';
import type { TokenRecord } from '../../src/access/token-record.ts';

const HOUR_MS = 3_600_000;

const record = toTokenRecord({ name: 'svc', token: 'errata_abc', company: 7, scopes: ['read'] });

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'errata-sessions-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

function open(records: TokenRecord[] = [record]) {
  const clock = { nowMs: Date.UTC(2026, 0, 1) };
  const now = () => clock.nowMs;
  const sessions = createSessions({
    key: openSessionKey(dataDir),
    records: () => records,
    ended: openEndedSessions(dataDir, now),
    now,
  });
  return { clock, records, sessions, session: sessions.open('errata_abc') ?? '' };
}

test('a session is the holder of its token', () => {
  const { sessions, session } = open();
  expect(sessions.find(session)).toEqual({ tokenId: 'config:svc', name: 'svc', company: 7, scopes: new Set(['read']) });
  expect(sessions.open('errata_abd')).toBeUndefined();
});

test('a token that is listed twice opens a session of the holder that it is at the other doors', () => {
  const records = [record, toTokenRecord({ name: 'again', token: 'errata_abc', company: 8, scopes: [] })];
  const { sessions, session } = open(records);
  expect(sessions.find(session)?.name).toBe('again');
  expect(createAuthenticator({ records: () => records, now: Date.now })('Bearer errata_abc').name).toBe('again');
});

test('unused for twelve hours it is over, and used in time it goes on', () => {
  const { clock, sessions, session } = open();
  clock.nowMs += 12 * HOUR_MS - 1;
  const renewed = sessions.renew(session) ?? '';
  clock.nowMs += 1;
  expect(sessions.find(session)).toBeUndefined();
  expect(sessions.find(renewed)?.name).toBe('svc');
});

test('after a week it is over, however often it was used', () => {
  const { clock, sessions, session } = open();
  let latest = session;
  for (let hours = 6; hours < 168; hours += 6) {
    clock.nowMs += 6 * HOUR_MS;
    latest = sessions.renew(latest) ?? '';
  }
  expect(sessions.find(latest)?.name).toBe('svc');
  clock.nowMs += 6 * HOUR_MS;
  expect(sessions.find(latest)).toBeUndefined();
  expect(sessions.renew(latest)).toBeUndefined();
});

test('signing out ends the session in all its renewals, also for a process started later', () => {
  const { clock, sessions, session } = open();
  clock.nowMs += HOUR_MS;
  const renewed = sessions.renew(session) ?? '';
  sessions.end(renewed);
  expect([sessions.find(session), sessions.find(renewed)]).toEqual([undefined, undefined]);
  expect(open().sessions.find(session)).toBeUndefined();
  expect(sessions.find(sessions.open('errata_abc') ?? '')?.name).toBe('svc');
});

test('it ends with its token: revoked, expired, gone, or replaced under the same name', () => {
  const { clock, records, sessions, session } = open();
  const replaced = toTokenRecord({ name: 'svc', token: 'errata_new', company: 7, scopes: ['read'] });
  for (const changed of [{ ...record, revokedAtMs: 1 }, { ...record, expiresAtMs: clock.nowMs }, replaced]) {
    records[0] = changed;
    expect(sessions.find(session)).toBeUndefined();
  }
  records.pop();
  expect(sessions.find(session)).toBeUndefined();
  records.push(record);
  expect(sessions.find(session)?.name).toBe('svc');
});

test('nothing in it can be changed', () => {
  const { sessions, session } = open();
  for (const [index, part] of session.split('.').entries()) {
    const parts = session.split('.');
    parts[index] = `${part.startsWith('1') ? '2' : '1'}${part.slice(1)}`;
    expect(sessions.find(parts.join('.'))).toBeUndefined();
  }
  for (const text of ['', 'errata_abc', `${session}.`, `${session}x`, '....']) {
    expect(sessions.find(text)).toBeUndefined();
  }
});

test('a key that is none is told at the start, and a missing one is made when it is first needed', () => {
  const path = join(dataDir, 'session-key');
  writeFileSync(path, 'too short');
  expect(() => openSessionKey(dataDir)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  rmSync(path);
  const key = openSessionKey(dataDir);
  expect(existsSync(path)).toBe(false);
  expect(key()).toMatch(/^[\w-]{43}$/);
  expect(readFileSync(path, 'utf8')).toBe(`${key()}\n`);
});
