// With tokens: signing in and out, what a token may see and do, and what the page's door lets through.
import { afterAll, beforeAll, expect } from 'vitest';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changeTokens } from '../../src/access/token-file.ts';
import { toTokenRecord } from '../../src/access/token-record.ts';
import { accessibilityFaults } from './accessibility.ts';
import { browserTest as test, openAdmin, takePicture } from './open-admin.ts';
import type { Admin } from './open-admin.ts';

const SECRETS = {
  OPERATOR: 'errata_operator-0123456789abcdef',
  READER: 'errata_reader-0123456789abcdef0123',
  SENDER: 'errata_sender-0123456789abcdef0123',
};

const CONFIG = `
tokens:
  - { name: operator, env: OPERATOR, company: '*', scopes: [ingest, read, write, fix, approve, admin] }
  - { name: reader, env: READER, company: 7, scopes: [read] }
  - { name: sender, env: SENDER, company: 7, scopes: [ingest] }
`;

const guest = toTokenRecord({ name: 'guest', token: 'errata_guest', company: 7, scopes: ['read'] });

let admin: Admin;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'errata-sign-in-'));
  const path = join(folder, 'errata.yaml');
  await writeFile(path, CONFIG);
  changeTokens(dataDir(), () => [guest]);
  const env = { ERRATA_CONFIG: path, ERRATA_DATA_DIR: dataDir(), ...SECRETS };
  admin = await openAdmin({ env, token: SECRETS.OPERATOR });
  const log = (company: number, message: string) =>
    admin.post('/api/errors/log', { service: 'shop', severity: 'error', message, company_id: company });
  await log(1, 'an error of company one');
  await log(7, 'an error of company seven');
});
afterAll(async () => {
  await admin?.close();
  await rm(folder, { recursive: true });
});

/** Its tokens are those of `errata token`. */
const dataDir = () => join(folder, 'data');

async function visitSignedIn(token: string) {
  const visit = await admin.visit();
  await visit.page.getByLabel('Access token').fill(token);
  await visit.page.keyboard.press('Enter');
  await visit.page.getByText('live', { exact: true }).waitFor();
  // The browser tells of the 401 that led to the form.
  visit.complaints.length = 0;
  return visit;
}

test('nothing is seen without a token, and a wrong one is refused without a word about why', async () => {
  const { page, complaints, close } = await admin.visit('#/errors');
  await page.getByLabel('Access token').waitFor();
  await takePicture(page, 'sign-in-light');
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByLabel('Access token').fill('errata_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This token is unknown, expired or revoked.').waitFor();
  await page.getByLabel('Access token').fill(SECRETS.SENDER);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('this token lacks the scope read').waitFor();
  expect(complaints.every((complaint) => /401|403/.test(complaint))).toBe(true);
  complaints.length = 0;
  await close();
});

test('the session is kept where no script can read it, survives a reload, and is gone after signing out', async () => {
  const { page, complaints, close } = await visitSignedIn(SECRETS.READER);
  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({
    name: 'errata_session',
    value: expect.stringMatching(/^[\w-]{22}\.\d{13}\.\d{13}\.[\w-]+\.[\w-]{43}$/),
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
  });
  expect(await page.evaluate('document.cookie + JSON.stringify(localStorage)')).toBe('{}');
  await page.reload();
  await page.getByText('live', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Sign out reader' }).click();
  await page.getByLabel('Access token').waitFor();
  expect(await page.context().cookies()).toEqual([]);
  complaints.length = 0;
  await close();
});

test('a token of one company sees that company, and what it may not do says which scope it lacks', async () => {
  const { page, close } = await visitSignedIn(SECRETS.READER);
  await page.getByText('an error of company seven').waitFor();
  expect(await page.getByText('an error of company one').count()).toBe(0);
  expect(await page.getByLabel('Company').count()).toBe(0);
  await page.getByRole('link', { name: 'an error of company seven' }).click();
  const resolve = page.getByRole('button', { name: 'Resolve…' });
  expect(await resolve.isDisabled()).toBe(true);
  expect(await resolve.getAttribute('title')).toBe('Your token lacks the scope write');
  expect(await page.getByRole('button', { name: 'Fix…' }).getAttribute('title')).toBe('Your token lacks the scope fix');
  await close();
});

test('a token of all companies picks one, and the page is that one at once', async () => {
  const { page, close } = await visitSignedIn(SECRETS.OPERATOR);
  await page.getByText('an error of company one').waitFor();
  await page.getByLabel('Company').fill('7');
  await page.keyboard.press('Enter');
  await page.getByText('an error of company seven').waitFor();
  await expect.poll(() => page.getByText('an error of company one').count(), { timeout: 15_000 }).toBe(0);
  await admin.post('/api/errors/log', { service: 'shop', severity: 'error', message: 'live for seven', company_id: 7 });
  await page.getByText('live for seven').waitFor();
  await close();
});

test('when its token is revoked, the page that is open asks for one again by itself', async () => {
  const { page, complaints, close } = await visitSignedIn('errata_guest');
  // Nothing of what the views ask for tells it.
  await page.route(/\/api\/(?!stream|me)/, (route) => route.abort());
  changeTokens(dataDir(), () => [{ ...guest, revokedAtMs: 1 }]);
  await page.getByLabel('Access token').waitFor({ timeout: 6_000 });
  complaints.length = 0;
  await close();
});

test('changes are taken from the page alone: its own origin, its own header, and its cookie', async () => {
  const { origin } = new URL(admin.processor.admin);
  const page = {
    origin,
    'x-errata-page': '1',
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/json',
  };
  const signedIn = await fetch(`${origin}/admin/session`, {
    method: 'POST',
    headers: page,
    body: JSON.stringify({ token: SECRETS.OPERATOR }),
  });
  const [session = ''] = (signedIn.headers.get('set-cookie') ?? '').split(';');
  const own = { ...page, cookie: session };
  const pause = async (headers: Record<string, string | undefined>) => {
    const given = Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const response = await fetch(`${origin}/api/healing/pause`, {
      method: 'POST',
      headers: Object.fromEntries(given),
      body: '{"paused": false}',
    });
    return response.status;
  };
  expect(await pause(own)).toBe(200);
  expect(await pause({ ...own, 'x-errata-page': undefined })).toBe(403);
  expect(await pause({ ...own, origin: undefined })).toBe(403);
  expect(await pause({ ...own, origin: 'https://evil.example' })).toBe(403);
  // Another port of this machine is the same site, so its requests carry the cookie.
  expect(await pause({ ...own, origin: 'http://127.0.0.1:1' })).toBe(403);
  expect(await pause({ ...own, 'sec-fetch-site': 'same-site' })).toBe(403);
  expect(await pause({ ...own, cookie: undefined })).toBe(401);
  expect(await pause({ ...own, cookie: `errata_session=${SECRETS.OPERATOR}` })).toBe(401);
  // A token in the header is for the REST address; here it counts for nothing.
  expect(await pause({ ...own, cookie: undefined, authorization: `Bearer ${SECRETS.OPERATOR}` })).toBe(401);
});
