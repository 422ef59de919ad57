// What runs in the store must let through all that a rule matches: asked of a real store, with the shipped rules.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorTypes, severities } from '../../src/errors/error-event.ts';
import { actions } from '../../src/healing/actions/catalogue.ts';
import { holds } from '../../src/healing/conditions.ts';
import { fieldOf } from '../../src/healing/error-fields.ts';
import { prefilterOf } from '../../src/healing/prefilter.ts';
import { probes } from '../../src/healing/probes/catalogue.ts';
import { readRules } from '../../src/healing/read-rules.ts';
import type { HealingError } from '../../src/store/attempt-store.ts';
import { eventOf, openStore } from '../store/open-store.ts';
import { ruleOf, whenOf } from './rule-of.ts';

const start = { receivedAtMs: 0, id: '00000000-0000-0000-0000-000000000000' };
const messages = ['card declined', 'Redis pool exhausted', 'too many clients already', 'nothing of note'];
const details = [
  {},
  { 'payment.provider': 'acme' },
  { 'server.address': 'db', 'server.port': 5432 },
  { db: { system: 'redis' } },
];

let store: Awaited<ReturnType<typeof openStore>>;
let all: readonly HealingError[];
beforeAll(async () => {
  store = await openStore();
  const kinds = errorTypes.flatMap((errorType) => severities.map((severity) => ({ errorType, severity })));
  const events = kinds.flatMap((kind) =>
    messages.flatMap((message) => details.map((given) => ({ ...kind, message, details: given }))),
  );
  await store.store.insert(events.map((event, n) => eventOf(n, event)));
  all = await store.store.listForHealing(start, 10_000);
});
afterAll(() => store.close());

const read = (filter: ReturnType<typeof prefilterOf>) =>
  store.store.listForHealing(start, 10_000, { untilMs: store.store.storedUntilMs(), filter });

test('all that a shipped rule matches comes through, and not everything does', async () => {
  expect(all).toHaveLength(832);
  const { rules } = readRules('rules', { probes, actions });
  const filtered = await read(prefilterOf(rules));
  const ids = new Set(filtered.map(({ id }) => id));
  const matched = all.filter((error) => rules.some(({ when }) => holds(when.match, (name) => fieldOf(error, name))));
  expect(matched.length).toBeGreaterThan(300);
  expect(matched.filter(({ id }) => !ids.has(id))).toEqual([]);
  expect(filtered.length).toBeLessThan(all.length);
});

test('a severity that there is not matches nothing and breaks nothing', async () => {
  const match = { all: [{ name: 'severity', op: 'eq', value: 'fatal' } as const], any: [], none: [] };
  expect(await read(prefilterOf([ruleOf({ when: whenOf({ match }) })]))).toEqual([]);
});

test('without rules nothing is read', async () => {
  expect(await read(prefilterOf([]))).toEqual([]);
});

test('a rule that can not be told from columns, or counts a share, has everything read', () => {
  const peer = { all: [{ name: 'peer.name', op: 'exists', value: true } as const], any: [], none: [] };
  expect(prefilterOf([ruleOf({ when: whenOf({ match: peer }) })])).toBeUndefined();
  expect(prefilterOf([ruleOf({ when: whenOf({ ratio: { min: 0.5, samples: 10 } }) })])).toBeUndefined();
});
