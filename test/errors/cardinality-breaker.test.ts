import { expect, test } from 'vitest';
import { CardinalityBreaker } from '../../src/errors/cardinality-breaker.ts';
import { createErrorMaker } from '../../src/errors/error-maker.ts';
import type { Grouping } from '../../src/errors/error-event.ts';
import { attributes, delivery, exceptionEvent, log, NOW_MS, span } from './candidates.ts';

const HOUR_MS = 3_600_000;
const grouping = (strict: string, loose = 'loose'): Grouping => ({
  version: 'fp1',
  kind: 'stack',
  service: 'shop',
  rootType: 'E',
  outerType: '',
  frames: [],
  template: '',
  strict,
  loose,
});

function judgeMany(breaker: CardinalityBreaker, count: number, nowMs = NOW_MS): readonly string[] {
  return Array.from({ length: count }, (_, index) => breaker.judge(1, grouping(`s${index}`), nowMs));
}

test('25 groups of one location are 25 groups, the 26th opens it', () => {
  const breaker = new CardinalityBreaker();
  expect(judgeMany(breaker, 25)).toEqual(Array.from({ length: 25 }, (_, index) => `s${index}`));
  expect(breaker.judge(1, grouping('s25'), NOW_MS)).toBe('loose');
  expect(breaker.opened(NOW_MS)[0]?.strict).toHaveLength(26);
  expect(breaker.judge(1, grouping('s0'), NOW_MS)).toBe('loose');
});

test('another company and another location stay closed', () => {
  const breaker = new CardinalityBreaker();
  judgeMany(breaker, 26);
  expect(breaker.judge(2, grouping('s0'), NOW_MS)).toBe('s0');
  expect(breaker.judge(1, grouping('s0', 'elsewhere'), NOW_MS)).toBe('s0');
});

test('25 a day for days never open it', () => {
  const breaker = new CardinalityBreaker();
  for (let day = 0; day < 10; day += 1) {
    for (let index = 0; index < 20; index += 1) {
      const strict = `d${day}-${index}`;
      expect(breaker.judge(1, grouping(strict), NOW_MS + day * 25 * HOUR_MS)).toBe(strict);
    }
  }
});

test('it closes after 24 hours without that many', () => {
  const breaker = new CardinalityBreaker();
  judgeMany(breaker, 26);
  // Still more than 25 within the last 24 hours: 24 more from here.
  expect(breaker.judge(1, grouping('s1'), NOW_MS + 23 * HOUR_MS)).toBe('loose');
  expect(breaker.judge(1, grouping('s1'), NOW_MS + 46 * HOUR_MS)).toBe('loose');
  expect(breaker.judge(1, grouping('s1'), NOW_MS + 48 * HOUR_MS)).toBe('s1');
  expect(breaker.opened(NOW_MS + 48 * HOUR_MS)).toEqual([]);
});

test('what opened is reported until it was acknowledged, then not again', () => {
  const breaker = new CardinalityBreaker();
  judgeMany(breaker, 26);
  const opened = breaker.opened(NOW_MS);
  expect(opened).toMatchObject([{ companyId: 1, loose: 'loose' }]);
  breaker.judge(1, grouping('s1'), NOW_MS);
  expect(breaker.opened(NOW_MS)).toHaveLength(1);
  breaker.acknowledge(opened);
  breaker.judge(1, grouping('s2'), NOW_MS);
  expect(breaker.opened(NOW_MS)).toEqual([]);
});

test('a restart does not close it', () => {
  const breaker = new CardinalityBreaker();
  breaker.seed(
    [{ companyId: 1, loose: 'loose', strict: Array.from({ length: 26 }, (_, index) => `s${index}`) }],
    NOW_MS,
  );
  expect(breaker.judge(1, grouping('new'), NOW_MS)).toBe('loose');
});

test('end to end: a location whose messages vary in words becomes one group', () => {
  const maker = createErrorMaker();
  const words = Array.from({ length: 30 }, (_, index) => String.fromCodePoint(97 + (index % 26)).repeat(3 + index));
  const made = maker.fromDelivery(
    delivery(
      words.map((word) =>
        span({
          exceptions: [
            exceptionEvent({
              'exception.type': 'LookupError',
              'exception.message': `no such thing as ${word}`,
              'exception.stacktrace': `LookupError: no such thing as ${word}\n    at find (/app/src/find.js:1:2)`,
            }),
          ],
        }),
      ),
    ),
    NOW_MS,
  );
  expect(new Set(made.events.map(({ fingerprint }) => fingerprint)).size).toBe(26);
  const loose = made.events[0]?.grouping.loose;
  expect(made.events.slice(25).map(({ fingerprint }) => fingerprint)).toEqual(Array(5).fill(loose));
  expect(made.opened).toHaveLength(1);
  expect(made.opened[0]?.strict.length).toBeGreaterThanOrEqual(26);
  maker.remember(made);
  expect(maker.fromDelivery(delivery([span({ statusMessage: 'x' })]), NOW_MS).opened).toEqual([]);
});

test('frame-less errors fall back to their first four words, not to their type', () => {
  const maker = createErrorMaker();
  const say = (text: string): string =>
    maker.fromDelivery(delivery([log({ body: text, attributes: attributes({ 'exception.type': 'E' }) })]), NOW_MS)
      .events[0]?.fingerprint ?? '';
  const words = Array.from({ length: 40 }, (_, index) => String.fromCodePoint(97 + (index % 26)).repeat(3 + index));
  const fingerprints = words.map((word) => say(`cannot load the plugin ${word}`));
  expect(fingerprints[39]).toBe(fingerprints[38]);
  expect(say('disk is full on the shelf')).not.toBe(fingerprints[39]);
});

test('every fingerprint that errors were stored under is handed on, however many vary after it opened', () => {
  const breaker = new CardinalityBreaker();
  const stored = new Set<string>();
  for (let index = 0; index < 100; index += 1) {
    const judged = breaker.judge(1, grouping(`s${index}`), NOW_MS);
    if (judged !== 'loose') stored.add(judged);
  }
  const [opened] = breaker.opened(NOW_MS);
  expect([...stored].filter((strict) => opened?.strict.includes(strict) !== true)).toEqual([]);
  expect(stored.size).toBe(25);
});
