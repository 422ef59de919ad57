// What of errata.yaml is taken without more, and what is refused with which words.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { agentsSchema, channelsSchema, toAgentsSettings } from '../../src/agents/settings-schema.ts';

const notifications = readFileSync(new URL('../../docs/notifications.md', import.meta.url), 'utf8');
const example = parse(/^```yaml\n([\s\S]*?)^```/m.exec(notifications)?.[1] ?? '') as Record<string, unknown>;
const messagesOf = (error: { issues: readonly { message: string }[] } | undefined) =>
  error?.issues.map(({ message }) => message);

test('the example of docs/notifications.md is a configuration as it stands', () => {
  const agents = agentsSchema.safeParse(example['agents']);
  expect(agents.error).toBeUndefined();
  expect(channelsSchema.safeParse(example['channels']).error).toBeUndefined();
});

test("without routes payments go to the roster's three, where they are of the roster", () => {
  const routesOf = (given: object) => toAgentsSettings(agentsSchema.parse(given)).routes.map(({ to }) => to);
  expect(routesOf({})).toEqual([['morgan', 'alex', 'devon']]);
  expect(routesOf({ roster: [{ name: 'morgan', role: 'any' }] })).toEqual([]);
  expect(routesOf({ routes: [] })).toEqual([]);
});

test('a route that was written names only who is of the roster', () => {
  const given = { roster: [{ name: 'morgan', role: 'any' }], routes: [{ to: ['alex'] }] };
  expect(messagesOf(agentsSchema.safeParse(given).error)).toEqual(['alex is nobody of the roster who can be asked']);
});

test('a kind that no channel is ever told is refused with the reason', () => {
  const kinds = ['critical_error', 'delegation_opened', 'digest'];
  const given = [{ name: 'ops', type: 'slack', url: 'env:URL', kinds }];
  expect(messagesOf(channelsSchema.safeParse(given).error)).toEqual([
    "delegation_opened goes to its agent's webhook (agents.roster), to no channel",
    'digest comes by itself where something was held back',
  ]);
});
