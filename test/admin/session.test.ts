// Sessions over HTTP: what the cookie is, how long it works, and how often somebody may guess. Needs no browser.
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEndedSessions } from '../../src/access/ended-sessions.ts';
import { openSessionKey } from '../../src/access/session-key.ts';
import { createSessions } from '../../src/access/sessions.ts';
import { changeTokens } from '../../src/access/token-file.ts';
import { hashToken, toTokenRecord } from '../../src/access/token-record.ts';
import type { TokenRecord } from '../../src/access/token-record.ts';
import { startProcessor } from '../processor.ts';
import type { Processor } from '../processor.ts';

const READER = 'errata_reader-0123456789abcdef0123';

let root: string;
let dataDir: string;
let processor: Processor;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'errata-session-'));
  dataDir = join(root, 'one');
  changeTokens(dataDir, () => [recordOf('guest'), recordOf('newcomer')]);
  processor = await start(dataDir);
});
afterAll(async () => {
  await processor?.stop();
  await rm(root, { recursive: true, force: true });
});

/** `errata_<name>` is its token. */
function recordOf(name: string): TokenRecord {
  return {
    id: name,
    name,
    hash: hashToken(`errata_${name}`),
    company: 1,
    scopes: ['read'],
    createdAtMs: 0,
    expiresAtMs: undefined,
    revokedAtMs: undefined,
  };
}

/** `reader` is known to all processors by errata.yaml. */
async function start(folder: string, more = ''): Promise<Processor> {
  const path = join(root, 'errata.yaml');
  await writeFile(path, `tokens: [{ name: reader, env: READER, company: 1, scopes: [read] }]\n${more}`);
  return startProcessor(folder, { env: { ERRATA_CONFIG: path, READER } });
}

const pageHeaders = (at: Processor) => ({
  origin: new URL(at.admin).origin,
  'x-errata-page': '1',
  'content-type': 'application/json',
});

const signIn = (token: string, at = processor): Promise<Response> =>
  fetch(`${at.admin}/admin/session`, { method: 'POST', headers: pageHeaders(at), body: JSON.stringify({ token }) });

async function sessionOf(token: string, at = processor): Promise<string> {
  const [cookie = ''] = ((await signIn(token, at)).headers.get('set-cookie') ?? '').split(';');
  return cookie;
}

const statusOf = async (cookie: string, at = processor): Promise<number> =>
  (await fetch(`${at.admin}/api/me`, { headers: { cookie } })).status;

test('the cookie holds neither the token nor its hash, and is no token elsewhere', async () => {
  const cookie = await sessionOf(READER);
  expect(await statusOf(cookie)).toBe(200);
  expect(cookie).not.toContain(READER);
  expect(cookie).not.toContain(hashToken(READER));
  const bearer = { authorization: `Bearer ${cookie.replace('errata_session=', '')}` };
  for (const url of [`${processor.api}/api/me`, `${processor.api}/mcp`, `${processor.admin}/api/me`]) {
    expect((await fetch(url, { headers: bearer })).status).toBe(401);
  }
  expect((await stat(join(dataDir, 'session-key'))).mode & 0o777).toBe(0o600);
});

