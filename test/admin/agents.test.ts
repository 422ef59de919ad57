// What agents do, with tokens of their own: one case of two agents that is answered, one that waits, and a message that its
// receiver refuses.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { stringify } from 'yaml';
import { lookAt } from './look-at.ts';
import { browserTest as test, openAdmin } from './open-admin.ts';
import type { Admin, Visit } from './open-admin.ts';

const TOKENS = {
  sam: ['read', 'write', 'fix', 'approve'],
  shop: ['ingest', 'write'],
  morgan: ['read', 'write', 'fix'],
  alex: ['read', 'write'],
  olga: ['read', 'write', 'admin'],
};
type Name = keyof typeof TOKENS;
/** Long enough for nobody to guess. */
const tokenOf = (name: Name) => `errata-test-token-of-${name}-0123456789`;

interface Delegations {
  readonly delegations: readonly { readonly id: string; readonly agent: string }[];
}

let receiver: Server;
let folder: string;
let admin: Admin;
let signedIn: BrowserContextOptions;
/** The delegations of the answered case, by agent. */
let asked: ReadonlyMap<string, string>;

beforeAll(async () => {
  // It refuses what it is sent, for good.
  receiver = createServer((_request, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  folder = await mkdtemp(join(tmpdir(), 'errata-agents-page-'));
  const config = join(folder, 'errata.config');
  const names = Object.keys(TOKENS) as Name[];
  await writeFile(
    config,
    stringify({
      tokens: names.map((name) => ({ name, env: `TOKEN_${name}`, company: 1, scopes: TOKENS[name] })),
      agents: {
        roster: [
          { name: 'morgan', role: 'DevOps: infrastructure' },
          { name: 'alex', role: 'Finance: billing' },
          { name: 'devon', role: 'Strategy: business logic' },
          { name: 'ada', role: 'Orchestrator' },
        ],
      },
      channels: [{ name: 'people', type: 'webhook', url, secret: 'env:CHANNEL_SECRET' }],
    }),
  );
  const tokens = Object.fromEntries(names.map((name) => [`TOKEN_${name}`, tokenOf(name)]));
  admin = await openAdmin({
    env: { ERRATA_CONFIG: config, CHANNEL_SECRET: 'a secret of the channel, long enough', ...tokens },
  });
  await playTheDay();
  signedIn = await signIn();
});
afterAll(async () => {
  await admin?.close();
  receiver?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

async function playTheDay(): Promise<void> {
  const billing = await post('shop', '/api/errors/log', {
    service: 'billing',
    severity: 'error',
    error_type: 'api_error',
    message: 'invoice refused <img src=x onerror=alert(1)> \u202eevil',
  });
  const { delegations } = await post<Delegations>('sam', '/api/delegations', {
    error_id: billing.id,
    agents: ['morgan', 'alex'],
    questions: ['morgan: Does the API answer?', 'alex: Is the price list whole?'],
    reason: 'invoices fail since noon',
    join: 'all',
  });
  asked = new Map(delegations.map(({ agent, id }) => [agent, id]));
  await post('alex', `/api/delegations/${asked.get('alex')}/ack`);
  await post('alex', `/api/delegations/${asked.get('alex')}/report`, {
    status: 'found',
    summary: 'One product has no price since the import of 11:58.',
    evidence: ['SKU-1042 is missing in price_table', '41 invoices wait'],
  });
  await post('morgan', `/api/delegations/${asked.get('morgan')}/ack`);
  // A critical error makes a case by itself, and people are told.
  await post('shop', '/api/errors/log', {
    service: 'checkout',
    severity: 'critical',
    error_type: 'connection_failed',
    message: 'payment processing fails',
  });
}

async function post<Answer = { readonly id: string }>(who: Name, path: string, body = {}): Promise<Answer> {
  const response = await fetch(`${admin.processor.api}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tokenOf(who)}` },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

async function signIn(): Promise<BrowserContextOptions> {
  const { page, complaints, close } = await admin.visit();
  await page.getByLabel('Access token').fill(tokenOf('sam'));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('live', { exact: true }).waitFor();
  const storageState = await page.context().storageState();
  // Nobody was signed in when it asked first.
  complaints.length = 0;
  await close();
  return { storageState };
}

const visit = (hash: string): Promise<Visit> => admin.visit(hash, signedIn);
const card = (page: Page, name: string) =>
  page.getByRole('list', { name: 'Agents' }).getByRole('listitem').filter({ hasText: name }).first();

test('each agent shows what it is on, what waits for it, and how it did', async () => {
  const { page, close } = await visit('#/agents');
  await card(page, 'morgan').getByText('works on 1').waitFor();
  await card(page, 'morgan').getByRole('link', { name: 'billing' }).waitFor();
  await card(page, 'alex').getByText('1 reported, 0 resolved').waitFor();
  await card(page, 'devon').getByText('never seen').waitFor();
  await page.getByText('payment processing fails').waitFor();
  await lookAt(page, 'agents');
  await close();
});

test('delegations stand under their case, with states, questions, reports and deadlines', async () => {
  const { page, close } = await visit('#/agents');
  const block = page.getByRole('list', { name: 'Cases, newest first' }).locator('.case').filter({ hasText: 'billing' });
  await expect.poll(() => block.getByRole('link').count()).toBe(2);
  await block.getByText(/held by morgan, for another 14 min/).waitFor();
  await block.getByText('One product has no price since the import of 11:58.').waitFor();
  await block.getByText('U+202E').waitFor();
  await block.getByRole('link', { name: /^alex/ }).click();
  const pane = page.getByRole('region', { name: 'Details' });
  await pane.getByText('Is the price list whole?').waitFor();
  await pane.getByText('SKU-1042 is missing in price_table').waitFor();
  await pane.getByText('invoice refused <img src=x onerror=alert(1)>').waitFor();
  await pane.getByText('all have reported').waitFor();
  await lookAt(page, 'agents-delegation');
  expect(new URL(page.url()).hash).toBe(`#/delegations/${asked.get('alex')}`);
  await page.keyboard.press('Escape');
  await expect.poll(() => pane.count()).toBe(0);
  await close();
});

test('a report that comes in meanwhile is shown without a reload', async () => {
  const { page, close } = await visit(`#/delegations/${asked.get('morgan')}`);
  const pane = page.getByRole('region', { name: 'Details' });
  await pane.getByText('Nothing yet.').waitFor();
  await post('morgan', `/api/delegations/${asked.get('morgan')}/report`, {
    status: 'resolved',
    summary: 'The import ran again with the whole list.',
    evidence: [],
  });
  await pane.getByText('The import ran again with the whole list.').first().waitFor();
  await card(page, 'morgan').getByText('1 reported, 1 resolved').waitFor();
  await close();
});

test('the lists are narrowed to an agent and to a state by their addresses', async () => {
  const { page, close } = await visit('#/agents');
  await card(page, 'alex').getByRole('link', { name: 'alex' }).click();
  await expect.poll(() => page.locator('.case').count()).toBe(1);
  expect(new URL(page.url()).hash).toBe('#/agents?agent=alex');
  await page.getByLabel('State').selectOption('expired');
  await page.getByText('No delegation is like that').waitFor();
  await close();
});

test('calls of agents and changes of people are listed with what they were about and how they ended', async () => {
  const { page, close } = await visit('#/agents?see=activity&agent=alex');
  const rows = page.getByRole('row');
  await expect.poll(() => rows.count()).toBe(3);
  const cells = (await rows.nth(1).getByRole('cell').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
  expect([cells[1], cells[2], cells[3], cells[4]]).toEqual([
    'alex REST',
    'report-delegation',
    'error · delegation',
    'OK',
  ]);
  await page.getByRole('button', { name: 'alex ✕' }).click();
  await page.getByRole('row').filter({ hasText: 'delegate-error' }).waitFor();
  await lookAt(page, 'agents-activity');
  await close();
});

test('a message that its receiver refused is counted, and shown with the reason', async () => {
  const { page, close } = await visit('#/agents');
  await page.getByRole('link', { name: 'Messages 1' }).click();
  const row = page.getByRole('row').filter({ hasText: 'people' });
  await row.getByText('failed').waitFor();
  await row.getByText(/404/).waitFor();
  await lookAt(page, 'agents-messages');
  await close();
});

test('an agent that never called, and for whom somebody reported, is not called never seen', async () => {
  const { id } = await post('shop', '/api/errors/log', {
    service: 'courier',
    severity: 'error',
    error_type: 'api_error',
    message: 'no courier is free',
  });
  const { delegations } = await post<Delegations>('sam', '/api/delegations', {
    error_id: id,
    agents: ['devon'],
    questions: ['Who can see to it?'],
    reason: 'it must go out today',
  });
  const delegation = delegations.find(({ agent }) => agent === 'devon');
  await post('olga', `/api/delegations/${delegation?.id}/ack`);
  await post('olga', `/api/delegations/${delegation?.id}/report`, {
    status: 'resolved',
    summary: 'A courier was found by telephone.',
    evidence: [],
  });
  const { page, close } = await visit('#/agents');
  await card(page, 'devon').getByText('1 reported, 1 resolved').waitFor();
  await card(page, 'devon').getByText('through others').waitFor();
  expect(await card(page, 'devon').getByText('never seen').count()).toBe(0);
  await close();
});
