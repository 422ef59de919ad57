import { expect, test } from 'vitest';
import { isShallow } from '../../src/operations/json-depth.ts';

test.each([
  ['a scalar', 5, 0, true],
  ['null', null, 0, true],
  ['one level', { a: 1 }, 1, true],
  ['one level too many', { a: { b: 1 } }, 1, false],
  ['lists count as levels', [[[]]], 2, true],
  ['an empty object is no further level', { a: {} }, 1, true],
])('%s', (_what, value, maxDepth, expected) => {
  expect(isShallow(value, maxDepth)).toBe(expected);
});

test('half a million levels are refused, not followed', () => {
  expect(isShallow(JSON.parse(`${'['.repeat(500_000)}${']'.repeat(500_000)}`), 32)).toBe(false);
});
