import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { actions } from '../../../src/healing/actions/catalogue.ts';
import { fieldNames } from '../../../src/healing/error-fields.ts';
import { historyFacts } from '../../../src/healing/facts.ts';
import { probes } from '../../../src/healing/probes/catalogue.ts';
import { readRules } from '../../../src/healing/read-rules.ts';
import { testRules } from '../../../src/healing/test-rules.ts';

const page = readFileSync('docs/rules.md', 'utf8');
const rowOf = (name: string) => page.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? '';
const missing = (names: readonly string[], row: string) => names.filter((name) => !row.includes(`\`${name}\``));

test('docs/rules.md has a row for every probe, with its parameters and facts', () => {
  for (const { name, parameters, facts } of probes.values()) {
    const named = [...Object.keys(parameters.shape), ...Object.keys(facts)];
    expect({ name, missing: missing([name, ...named], rowOf(name)) }).toEqual({ name, missing: [] });
  }
});

test('docs/rules.md has a row for every action, with its parameters, and tells what may be repeated and undone', () => {
  for (const action of actions.values()) {
    const { name, parameters, idempotent } = action;
    const row = rowOf(name);
    expect({ name, missing: missing([name, ...Object.keys(parameters.shape)], row) }).toEqual({ name, missing: [] });
    const cells = row.split('|').map((cell) => cell.trim());
    expect([name, ...cells.slice(-3, -1)]).toEqual([
      name,
      idempotent ? 'yes' : 'no',
      action.undo === undefined ? 'no' : 'yes',
    ]);
  }
});

test('docs/rules.md names every field, and the facts of the engine', () => {
  expect(missing([...fieldNames, ...Object.keys(historyFacts)], page)).toEqual([]);
});

test('docs/rules.md names every shipped rule', () => {
  const { rules } = readRules('rules', { probes, actions });
  const table = page.slice(page.indexOf('## Shipped rules'));
  expect(
    missing(
      rules.map(({ id }) => id),
      table,
    ),
  ).toEqual([]);
});

test('the example of docs/rules.md is sound, and its test passes', () => {
  const example = /```yaml\n(# yaml-language-server[^]*?)```/.exec(page)?.[1] ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'errata-example-'));
  try {
    writeFileSync(join(folder, 'example.yaml'), example);
    const { rules, faults } = readRules(folder, { probes, actions });
    expect(faults).toEqual([]);
    expect(testRules(rules)).toEqual([
      {
        ruleId: 'inventory-hangs',
        test: 'five time-outs, and it accepts without an answer',
        fault: undefined,
      },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
