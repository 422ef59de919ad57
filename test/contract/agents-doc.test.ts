// The calls of docs/agents.md, run as they stand there: an error is delegated, taken and reported.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentsSchema, channelsSchema } from '../../src/agents/settings-schema.ts';
import { routes } from '../../src/api/routes.ts';
import { openTestApi } from '../api/open-test-api.ts';
import type { TestApi } from '../api/open-test-api.ts';

const text = readFileSync(new URL('../../docs/agents.md', import.meta.url), 'utf8');
const block = (language: string) => new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'm').exec(text)?.[1] ?? '';

let t: TestApi;
beforeAll(async () => {
  t = await openTestApi();
});
afterAll(() => t.close());

test('its shell delegates the newest critical error, takes the task and closes the case with a report', async () => {
  const { port } = await t.api.start();
  const payload = { service: 'checkout', severity: 'critical', message: 'no connection left in the pool' };
  const logged = await t.api.server.inject({ method: 'POST', url: '/api/errors/log', payload });
  const script = block('sh').replaceAll('127.0.0.1:8092', `127.0.0.1:${port}`);
  await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { timeout: 20_000 });
  const { delegations } = (await t.api.server.inject({ url: '/api/delegations' })).json();
  expect(delegations).toMatchObject([
    {
      agent: 'morgan',
      state: 'reported',
      questions: ['Does the pool leak?'],
      report: { status: 'resolved', by: 'local', evidence: ['pool size 20 of 20 at 02:00, 3 of 20 after the change'] },
      case: { state: 'resolved', error_id: logged.json().id, reason: 'it comes back every night' },
    },
  ]);
  expect((await t.api.server.inject({ url: `/api/errors/${logged.json().id}` })).json()).toMatchObject({
    resolved: true,
    resolution_notes: 'morgan (resolved): The nightly export never closed its connections; it does now.',
  });
});

test('its configuration is one', () => {
  const { agents, channels } = parse(block('yaml')) as { agents: unknown; channels: unknown };
  expect(agentsSchema.safeParse(agents).error).toBeUndefined();
  expect(channelsSchema.safeParse(channels).error).toBeUndefined();
});

test('each of its calls is a route, with fields that the route takes', () => {
  const rows = [...text.matchAll(/^\| `(GET|POST) ([^`?]+)(?:\?([^`]*))?` \|/gm)];
  expect(rows).toHaveLength(11);
  for (const [, method, path, query = ''] of rows) {
    const route = routes.find((entry) => entry.method === method && entry.path === path);
    expect(route, `${method} ${path}`).toBeDefined();
    const named = query.split('&').flatMap((field) => (field === '' ? [] : [field.replace(/=$/, '')]));
    expect(Object.keys(route?.operation.input.shape ?? {})).toEqual(expect.arrayContaining(named));
  }
});
