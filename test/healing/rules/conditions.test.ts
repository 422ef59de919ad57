import { expect, test } from 'vitest';
import { holds, mismatchOf } from '../../../src/healing/conditions.ts';
import type { Condition, Conditions, Scalar } from '../../../src/healing/rule.ts';

const found: Readonly<Record<string, Scalar>> = { name: 'redis-1', port: 6379, code: 53300, ok: false, empty: '' };
const lookup = (name: string) => found[name];
const of = (conditions: Partial<Conditions>) => holds({ all: [], any: [], none: [], ...conditions }, lookup);
const meets = (name: string, op: Condition['op'], value: Condition['value']) => of({ all: [{ name, op, value }] });

test.each<[string, Condition['op'], Condition['value'], boolean]>([
  ['name', 'eq', 'redis-1', true],
  ['name', 'eq', 'redis', false],
  ['name', 'ne', 'redis', true],
  ['ok', 'eq', false, true],
  ['ok', 'eq', 'false', false],
  ['port', 'in', [1, 6379], true],
  ['port', 'not_in', [1, 6379], false],
  ['port', 'not_in', [1], true],
  ['name', 'prefix', 'redis', true],
  ['name', 'suffix', '-1', true],
  ['name', 'contains', 'dis', true],
  ['name', 'regex', '^REDIS', false],
  ['name', 'regex', '(?i)^REDIS', true],
  ['port', 'gt', 6379, false],
  ['port', 'gte', 6379, true],
  ['port', 'lt', 6380, true],
  ['port', 'lte', 6378, false],
  ['name', 'gt', 1, false],
  ['name', 'exists', true, true],
  ['name', 'exists', false, false],
])('%s %s %j: %s', (name, op, value, expected) => {
  expect(meets(name, op, value)).toBe(expected);
});

test('a code is the same as number and as text', () => {
  expect(meets('code', 'eq', '53300')).toBe(true);
  expect(meets('code', 'in', ['53300'])).toBe(true);
  expect(meets('code', 'prefix', '533')).toBe(true);
});

test('what is missing meets nothing but exists: false', () => {
  const operators: [Condition['op'], Condition['value']][] = [
    ['eq', ''],
    ['ne', 'x'],
    ['in', ['x']],
    ['not_in', ['x']],
    ['prefix', 'x'],
    ['regex', '.*'],
    ['lt', 1],
    ['exists', true],
  ];
  expect(operators.map(([op, value]) => meets('gone', op, value))).toEqual(operators.map(() => false));
  expect(meets('gone', 'exists', false)).toBe(true);
});

test('one fact is compared with another, and with a missing one never', () => {
  const facts: Readonly<Record<string, Scalar>> = { 'check.protocol': 'http', 'wire.protocol': 'redis' };
  const differs = (other: string) =>
    holds(
      { all: [{ name: 'check.protocol', op: 'ne', value: `\${facts.${other}}` }], any: [], none: [] },
      (name) => facts[name],
    );
  expect(differs('wire.protocol')).toBe(true);
  expect(differs('check.protocol')).toBe(false);
  expect(differs('gone.protocol')).toBe(false);
});

test('all of these, at least one of those, none of these', () => {
  const yes: Condition = { name: 'ok', op: 'eq', value: false };
  const no: Condition = { name: 'ok', op: 'eq', value: true };
  expect(of({})).toBe(true);
  expect(of({ all: [yes, no] })).toBe(false);
  expect(of({ any: [no, yes] })).toBe(true);
  expect(of({ any: [no] })).toBe(false);
  expect(of({ none: [no] })).toBe(true);
  expect(of({ all: [yes], none: [yes] })).toBe(false);
});

test('why it does not match is told with what was found', () => {
  const conditions: Conditions = { all: [{ name: 'port', op: 'eq', value: 5432 }], any: [], none: [] };
  expect(mismatchOf(conditions, lookup)).toBe('not port eq 5432 (it is 6379)');
  expect(mismatchOf({ all: [], any: [{ name: 'gone', op: 'exists', value: true }], none: [] }, lookup)).toBe(
    'none of: gone exists true (it is missing)',
  );
  expect(mismatchOf({ all: [], any: [], none: [{ name: 'ok', op: 'eq', value: false }] }, lookup)).toBe(
    'excluded by ok eq false (it is false)',
  );
  expect(mismatchOf({ all: [], any: [], none: [] }, lookup)).toBeUndefined();
});
