import { expect, test } from 'vitest';
import { createProbeEcho } from '../../../src/healing/probe-echo.ts';
import { errorOf } from './error-of.ts';

const id = 'ab12cd34ef56'.padEnd(64, '0');
const startup = 'LOG:  invalid length of startup packet';

function probedAt(atMs: number) {
  const echo = createProbeEcho({ now: () => atMs });
  echo.mark({ targetName: 'orders-db', atMs, containerId: id, aliases: ['Orders DB', 'db.shop'] });
  return echo;
}

test.each([
  [{ service: 'orders-db' }, true],
  [{ service: 'orders db' }, true],
  [{ host: 'DB.shop' }, true],
  [{ host: 'ab12cd34ef56' }, true],
  [{ containerId: id }, true],
  [{ containerId: 'ab12cd34ef56' }, true],
  [{ service: 'orders' }, false],
  [{}, false],
])('an error of %j is that of a probed target: %s', (from, expected) => {
  expect(probedAt(100_000).isEcho(errorOf({ message: startup, timestampMs: 100_500, ...from }))).toBe(expected);
});

test.each([
  ['invalid length of startup packet', true],
  ['Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis.', true],
  ["Aborted connection 7 to db: 'unconnected' user: 'unauthenticated' host: '127.0.0.1'", true],
  ['Got packets out of order', true],
  ['FATAL:  password authentication failed for user "orders"', false],
  ['[errata-probe] FATAL:  password authentication failed for user "orders"', true],
  ['connect ECONNREFUSED 10.0.0.7:5432', false],
  ['read ECONNRESET', false],
  ['FATAL:  sorry, too many clients already', false],
])('%s: %s', (message, expected) => {
  expect(probedAt(100_000).isEcho(errorOf({ message, service: 'orders-db', timestampMs: 100_500 }))).toBe(expected);
});

test('a refused login of ours is told by its application', () => {
  const refused = errorOf({
    message: 'password authentication failed for user "orders"',
    service: 'orders-db',
    timestampMs: 100_500,
  });
  const echo = probedAt(100_000);
  expect(echo.isEcho({ ...refused, details: { application_name: 'errata-probe' } })).toBe(true);
  expect(echo.isEcho({ ...refused, details: { application_name: 'shop' } })).toBe(false);
});

test('an echo lasts 30 s from the last probe; what was before the first is none', () => {
  const echo = probedAt(100_000);
  echo.mark({ targetName: 'orders-db', atMs: 120_000 });
  const at = (timestampMs: number) => echo.isEcho(errorOf({ message: startup, service: 'orders-db', timestampMs }));
  expect([90_000, 99_000, 110_000, 149_999, 150_001].map(at)).toEqual([false, true, true, true, false]);
});

test('memory is bounded: of many targets the longest untouched are forgotten', () => {
  const echo = createProbeEcho({ now: () => 100_000 });
  for (let index = 0; index < 6_000; index += 1) echo.mark({ targetName: `target-${index}`, atMs: 100_000 });
  const isEcho = (service: string) => echo.isEcho(errorOf({ message: startup, service, timestampMs: 100_500 }));
  expect(isEcho('target-999')).toBe(false);
  expect(isEcho('target-1000')).toBe(true);
  expect(isEcho('target-5999')).toBe(true);
});
