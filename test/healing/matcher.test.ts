import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMatcher, lookbackMs } from '../../src/healing/matcher.ts';
import type { Rule } from '../../src/healing/rule.ts';
import type { HealingError } from '../../src/store/attempt-store.ts';
import { EPOCH_MS, all, errorOf, ruleOf, whenOf } from './rule-of.ts';

/** Ms after the epoch at which each firing came. */
function firedAt(rules: readonly Rule[], errors: readonly HealingError[]): readonly number[] {
  const matcher = createMatcher(rules);
  return errors.flatMap((error) => matcher.observe(error)).map(({ cause }) => cause.firedAtMs - EPOCH_MS);
}

test('a rule fires with the error that completes its count, and tells what it counted', () => {
  const matcher = createMatcher([ruleOf()]);
  const fingerprints = ['b'.repeat(32), 'c'.repeat(32)];
  expect(matcher.observe(errorOf(1_000, { fingerprint: 'b'.repeat(32) }))).toEqual([]);
  expect(matcher.observe(errorOf(2_000, { fingerprint: 'c'.repeat(32) }))).toEqual([]);
  const firings = matcher.observe(errorOf(3_000, { fingerprint: 'b'.repeat(32) }));
  expect(firings.map(({ rule, error, cause }) => [rule.id, error.id, cause])).toEqual([
    [
      'restart',
      '00000000-0000-8000-8000-000000003000',
      {
        companyId: 1,
        service: 'checkout',
        key: 'checkout',
        errorId: '00000000-0000-8000-8000-000000003000',
        fingerprints,
        count: 3,
        firstErrorAtMs: EPOCH_MS + 1_000,
        firedAtMs: EPOCH_MS + 3_000,
      },
    ],
  ]);
});

test('an error exactly as old as the window is out, one a millisecond younger is in', () => {
  expect(firedAt([ruleOf()], [errorOf(0), errorOf(1), errorOf(60_000)])).toEqual([]);
  expect(firedAt([ruleOf()], [errorOf(0), errorOf(1), errorOf(59_999)])).toEqual([59_999]);
});

test('errors count at their own time: what comes in late and was long ago does not complete a count', () => {
  const old = errorOf(70_000, { timestampMs: EPOCH_MS + 10_000 });
  expect(firedAt([ruleOf()], [errorOf(69_000), errorOf(69_500), old])).toEqual([]);
  const late = errorOf(70_000, { timestampMs: EPOCH_MS + 10_001 });
  expect(firedAt([ruleOf()], [errorOf(69_000), errorOf(69_500), late])).toEqual([70_000]);
});

test('an error dated ahead counts when it was received, so that it does not stay in the window', () => {
  const ahead = errorOf(0, { timestampMs: EPOCH_MS + 600_000 });
  expect(firedAt([ruleOf()], [ahead, errorOf(59_000), errorOf(61_000)])).toEqual([]);
  expect(firedAt([ruleOf()], [ahead, errorOf(1_000), errorOf(2_000)])).toEqual([2_000]);
});

test('companies and keys are counted apart', () => {
  const errors = [
    errorOf(1),
    errorOf(2),
    errorOf(3, { companyId: 2 }),
    errorOf(4, { service: 'billing' }),
    errorOf(5, { service: 'billing', companyId: 2 }),
  ];
  expect(firedAt([ruleOf()], errors)).toEqual([]);
});

test('a key joins its values, and an error without one of them has no key', () => {
  const matcher = createMatcher([
    ruleOf({ when: whenOf({ count: 1, groupBy: ['service', 'details.pool', 'details.port'] }) }),
  ]);
  expect(matcher.observe(errorOf(1, { details: { pool: 'main' } }))).toEqual([]);
  expect(matcher.size()).toBe(0);
  const [firing] = matcher.observe(errorOf(2, { details: { pool: 'main', port: 6379 } }));
  expect(firing?.cause.key).toBe('checkout · main · 6379');
});

test('values that look alike when joined are not one key', () => {
  const matcher = createMatcher([ruleOf({ when: whenOf({ count: 2, groupBy: ['details.a', 'details.b'] }) })]);
  matcher.observe(errorOf(1, { details: { a: 'x · y', b: 'z' } }));
  expect(matcher.observe(errorOf(2, { details: { a: 'x', b: 'y · z' } }))).toEqual([]);
});

test('without group_by a company is one key', () => {
  const rule = ruleOf({ when: whenOf({ groupBy: [] }) });
  expect(firedAt([rule], [errorOf(1), errorOf(2, { service: 'billing' }), errorOf(3, { service: 'mail' })])).toEqual([
    3,
  ]);
});

