import { expect, test } from 'vitest';
import { isRequired } from './require.ts';

test('a need is required when ERRATA_REQUIRE names it, alone or in a list', () => {
  expect(isRequired('collector', 'collector')).toBe(true);
  expect(isRequired('collector', 'docker, collector')).toBe(true);
});

test('a need that is not named may be missing', () => {
  expect(isRequired('collector', undefined)).toBe(false);
  expect(isRequired('collector', '')).toBe(false);
  expect(isRequired('collector', 'collectors,docker')).toBe(false);
});
