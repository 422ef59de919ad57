import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { defineAction } from '../../../src/healing/action.ts';
import { defineProbe } from '../../../src/healing/probe.ts';
import { fieldNames } from '../../../src/healing/error-fields.ts';
import { readRules } from '../../../src/healing/read-rules.ts';

const tcp = defineProbe({
  name: 'tcp.connect',
  summary: '',
  parameters: z.strictObject({ port: z.int().optional() }),
  facts: { ok: '', error: '' },
  needsEngine: false,
  run: () => Promise.resolve({}),
});
const raise = defineAction({
  name: 'memory.raise',
  summary: '',
  parameters: z.strictObject({ cap: z.int(), wait: z.int().optional() }),
  idempotent: false,
  needsEngine: false,
  needsContainer: false,
  prepare: () => Promise.resolve({ refused: '' }),
  run: () => Promise.resolve({ kind: 'failed', reason: '' }),
  observe: () => Promise.resolve({ kind: 'unknown' }),
});
const catalogue = { probes: new Map([[tcp.name, tcp]]), actions: new Map([[raise.name, raise]]) };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'errata-rules-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const parts = {
  id: 'a-rule',
  head: '',
  when: '{ match: { all: [{ field: error_type, eq: timeout }] } }',
  target: 'subject',
  diagnose: '[{ id: tcp, probe: tcp.connect }]',
  plan: '[{ branch: b, finding: HUNG, steps: [{ id: s, action: memory.raise, with: { cap: 1 } }], then: verify }]',
  tail: '',
};

function rule(changes: Partial<typeof parts> = {}): string {
  const { id, head, when, target, diagnose, plan, tail } = { ...parts, ...changes };
  return `  - id: ${id}
    title: A rule
    ${head}
    when: ${when}
    target: ${target}
    diagnose: ${diagnose}
    plan: ${plan}
    ${tail}
`;
}

function read(...rules: string[]) {
  return readText(`apiVersion: errata/v1\nrules:\n${rules.join('')}`);
}

function readText(text: string) {
  writeFileSync(join(folder, 'a.yaml'), text);
  const { rules, faults } = readRules(folder, catalogue);
  return { rules, faults: faults.map((fault) => fault.replace(`${folder}/`, '')) };
}

function faultsOf(changes: Partial<typeof parts>): readonly string[] {
  return read(rule(changes)).faults;
}

const step = (text: string) => `[{ branch: b, finding: HUNG, steps: [${text}], then: verify }]`;

test('a rule that says little gets careful defaults', () => {
  const { rules, faults } = read(rule());
  expect(faults).toEqual([]);
  expect(rules).toMatchObject([
    {
      id: 'a-rule',
      mode: 'observe',
      priority: 50,
      when: { groupBy: ['service'], count: 1, withinMs: 300_000 },
      verify: { settleMs: 10_000, soakMs: 60_000, maxErrors: 0, noTraffic: 'inconclusive' },
      limits: {
        cooldownMs: 300_000,
        attempts: { max: 3, withinMs: 21_600_000 },
        breaker: { failures: 3, withinMs: 21_600_000, openMs: 21_600_000 },
      },
      escalate: { to: 'morgan', ask: [] },
      place: `${folder}/a.yaml:3`,
    },
  ]);
});

test('what is counted goes by the target when nothing else is said', () => {
  const keys = ['subject', 'peer', '{ service: db }'].map((target) => read(rule({ target })).rules[0]?.when.groupBy);
  expect(keys).toEqual([['service'], ['peer.name'], []]);
});

test('silence afterwards is a success only where probes say the same', () => {
  const tail = 'verify: { probes: [{ id: p, probe: tcp.connect, expect: { all: [{ fact: ok, eq: true }] } }] }';
  expect(read(rule({ tail })).rules[0]?.verify.noTraffic).toBe('pass');
});

test('sizes and times become bytes and ms where a parameter is a number', () => {
  const plan = step('{ id: s, action: memory.raise, with: { cap: 256MiB, wait: 5s } }');
  expect(read(rule({ plan })).rules[0]?.plan[0]?.steps[0]?.with).toEqual({ cap: 268_435_456, wait: 5_000 });
});

test('the hash is that of what the rule does, wherever it stands and however it is tested', () => {
  const hashOf = (...rules: string[]) => read(...rules).rules.at(-1)?.hash;
  const hash = hashOf(rule());
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(
    hashOf(rule({ id: 'other' }), rule({ tail: 'tests: [{ name: t, errors: [{ fields: {} }], expect: {} }]' })),
  ).toBe(hash);
  expect(hashOf(rule({ tail: 'priority: 51' }))).not.toBe(hash);
});

