import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { actions } from '../../../src/healing/actions/catalogue.ts';
import { chooseBranch } from '../../../src/healing/choose-branch.ts';
import type { FactValue, Facts } from '../../../src/healing/facts.ts';
import { probes } from '../../../src/healing/probes/catalogue.ts';
import { readRules } from '../../../src/healing/read-rules.ts';
import { runRulesCommand } from '../../../src/healing/rules-command.ts';
import { testRules } from '../../../src/healing/test-rules.ts';

const { rules, faults } = readRules('rules', { probes, actions });

test('the shipped rules have no faults', () => {
  expect(faults).toEqual([]);
});

test('there is one for each kind of trouble that the seed names, for payments, and for the rest', () => {
  expect(rules.map(({ id }) => id).sort()).toEqual([
    'connection-pool-exhausted',
    'database-connection',
    'database-credentials',
    'health-check-failed',
    'out-of-memory',
    'payment-failure',
    'redis-pool-exhausted',
    'service-not-responding',
    'unmatched-critical',
  ]);
});

test('the tests that stand in the shipped rules pass', () => {
  expect(testRules(rules).filter(({ fault }) => fault !== undefined)).toEqual([]);
});

test('every shipped rule has a test that fires and one that does not', () => {
  for (const { id, tests } of rules) {
    const fires = new Set(tests.map((one) => one.expect.fires));
    expect({ id, both: fires.has(true) && fires.has(false) }).toEqual({ id, both: true });
  }
});

test('every branch of a shipped rule that changes something is taken by a test', () => {
  const acting = rules.flatMap(({ id, plan }) =>
    plan.filter(({ steps }) => steps.length > 0).map(({ name }) => `${id} ${name}`),
  );
  const tested = rules.flatMap(({ id, tests }) => tests.map(({ expect: { branch } }) => `${id} ${branch}`));
  expect(acting.filter((branch) => !tested.includes(branch))).toEqual([]);
});

test('payments and what no rule knows are handed over only', () => {
  const handing = rules.filter(({ plan }) => plan.every(({ then }) => then === 'escalate')).map(({ id }) => id);
  expect(handing.sort()).toEqual(['database-credentials', 'payment-failure', 'unmatched-critical']);
});

test('no shipped rule changes a container before it asked who stopped it', () => {
  for (const { plan } of rules.filter(({ plan }) => plan.some(({ steps }) => steps.length > 0))) {
    expect([plan[0]?.name, plan[0]?.finding, plan[0]?.then]).toEqual(['held', 'STOPPED_BY_OPERATOR', 'escalate']);
  }
});

const found: Readonly<Record<string, readonly FactValue[]>> = {
  'box.recent_oom': [false, true],
  'use.memory_ratio': [0.5, 0.99],
  'trend.growing': [false, true],
  'tcp.ok': [true, false],
  'wire.protocol': ['unknown', 'http', 'postgresql'],
  'wire.silent': [false, true],
  'http.status': [200, 503],
  'login.code': ['', 'ETIMEDOUT'],
};
const disturbing = ['container.restart', 'container.start', 'container.stop'];

function disturbs(facts: Facts): readonly string[] {
  return rules.flatMap(({ id, plan }) => {
    const branch = chooseBranch(plan, { 'box.status': 'running', 'box.age_s': 900, 'box.memory_bytes': 1, ...facts });
    return branch?.steps.some(({ action }) => disturbing.includes(action)) === true ? [`${id} ${branch.name}`] : [];
  });
}

test('no shipped rule restarts what its own health check calls healthy, whatever else was found', () => {
  const all = Object.entries(found).reduce<readonly Facts[]>(
    (some, [name, values]) => some.flatMap((facts) => values.map((value) => ({ ...facts, [name]: value }))),
    [{ 'box.health': 'healthy', 'http.error': 'ETIMEDOUT' }],
  );
  expect(new Set(all.flatMap(disturbs))).toEqual(new Set());
});

test('no shipped rule restarts on errors alone, while no probe finds a fault', () => {
  expect(disturbs({ 'box.health': 'none' })).toEqual([]);
  const well = Object.entries(found).map(([name, values]) => [name, values[0]]);
  expect(disturbs({ 'box.health': 'none', ...Object.fromEntries(well) })).toEqual([]);
});

test('each question of a shipped rule is a whole sentence: a comma in a list of YAML cuts it in two', () => {
  const questions = rules.flatMap(({ escalate }) => escalate.ask);
  expect(questions.filter((question) => !/^[A-Z].*[.?]$/.test(question))).toEqual([]);
});

test('rule.schema.json is what `errata rules schema` prints, to the letter', async () => {
  const lines: string[] = [];
  const parts = {
    mode: 'observe' as const,
    folder: 'rules',
    out: (line: string) => void lines.push(line),
    backtest: async () => 2,
  };
  expect(await runRulesCommand(['schema'], parts)).toBe(0);
  expect(`${lines.join('\n')}\n`).toBe(readFileSync('rules/rule.schema.json', 'utf8'));
});

test('each shipped file tells editors where the schema is', () => {
  for (const name of readdirSync('rules').filter((file) => file.endsWith('.yaml'))) {
    expect(readFileSync(`rules/${name}`, 'utf8').split('\n')[0]).toBe(
      '# yaml-language-server: $schema=./rule.schema.json',
    );
  }
});