test('a condition that goes on holding fires once in each 30 s of the clock', () => {
  const storm = Array.from({ length: 100 }, (_, n) => errorOf(n * 1_000));
  expect(firedAt([ruleOf()], storm)).toEqual([2_000, 30_000, 60_000, 90_000]);
});

test('10,000 errors within a second fire once', () => {
  const storm = Array.from({ length: 10_000 }, (_, n) => errorOf(Math.floor(n / 10)));
  expect(firedAt([ruleOf()], storm)).toEqual([0]);
});

test('distinct asks for different values, and a missing one is none', () => {
  const rule = ruleOf({ when: whenOf({ distinct: { field: 'host', min: 2 } }) });
  expect(
    firedAt(
      [rule],
      [1, 2, 3, 4].map((at) => errorOf(at)),
    ),
  ).toEqual([]);
  expect(firedAt([rule], [errorOf(1), errorOf(2), errorOf(3, { host: '' }), errorOf(4, { host: 'web-2' })])).toEqual([
    4,
  ]);
  // The other host is out of the window by then.
  expect(firedAt([rule], [errorOf(1, { host: 'web-2' }), errorOf(60_002), errorOf(60_003), errorOf(60_004)])).toEqual(
    [],
  );
});

test('a ratio is of all errors of the service, of which there must be enough', () => {
  const match = all({ name: 'error_type', op: 'eq', value: 'out_of_memory' });
  const rule = ruleOf({ when: whenOf({ match, count: 1, ratio: { min: 0.5, samples: 4 } }) });
  const oom = (at: number) => errorOf(at, { errorType: 'out_of_memory' });
  expect(firedAt([rule], [oom(1), oom(2), oom(3)])).toEqual([]);
  expect(firedAt([rule], [oom(1), oom(2), oom(3), oom(4)])).toEqual([4]);
  expect(firedAt([rule], [errorOf(1), errorOf(2), errorOf(3), oom(4), oom(5)])).toEqual([]);
  expect(firedAt([rule], [errorOf(1), errorOf(2), errorOf(3), oom(4), oom(5), oom(6)])).toEqual([6]);
  // Other services and companies are no part of it.
  const others = [errorOf(1, { service: 'billing' }), errorOf(2, { companyId: 2 })];
  expect(firedAt([rule], [...others, oom(3), oom(4), oom(5)])).toEqual([]);
});

test('what one of our probes caused never counts', () => {
  const echo = { details: { 'errata.origin': 'probe' } };
  expect(firedAt([ruleOf()], [errorOf(1), errorOf(2), errorOf(3, echo), errorOf(4, echo)])).toEqual([]);
});

test('of several rules the highest priority comes first, then the name decides', () => {
  const when = whenOf({ count: 1 });
  const rules = [ruleOf({ id: 'b', when }), ruleOf({ id: 'a', when }), ruleOf({ id: 'z', priority: 5, when })];
  expect(
    createMatcher(rules)
      .observe(errorOf(1))
      .map(({ rule }) => rule.id),
  ).toEqual(['z', 'a', 'b']);
});

test('rules are found by error type, by lists of types, and without a type', () => {
  const when = (match: ReturnType<typeof all>) => whenOf({ count: 1, match });
  const rules = [
    ruleOf({ id: 'one', when: when(all({ name: 'error_type', op: 'eq', value: 'out_of_memory' })) }),
    ruleOf({
      id: 'two',
      when: when(all({ name: 'error_type', op: 'in', value: ['out_of_memory', 'payment_failure'] })),
    }),
    ruleOf({ id: 'any', when: when(all({ name: 'message', op: 'contains', value: 'no' })) }),
  ];
  const idsOf = (errorType: string) =>
    createMatcher(rules)
      .observe(errorOf(1, { errorType }))
      .map(({ rule }) => rule.id);
  expect(idsOf('out_of_memory')).toEqual(['any', 'one', 'two']);
  expect(idsOf('payment_failure')).toEqual(['any', 'two']);
  expect(idsOf('unknown')).toEqual(['any']);
});

test('at most so many keys are held, and the one unseen for longest goes first', () => {
  const matcher = createMatcher([ruleOf({ when: whenOf({ count: 2 }) })], { maxKeys: 2 });
  for (const service of ['a', 'b', 'a', 'c']) matcher.observe(errorOf(1, { service }));
  expect(matcher.size()).toBe(2);
  expect(matcher.observe(errorOf(2, { service: 'b' }))).toEqual([]);
  expect(matcher.observe(errorOf(3, { service: 'c' }))).toHaveLength(1);
});

test('keys that nobody sees any more are dropped after twice the look-back at most', () => {
  const matcher = createMatcher([ruleOf()]);
  for (const service of ['a', 'b', 'c']) matcher.observe(errorOf(1, { service }));
  expect(matcher.size()).toBe(3);
  for (const at of [90_001, 180_001]) matcher.observe(errorOf(at, { service: 'd' }));
  expect(matcher.size()).toBe(1);
});