test('all faults of all files are told at once, and sound rules are read all the same', () => {
  writeFileSync(join(folder, 'b.yaml'), 'apiVersion: errata/v2\nrules: []\n');
  writeFileSync(join(folder, 'c.yaml'), 'rules: [\n');
  writeFileSync(join(folder, 'notes.txt'), 'no rule');
  const { rules, faults } = read(rule(), rule({ id: 'b', head: 'mood: bad' }), rule({ id: 'c', target: 'moon' }));
  expect(rules.map(({ id }) => id)).toEqual(['a-rule']);
  expect(faults).toEqual([
    'a.yaml:13:5: mood: is not a key of a rules file',
    'a.yaml:23:5: target: must be subject, peer or {service: name}',
    'b.yaml:1:1: apiVersion: Invalid input: expected "errata/v1"',
    'c.yaml:2:1: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ]);
});

test('a missing folder is a fault', () => {
  expect(readRules(join(folder, 'none'), catalogue).faults).toEqual([`${folder}/none: there is no such folder`]);
});

test('a file in place of the folder is a fault', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(readRules(join(folder, 'file'), catalogue).faults).toEqual([expect.stringContaining('ENOTDIR')]);
});

test('an id stands for one rule in all files', () => {
  writeFileSync(join(folder, 'b.yaml'), `apiVersion: errata/v1\nrules:\n${rule()}`);
  expect(read(rule()).faults).toEqual([`b.yaml:3: id: a-rule is the id of the rule at ${folder}/a.yaml:3 too`]);
});

test('aliases that grow without end are refused', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x,x]',
    ...'bcdefg'.split('').map((name, index) => {
      const before = 'abcdef'[index] ?? '';
      return `${name}: &${name} [${Array(10).fill(`*${before}`).join(',')}]`;
    }),
  ].join('\n');
  expect(readText(bomb).faults[0]).toContain('Excessive alias count');
});

const modes = ['observe', 'approve', 'auto'];

test.each(modes)('of the error a step may take its service, type and environment, in mode %s', (mode) => {
  for (const field of ['service', 'error_type', 'environment']) {
    const plan = step(`{ id: s, action: memory.raise, with: { cap: '\${error.${field}}' } }`);
    expect([field, faultsOf({ head: `mode: ${mode}`, plan })]).toEqual([field, []]);
  }
});

test.each(modes)('nothing else of the error decides what a step changes, in mode %s', (mode) => {
  const taken = fieldNames.filter((field) => !['service', 'error_type', 'environment'].includes(field));
  for (const field of [...taken, 'details.cap']) {
    const plan = step(`{ id: s, action: memory.raise, with: { cap: '\${error.${field}}' } }`);
    expect([field, faultsOf({ head: `mode: ${mode}`, plan })]).toEqual([
      field,
      [expect.stringContaining('a text of the sender may not decide what is changed')],
    ]);
  }
});

