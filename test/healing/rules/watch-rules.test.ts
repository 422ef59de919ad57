import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRuleWatch } from '../../../src/healing/watch-rules.ts';
import type { RuleWatch } from '../../../src/healing/watch-rules.ts';

const catalogue = { probes: new Map(), actions: new Map() };
const rules = (id: string) => `apiVersion: errata/v1
rules:
  - id: ${id}
    title: A rule
    when: { match: { all: [{ field: error_type, eq: timeout }] } }
    target: subject
    plan: [{ branch: told, finding: TOLD, then: escalate }]
`;

let folder: string;
let watch: RuleWatch | undefined;
let told: (readonly string[])[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'errata-watch-'));
  told = [];
});
afterEach(() => {
  watch?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function open(pollMs: number): RuleWatch {
  watch = createRuleWatch({ folder, catalogue, onFaults: (faults) => told.push(faults), pollMs });
  watch.start();
  return watch;
}

const idsOf = (opened: RuleWatch) => opened.rules().map(({ id }) => id);
const AGES_MS = 3_600_000;

test.each([
  ['an event', AGES_MS],
  ['a look', 20],
])('a changed file comes into force by %s', async (_name, pollMs) => {
  writeFileSync(join(folder, 'a.yaml'), rules('first'));
  const opened = open(pollMs);
  expect(idsOf(opened)).toEqual(['first']);
  writeFileSync(join(folder, 'b.yaml'), rules('second'));
  await vi.waitFor(() => expect(idsOf(opened)).toEqual(['first', 'second']), 5_000);
  rmSync(join(folder, 'a.yaml'));
  await vi.waitFor(() => expect(idsOf(opened)).toEqual(['second']), 5_000);
  expect(told).toEqual([]);
});

test('a bad file keeps the old rules and is told once, and a good one comes into force again', async () => {
  writeFileSync(join(folder, 'a.yaml'), rules('first'));
  const opened = open(20);
  writeFileSync(join(folder, 'a.yaml'), `${rules('second')}    mood: bad\n`);
  await vi.waitFor(() => expect(told).toEqual([[`${folder}/a.yaml:8:5: mood: is not a key of a rules file`]]), 5_000);
  expect(idsOf(opened)).toEqual(['first']);
  // As an editor saves: a new file takes the old one's name.
  writeFileSync(join(folder, 'new'), rules('third'));
  renameSync(join(folder, 'new'), join(folder, 'a.yaml'));
  await vi.waitFor(() => expect(idsOf(opened)).toEqual(['third']), 5_000);
  expect(told).toHaveLength(1);
});

test('a folder that vanishes keeps the old rules', async () => {
  writeFileSync(join(folder, 'a.yaml'), rules('first'));
  const opened = open(20);
  rmSync(folder, { recursive: true });
  await vi.waitFor(() => expect(told.at(-1)).toEqual([`${folder}: there is no such folder`]), 5_000);
  expect(idsOf(opened)).toEqual(['first']);
});

test('faulty rules at the start are a faulty configuration', () => {
  writeFileSync(join(folder, 'a.yaml'), rules('First'));
  expect(() => open(AGES_MS)).toThrow(/the rules have a fault.*\n.*a\.yaml:3:5: id: id must be lower-case/);
});