test('over https it is a cookie of this host alone', async () => {
  const secure = await start(join(root, 'secure'), 'public_url: https://errata.example.com\n');
  try {
    const answer = await signIn(READER, secure);
    expect(answer.headers.get('set-cookie')).toMatch(
      /^__Host-errata_session=[\w.-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure$/,
    );
    const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
    expect(await statusOf(cookie, secure)).toBe(200);
    expect(await statusOf(cookie.replace('__Host-', ''), secure)).toBe(401);
  } finally {
    await secure.stop();
  }
});

test('a restart signs nobody out, but who signed out stays out', async () => {
  const [stays, leaves] = [await sessionOf(READER), await sessionOf(READER)];
  const signedOut = await fetch(`${processor.admin}/admin/session`, {
    method: 'DELETE',
    headers: { ...pageHeaders(processor), cookie: leaves },
  });
  expect(signedOut.headers.get('set-cookie')).toMatch(/^errata_session=; .*Max-Age=0$/);
  expect([await statusOf(stays), await statusOf(leaves)]).toEqual([200, 401]);
  await processor.stop();
  processor = await start(dataDir);
  expect([await statusOf(stays), await statusOf(leaves)]).toEqual([200, 401]);
});

test('processors with one key know each other’s sessions, and with another they don’t', async () => {
  const cookie = await sessionOf(READER);
  const [same, other] = [join(root, 'same'), join(root, 'other')];
  changeTokens(same, () => [recordOf('guest')]);
  await copyFile(join(dataDir, 'session-key'), join(same, 'session-key'));
  for (const [folder, status] of [
    [same, 200],
    [other, 401],
  ] as const) {
    const second = await start(folder);
    expect(await statusOf(cookie, second)).toBe(status);
    await second.stop();
  }
  expect(await readFile(join(same, 'session-key'), 'utf8')).toBe(await readFile(join(dataDir, 'session-key'), 'utf8'));
});

test('calls renew a session that was opened a while ago, files for everybody do not, and one that lay idle is over', async () => {
  const openedAgo = (ms: number) => {
    const now = () => Date.now() - ms;
    const records = () => [toTokenRecord({ name: 'reader', token: READER, company: 1, scopes: ['read'] })];
    const ended = openEndedSessions(dataDir, now);
    return `errata_session=${createSessions({ key: openSessionKey(dataDir), records, ended, now }).open(READER)}`;
  };
  const renewedBy = async (cookie: string, path: string) =>
    (await fetch(`${processor.admin}${path}`, { headers: { cookie } })).headers.get('set-cookie');
  const cookie = openedAgo(660_000);
  const [renewed = ''] = ((await renewedBy(cookie, '/api/me')) ?? '').split(';');
  expect(renewed).not.toBe(cookie);
  expect(await statusOf(renewed)).toBe(200);
  expect(await renewedBy(renewed, '/api/me')).toBeNull();
  expect(await renewedBy(cookie, '/admin')).toBeNull();
  expect(await statusOf(openedAgo(43_200_001))).toBe(401);
});

test('revoking a token ends its sessions and their streams within two seconds', async () => {
  const cookie = await sessionOf('errata_guest');
  const stream = await fetch(`${processor.admin}/api/stream`, { headers: { cookie } });
  expect(stream.status).toBe(200);
  changeTokens(dataDir, () => [{ ...recordOf('guest'), revokedAtMs: 1 }, recordOf('newcomer')]);
  const revokedAt = performance.now();
  await stream.text();
  expect(performance.now() - revokedAt).toBeLessThan(2_000);
  expect(await statusOf(cookie)).toBe(401);
});

test('signing out ends the streams of the page', async () => {
  const cookie = await sessionOf(READER);
  const stream = await fetch(`${processor.admin}/api/stream`, { headers: { cookie } });
  await fetch(`${processor.admin}/admin/session`, {
    method: 'DELETE',
    headers: { ...pageHeaders(processor), cookie },
  });
  const leftAt = performance.now();
  await stream.text();
  expect(performance.now() - leftAt).toBeLessThan(2_000);
});

test('after many wrong tokens wrong ones are told to wait, and whoever has the right one comes in at every door', async () => {
  const cookie = await sessionOf(READER);
  const statuses: number[] = [];
  for (let n = 0; n < 25; n += 1) statuses.push((await signIn(`errata_guess-${n}`)).status);
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(20);
  const refused = await signIn('errata_one-more');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(540);
  expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED' });
  const statusWith = async (url: string, token: string, init: RequestInit = {}) =>
    (await fetch(url, { ...init, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } }))
      .status;
  const post = { method: 'POST', body: '{}' };
  expect(await statusWith(`${processor.api}/api/me`, 'errata_another')).toBe(429);
  expect(await statusWith(`${processor.api}/mcp`, 'errata_another', post)).toBe(429);
  // 401 for the sender of telemetry: it would repeat what is answered 429.
  expect(await statusWith(`${processor.otlp}/v1/logs`, 'errata_another', post)).toBe(401);
  expect((await signIn('errata_newcomer')).status).toBe(204);
  expect(await statusWith(`${processor.api}/api/me`, 'errata_newcomer')).toBe(200);
  // Known, and lacks the scope `ingest`.
  expect(await statusWith(`${processor.otlp}/v1/logs`, 'errata_newcomer', post)).toBe(403);
  expect(await statusOf(cookie)).toBe(200);
  expect((await fetch(`${processor.api}/api/me`)).status).toBe(401);
});

test('wrong tokens of all doors are counted together', async () => {
  const count = async () => {
    const text = await (
      await fetch(`${processor.api}/metrics`, { headers: { authorization: `Bearer ${READER}` } })
    ).text();
    return Number(/^errata_wrong_tokens_total (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  const before = await count();
  const authorization = 'Bearer errata_wrong';
  await fetch(`${processor.otlp}/v1/logs`, { method: 'POST', headers: { authorization } });
  await fetch(`${processor.api}/api/me`, { headers: { authorization } });
  await fetch(`${processor.api}/mcp`, { method: 'POST', headers: { authorization } });
  await signIn('errata_wrong');
  expect((await count()) - before).toBe(4);
});
