// Cuts: never more than allowed, never in the middle of a character or a row, always with how much is missing.
import { expect, test } from 'vitest';
import fc from 'fast-check';
import { cut, cutData, fit, jsonChars } from '../../src/mcp/budget.ts';

test('a short text stays, a long one says how much is missing', () => {
  expect(cut('a'.repeat(100), 100)).toBe('a'.repeat(100));
  expect(cut('a'.repeat(101), 100)).toBe(`${'a'.repeat(74)}… [+27 characters]`);
});

test('characters that JSON writes as two count as two', () => {
  expect(cut('"'.repeat(100), 100)).toBe(`${'"'.repeat(37)}… [+63 characters]`);
});

test('a pair is not halved', () => {
  expect(cut(`${'a'.repeat(73)}😀${'b'.repeat(100)}`, 100)).toBe(`${'a'.repeat(73)}… [+102 characters]`);
});

test('any text fits after the cut', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 500 }),
    fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\u202e', '😀', '\ud83d', '\0'), maxLength: 500 }),
  );
  fc.assert(
    fc.property(anything, fc.integer({ min: 50, max: 400 }), (text, max) => {
      expect(JSON.stringify(cut(text, max)).length - 2).toBeLessThanOrEqual(max);
    }),
    { numRuns: 1_000 },
  );
});

test('a megabyte is cut in no time', () => {
  const startedMs = performance.now();
  const shown = cut('\u202e'.repeat(1_000_000), 300);
  expect(shown).toMatch(/^(?:\\u\{202E\})+… \[\+9999\d\d characters\]$/);
  expect(performance.now() - startedMs).toBeLessThan(100);
});

test('data is cut in its texts, lists, fields and depth', () => {
  expect(cutData({ port: 5432, ok: true, none: null, deep: { a: ['b'] } }, 1_000)).toEqual({
    port: 5432,
    ok: true,
    none: null,
    deep: { a: ['b'] },
  });
  expect(cutData({ list: Array.from({ length: 300 }, () => 'x') }, 1_000)).toEqual({
    list: [...Array.from({ length: 200 }, () => 'x'), '… [+100 items]'],
  });
  const wide = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`key${n}`, 'x'.repeat(100)]));
  expect(Object.keys(cutData(wide, 2_600))).toEqual([...Array.from({ length: 20 }, (_, n) => `key${n}`), '…']);
  expect(cutData({ 'a\u202eb': '\u200b' }, 100)).toEqual({ 'a\\u{202E}b': '\\u{200B}' });
  let nested: Record<string, unknown> = { end: 'x' };
  for (let depth = 0; depth < 30; depth += 1) nested = { nested };
  expect(JSON.stringify(cutData(nested, 1_000))).toContain('\\"end\\":\\"x\\"');
});

test('any data fits after the cut', () => {
  const data = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 8 }), { maxKeys: 100 });
  fc.assert(
    fc.property(data, (given) => {
      expect(jsonChars(cutData(given as Record<string, unknown>, 500))).toBeLessThanOrEqual(500);
    }),
    { numRuns: 300 },
  );
});

test('a cut drops whole rows, and knows the last one shown', () => {
  const rows = Array.from({ length: 100 }, (_, id) => ({ id, text: 'x'.repeat(490) }));
  const answer = fit(rows, (shown) => ({ rows: shown, next: shown.at(-1)?.id }));
  expect(answer.next).toBe(38);
  expect(jsonChars(answer)).toBeLessThanOrEqual(20_000);
  expect(fit([{ text: 'x'.repeat(30_000) }], (shown) => shown.length)).toBe(1);
});