test('the count of a cause goes up to 128, its groups to 20', () => {
  const matcher = createMatcher([ruleOf({ when: whenOf({ count: 2 }) })]);
  const firings = Array.from({ length: 200 }, (_, n) =>
    matcher.observe(errorOf(29_900 + n, { fingerprint: String(n).padStart(32, '0') })),
  ).flat();
  expect(firings.map(({ cause }) => [cause.count, cause.fingerprints.length])).toEqual([
    [2, 2],
    [101, 20],
  ]);
  const [last] = [...firings].reverse();
  expect(last?.cause.fingerprints[0]).toBe(String(100).padStart(32, '0'));
});

const rules = [
  ruleOf({ id: 'plain' }),
  ruleOf({ id: 'distinct', when: whenOf({ withinMs: 20_000, distinct: { field: 'host', min: 2 } }) }),
  ruleOf({
    id: 'ratio',
    when: whenOf({ match: all({ name: 'handled', op: 'eq', value: true }), count: 2, ratio: { min: 0.4, samples: 3 } }),
  }),
];

/** In stored order: each some time after the one before, dated up to two minutes before or a little after its receipt. */
const streams = fc
  .array(
    fc.record({
      gapMs: fc.oneof(fc.nat(2_000), fc.nat(40_000)),
      agoMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: -5_000, max: 120_000 })),
      service: fc.constantFrom('a', 'b'),
      host: fc.constantFrom('h1', 'h2', 'h3'),
      handled: fc.boolean(),
      fingerprint: fc.constantFrom('f1', 'f2'),
    }),
    { maxLength: 80 },
  )
  .map((steps) => {
    let atMs = 0;
    return steps.map(({ gapMs, agoMs, ...change }, n) => {
      atMs += gapMs;
      return errorOf(atMs, { ...change, id: String(n), timestampMs: EPOCH_MS + atMs - agoMs });
    });
  });

/** The plain rule told once more, from all errors at every step. */
function bruteForce(errors: readonly HealingError[]): readonly (readonly [string, number])[] {
  const fired = new Set<string>();
  return errors.flatMap((error, index) => {
    const clock = error.receivedAtMs;
    const time = ({ timestampMs, receivedAtMs }: HealingError) => Math.min(timestampMs, receivedAtMs);
    const isIn = (other: HealingError) => other.service === error.service && time(other) > clock - 60_000;
    const count = errors.slice(0, index + 1).filter(isIn).length;
    const slot = `${error.service} ${Math.floor(clock / 30_000)}`;
    if (!isIn(error) || count < 3 || fired.has(slot)) return [];
    fired.add(slot);
    return [[error.id, count] as const];
  });
}

test('it fires where a count over all errors says so, with that count', () => {
  fc.assert(
    fc.property(streams, (errors) => {
      const matcher = createMatcher([ruleOf()]);
      const firings = errors.flatMap((error) => matcher.observe(error));
      expect(firings.map(({ cause }) => [cause.errorId, cause.count])).toEqual(bruteForce(errors));
    }),
    { numRuns: 500 },
  );
});

test('it never fires below its count, nor twice for one key in a slot', () => {
  fc.assert(
    fc.property(streams, (errors) => {
      const matcher = createMatcher(rules);
      const seen = new Set<string>();
      for (const { rule, cause } of errors.flatMap((error) => matcher.observe(error))) {
        expect(cause.count).toBeGreaterThanOrEqual(rule.when.count);
        expect(cause.firedAtMs - cause.firstErrorAtMs).toBeLessThan(rule.when.withinMs);
        const slot = `${rule.id} ${cause.key} ${Math.floor(cause.firedAtMs / 30_000)}`;
        expect(seen.has(slot)).toBe(false);
        seen.add(slot);
      }
    }),
  );
});

test('fed from its look-back on, it decides as one that saw everything', () => {
  expect(lookbackMs(rules)).toBe(90_000);
  fc.assert(
    fc.property(streams, fc.nat(80), (errors, cut) => {
      const decideFromMs = errors[cut % Math.max(1, errors.length)]?.receivedAtMs ?? 0;
      const decisions = (fed: readonly HealingError[]) => {
        const matcher = createMatcher(rules);
        return fed
          .flatMap((error) => matcher.observe(error))
          .filter(({ cause }) => cause.firedAtMs >= decideFromMs)
          .map(({ rule, cause }) => [rule.id, cause]);
      };
      const replayed = errors.filter(({ receivedAtMs }) => receivedAtMs > decideFromMs - 90_000);
      expect(decisions(replayed)).toEqual(decisions(errors));
    }),
    { numRuns: 500 },
  );
});