test.each<[string, Partial<typeof parts>, string]>([
  [
    'a pattern that RE2 does not know',
    { when: "{ match: { all: [{ field: message, regex: 'a(?=b)' }] } }" },
    'is not a pattern of RE2',
  ],
  [
    'two comparisons in one',
    { when: '{ match: { all: [{ field: message, eq: a, ne: b }] } }' },
    'exactly one comparison',
  ],
  ['no comparison', { when: '{ match: { all: [{ field: message }] } }' }, 'exactly one comparison'],
  ['an empty selection', { when: '{ match: {} }' }, 'selects every error'],
  ['only exclusions', { when: '{ match: { none: [{ field: message, eq: a }] } }' }, 'selects every error'],
  ['an unknown field', { when: '{ match: { all: [{ field: errortype, eq: a }] } }' }, 'there is no field errortype'],
  [
    'a reference to match by',
    { when: "{ match: { all: [{ field: message, eq: '${error.service}' }] } }" },
    'no value before there is a match',
  ],
  [
    'an unknown key field',
    { when: '{ match: { all: [{ field: message, eq: a }] }, group_by: [servce] }' },
    'there is no field servce',
  ],
  [
    'errors about several peers in one count',
    { target: 'peer', when: '{ match: { all: [{ field: message, eq: a }] }, group_by: [service] }' },
    'errors about several',
  ],
  [
    'different values of what is the key',
    {
      when: '{ match: { all: [{ field: message, eq: a }] }, distinct: { field: service, min: 2 }, group_by: [service] }',
    },
    'it has one value for each key',
  ],
  [
    'a duration without a unit',
    { when: '{ match: { all: [{ field: message, eq: a }] }, within: 30 }' },
    'expected string',
  ],
  [
    'a duration of no kind',
    { when: '{ match: { all: [{ field: message, eq: a }] }, within: 30 sec }' },
    'must be a duration such as',
  ],
  [
    'an unknown probe',
    { diagnose: '[{ id: x, probe: tcp.conect }]' },
    'there is no probe tcp.conect; there are tcp.connect',
  ],
  [
    'a parameter the probe does not have',
    { diagnose: '[{ id: x, probe: tcp.connect, with: { prt: 1 } }]' },
    'tcp.connect has no parameter prt',
  ],
  [
    'a parameter of another type',
    { diagnose: '[{ id: x, probe: tcp.connect, with: { port: http } }]' },
    'expected number',
  ],
  [
    'a fact no probe gives',
    { diagnose: '[{ id: x, probe: tcp.connect, needs: { all: [{ fact: x.ok, eq: true }] } }]' },
    'no probe before it gives x.ok',
  ],
  [
    'a fact of a later probe',
    { diagnose: "[{ id: x, probe: tcp.connect, with: { port: '${facts.y.ok}' } }, { id: y, probe: tcp.connect }]" },
    'no probe before it gives y.ok',
  ],
  [
    'two probes of one id',
    { diagnose: '[{ id: x, probe: tcp.connect }, { id: x, probe: tcp.connect }]' },
    'x stands here twice',
  ],
  [
    'the id of the engine’s own facts',
    { diagnose: '[{ id: past, probe: tcp.connect }]' },
    'what the engine itself knows',
  ],
  ['an unknown action', { plan: step('{ id: s, action: memory.rise }') }, 'there is no action memory.rise'],
  ['a parameter that is missing', { plan: step('{ id: s, action: memory.raise }') }, 'memory.raise needs cap'],
  [
    'a text with a reference in it',
    { plan: step("{ id: s, action: memory.raise, with: { cap: 'x-${target.name}' } }") },
    'must be the whole value',
  ],
  [
    'a reference to nothing',
    { plan: step("{ id: s, action: memory.raise, with: { cap: '${env.HOME}' } }") },
    'there is no ${env.HOME}',
  ],
  [
    'another try of what is not idempotent',
    { plan: step('{ id: s, action: memory.raise, with: { cap: 1 }, retries: 1 }') },
    'is not idempotent',
  ],
  [
    'a sender’s text that decides what is changed by itself',
    { head: 'mode: auto', plan: step("{ id: s, action: memory.raise, with: { cap: '${error.details.cap}' } }") },
    'a text of the sender',
  ],
  ['verification of nothing', { plan: '[{ branch: b, finding: HUNG, then: verify }]' }, 'verify needs steps'],
  [
    'steps that are never taken',
    {
      plan: '[{ branch: b, finding: HUNG, steps: [{ id: s, action: memory.raise, with: { cap: 1 } }], then: resolve }]',
    },
    'steps need then: verify',
  ],
  [
    'a branch that is never reached',
    { plan: '[{ branch: a, finding: AAA, then: wait }, { branch: b, finding: BBB, then: escalate }]' },
    'is never reached: a before it always fits',
  ],
  ['a finding in lower case', { plan: '[{ branch: a, finding: hung, then: wait }]' }, 'must be UPPER_SNAKE'],
  [
    'a comparison with the sender’s text',
    { plan: "[{ branch: a, if: { all: [{ fact: tcp.error, eq: '${error.message}' }] }, finding: AAA, then: wait }]" },
    'may be compared with',
  ],
  [
    'a fact that the probe of verification does not give',
    { tail: 'verify: { probes: [{ id: p, probe: tcp.connect, expect: { all: [{ fact: tcp.ok, eq: true }] } }] }' },
    'no probe before it gives tcp.ok',
  ],
  [
    'a verification that expects nothing',
    { tail: 'verify: { probes: [{ id: p, probe: tcp.connect, expect: {} }] }' },
    'expects nothing',
  ],
  [
    'too little time for its successes',
    {
      tail: 'verify: { probes: [{ id: p, probe: tcp.connect, expect: { all: [{ fact: ok, eq: true }] }, successes: 5, every: 10s, within: 30s }] }',
    },
    'is too short for 5 successes',
  ],
  [
    'a test of a fact that is none',
    { tail: 'tests: [{ name: t, errors: [{ fields: {} }], facts: { tcp.okay: true }, expect: {} }]' },
    'no probe before it gives tcp.okay',
  ],
  [
    'a test of a branch that is none',
    { tail: 'tests: [{ name: t, errors: [{ fields: {} }], expect: { branch: z } }]' },
    'there is no branch z',
  ],
  [
    'a test that sets what can’t be set',
    { tail: 'tests: [{ name: t, errors: [{ fields: { peer.name: db } }], expect: {} }]' },
    'there is no field peer.name to set',
  ],
  [
    'a test of a branch without a firing',
    { tail: 'tests: [{ name: t, errors: [{ fields: {} }], expect: { fires: false, branch: b } }]' },
    'has no branch',
  ],
])('%s is refused', (_name, changes, message) => {
  const faults = faultsOf(changes);
  expect(faults.join('\n')).toContain(message);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(/^a\.yaml:\d+:\d+: /);
});

test('a fault stands where its key stands', () => {
  const faults = faultsOf({ plan: '\n      - branch: b\n        finding: HUNG\n        then: verify' });
  expect(faults[0]).toMatch(/^a\.yaml:12:9: plan\.0\.then: verify needs steps/);
});
