import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createAuthenticator } from '../../src/access/authenticate.ts';
import { toTokenRecord } from '../../src/access/token-record.ts';
import type { TokenRecord } from '../../src/access/token-record.ts';
import { watchWrongTokens } from '../../src/access/wrong-tokens.ts';
import { createMetrics } from '../../src/metrics.ts';

const known = toTokenRecord({ name: 'svc', token: 'errata_right', company: 7, scopes: ['read'] });

function open(records: readonly TokenRecord[] = [known]) {
  const clock = { nowMs: Date.UTC(2026, 0, 1) };
  const now = () => clock.nowMs;
  const lines: unknown[] = [];
  const logger = pino({ base: null, timestamp: false }, { write: (line) => void lines.push(JSON.parse(line)) });
  const metrics = createMetrics();
  const { limited, counted } = watchWrongTokens(createAuthenticator({ records: () => records, now }), {
    now,
    metrics,
    logger,
  });
  const codeOf = (token: string, address: string, door = limited): string => {
    try {
      return door(`Bearer ${token}`, address).name;
    } catch (failure) {
      return (failure as { code: string }).code;
    }
  };
  const guess = (times: number, address: string, door = limited) =>
    Array.from({ length: times }, (_, n) => codeOf(`errata_guess-${n}`, address, door));
  const count = () => /^errata_wrong_tokens_total (\d+)$/m.exec(metrics.expose())?.[1];
  return { clock, lines, limited, counted, codeOf, guess, count };
}

test('after twenty wrong tokens of an address the next are told to wait, and the right one passes all the same', () => {
  const { codeOf, guess } = open();
  expect(new Set(guess(20, '192.0.2.1'))).toEqual(new Set(['UNAUTHENTICATED']));
  expect(codeOf('errata_guess-20', '192.0.2.1')).toBe('RATE_LIMITED');
  expect(codeOf('errata_guess-3', '192.0.2.1')).toBe('RATE_LIMITED');
  expect(codeOf('errata_right', '192.0.2.1')).toBe('svc');
  expect(codeOf('errata_guess-20', '192.0.2.2')).toBe('UNAUTHENTICATED');
});

test('the wait ends ten minutes after the first wrong token, and is told', () => {
  const { clock, limited, codeOf, guess } = open();
  guess(20, '192.0.2.1');
  clock.nowMs += 599_999;
  expect(() => limited('Bearer errata_wrong', '192.0.2.1')).toThrow(
    expect.objectContaining({ code: 'RATE_LIMITED', retryAfterSeconds: 1 }),
  );
  clock.nowMs += 1;
  expect(codeOf('errata_wrong', '192.0.2.1')).toBe('UNAUTHENTICATED');
});

test('the same wrong token again and again is one: an outdated client is told what is wrong, not to wait', () => {
  const { codeOf, lines } = open();
  for (let n = 0; n < 100; n += 1) expect(codeOf('errata_outdated', '192.0.2.1')).toBe('UNAUTHENTICATED');
  expect(lines).toEqual([]);
});

test('senders of telemetry hear 401 however many there were, as 429 would make them keep and repeat it', () => {
  const { counted, codeOf, guess } = open();
  expect(new Set(guess(40, '192.0.2.1', counted))).toEqual(new Set(['UNAUTHENTICATED']));
  expect(codeOf('errata_right', '192.0.2.1', counted)).toBe('svc');
});

test('an address is told of once in ten minutes, without a token, whatever door was tried', () => {
  const { clock, lines, counted, codeOf, guess } = open();
  const line = {
    level: 40,
    address: '192.0.2.1',
    tokens: 20,
    minutes: 10,
    msg: 'many different wrong tokens from one address',
  };
  guess(19, '192.0.2.1', counted);
  expect(lines).toEqual([]);
  codeOf('errata_another', '192.0.2.1');
  guess(60, '192.0.2.1');
  guess(60, '192.0.2.1', counted);
  expect(lines).toEqual([line]);
  clock.nowMs += 600_000;
  guess(60, '192.0.2.1');
  expect(lines).toEqual([line, line]);
});

test('each request with a wrong token is counted, those of one token and those past the limit too', () => {
  const { counted, codeOf, guess, count } = open();
  guess(30, '192.0.2.1');
  guess(5, '192.0.2.2', counted);
  codeOf('errata_right', '192.0.2.1');
  expect(count()).toBe('35');
});

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', 'RATE_LIMITED'],
  ['2001:db8::1', '2001:db8:0:0:5::', 'RATE_LIMITED'],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', 'UNAUTHENTICATED'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.2', 'UNAUTHENTICATED'],
])('wrong tokens from %s make %s hear %s', (one, two, answer) => {
  const { codeOf, guess } = open();
  guess(20, one);
  expect(codeOf('errata_wrong', two)).toBe(answer);
});

test('who sends no token is not counted, nor is asking again about somebody', () => {
  const { limited, codeOf, count } = open();
  for (let n = 0; n < 30; n += 1) {
    expect(() => limited(undefined, '192.0.2.1')).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
    expect(() => limited(`Bearer errata_guess-${n}`)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  }
  expect(count()).toBeUndefined();
  expect(codeOf('errata_wrong', '192.0.2.1')).toBe('UNAUTHENTICATED');
});

test('without tokens nobody is counted', () => {
  const { guess, count } = open([]);
  expect(new Set(guess(40, '127.0.0.1'))).toEqual(new Set(['local']));
  expect(count()).toBeUndefined();
});
