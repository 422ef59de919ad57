// The expander that the other tests stand on, against what the plugin's own documentation and sources say it writes.
import { expect, test } from 'vitest';
import { type TimeRange, expand } from './expand.ts';

// 2026-11-24, 00:00:00 to 12:00:00.500 UTC; bars of five minutes.
const range: TimeRange = { fromMs: 1_795_478_400_000, toMs: 1_795_521_600_500, intervalMs: 300_000 };

test.each([
  ['$__timeFilter(at)', 'at >= toDateTime(1795478400) AND at <= toDateTime(1795521600)'],
  [
    '$__timeFilter_ms(at)',
    'at >= fromUnixTimestamp64Milli(1795478400000) AND at <= fromUnixTimestamp64Milli(1795521600500)',
  ],
  ['$__dateFilter(day)', "day >= toDate('2026-11-24') AND day <= toDate('2026-11-24')"],
  [
    '$__dt(day, at)',
    "(day >= toDate('2026-11-24') AND day <= toDate('2026-11-24')) AND (at >= toDateTime(1795478400) AND at <= toDateTime(1795521600))",
  ],
  ['$__fromTime, $__toTime', 'toDateTime(1795478400), toDateTime(1795521600)'],
  ['$__fromTime_ms', 'fromUnixTimestamp64Milli(1795478400000)'],
  ['$__timeInterval(at)', 'toStartOfInterval(toDateTime(at), INTERVAL 300 second)'],
  ['$__timeInterval_ms(at)', 'toStartOfInterval(toDateTime64(at, 3), INTERVAL 300000 millisecond)'],
  ['$__interval_s', '300'],
  ['$__timeInterval(f(a, (b)))', 'toStartOfInterval(toDateTime(f(a, (b))), INTERVAL 300 second)'],
  ['$__timeInterval($__fromTime)', 'toStartOfInterval(toDateTime(toDateTime(1795478400)), INTERVAL 300 second)'],
])('%s becomes what the plugin writes', (query, expected) => {
  expect(expand(query, {}, range)).toBe(expected);
});

test('bars are a second wide at least', () => {
  expect(expand('$__interval_s', {}, { ...range, intervalMs: 20 })).toBe('1');
});

test('a macro that the plugin does not have, or with too few arguments, is a fault', () => {
  expect(() => expand('$__timeGroup(at)', {}, range)).toThrow('there is no macro $__timeGroup');
  expect(() => expand('$__timeFilter()', {}, range)).toThrow('$__timeFilter takes 1, got 0');
});

test.each([
  ['one value', 'x IN (${v:sqlstring})', ['a'], "x IN ('a')"],
  ['several', 'x IN (${v:sqlstring})', ['a', "b'c"], "x IN ('a','b''c')"],
  ['no format', 'x IN ($v)', ['a', 'b'], "x IN ('a','b')"],
  ['a single value without a format', 'x = $v', 'a', 'x = a'],
  ['double quotes', '${v:sqlstring}', 'a"b', `'a\\"b'`],
  ['raw', '${v:raw}', 'a', 'a'],
  ['something that is no variable', '$other ${other}', 'a', '$other ${other}'],
])('variables: %s', (_, query, value, expected) => {
  expect(expand(query, { v: { value } }, range)).toBe(expected);
});

test('All stands for every option', () => {
  expect(expand('x IN (${v:sqlstring})', { v: { value: '$__all', options: ['a', 'b'] } }, range)).toBe(
    "x IN ('a','b')",
  );
});

test('$__conditionalAll leaves its condition out when all or nothing is chosen', () => {
  const query =
    'WHERE $__conditionalAll(f(x, 1) IN (${v:sqlstring}), $v) AND $__conditionalAll(y IN (${w:sqlstring}), $w)';
  const chosen = { v: { value: ['a'] }, w: { value: ['$__all'], options: ['b'] } };
  expect(expand(query, chosen, range)).toBe("WHERE f(x, 1) IN ('a') AND 1=1");
  expect(expand(query, { ...chosen, v: { value: '' } }, range)).toBe('WHERE 1=1 AND 1=1');
});
