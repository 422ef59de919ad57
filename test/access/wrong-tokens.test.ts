import { expect, test } from 'vitest';
import { createAuthenticator } from '../../src/access/authenticate.ts';
import { toTokenRecord } from '../../src/access/token-record.ts';
import type { TokenRecord } from '../../src/access/token-record.ts';
import { limitWrongTokens } from '../../src/access/wrong-tokens.ts';

const known = toTokenRecord({ name: 'svc', token: 'errata_right', company: 7, scopes: ['read'] });
const other = toTokenRecord({ name: 'other', token: 'errata_other', company: 7, scopes: ['read'] });

function open(records: readonly TokenRecord[] = [known, other]) {
  const clock = { nowMs: Date.UTC(2026, 0, 1) };
  const now = () => clock.nowMs;
  const authenticate = limitWrongTokens(createAuthenticator({ records: () => records, now }), { now });
  const codeOf = (token: string, address: string): string => {
    try {
      return authenticate(`Bearer ${token}`, address).name;
    } catch (failure) {
      return (failure as { code: string }).code;
    }
  };
  const guess = (times: number, address: string) =>
    Array.from({ length: times }, (_, n) => codeOf(`errata_guess-${n}`, address));
  return { clock, authenticate, codeOf, guess };
}

test('the twenty-first guess of an address is not looked at, right or wrong, and others go on', () => {
  const { codeOf, guess } = open();
  expect(new Set(guess(20, '192.0.2.1'))).toEqual(new Set(['UNAUTHENTICATED']));
  expect(codeOf('errata_guess-20', '192.0.2.1')).toBe('RATE_LIMITED');
  expect(codeOf('errata_right', '192.0.2.1')).toBe('RATE_LIMITED');
  expect(codeOf('errata_right', '192.0.2.2')).toBe('svc');
});

test('ten minutes after the first guess it may go on, and is told so', () => {
  const { clock, authenticate, codeOf, guess } = open();
  guess(20, '192.0.2.1');
  clock.nowMs += 599_999;
  expect(() => authenticate('Bearer errata_right', '192.0.2.1')).toThrow(
    expect.objectContaining({ code: 'RATE_LIMITED', retryAfterSeconds: 1 }),
  );
  clock.nowMs += 1;
  expect(codeOf('errata_right', '192.0.2.1')).toBe('svc');
});

test('the same wrong token again is no further guess: an outdated client locks nobody out', () => {
  const { codeOf } = open();
  for (let n = 0; n < 100; n += 1) expect(codeOf('errata_outdated', '192.0.2.1')).toBe('UNAUTHENTICATED');
  expect(codeOf('errata_right', '192.0.2.1')).toBe('svc');
});

test('who was let in from there before goes on while a stranger guesses through the same proxy', () => {
  const { codeOf, guess } = open();
  expect(codeOf('errata_right', '192.0.2.1')).toBe('svc');
  guess(30, '192.0.2.1');
  expect(codeOf('errata_right', '192.0.2.1')).toBe('svc');
  expect(codeOf('errata_other', '192.0.2.1')).toBe('RATE_LIMITED');
});

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', 'RATE_LIMITED'],
  ['2001:db8::1', '2001:db8:0:0:5::', 'RATE_LIMITED'],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', 'svc'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.2', 'svc'],
])('guesses from %s make %s hear %s', (one, two, answer) => {
  const { codeOf, guess } = open();
  guess(20, one);
  expect(codeOf('errata_right', two)).toBe(answer);
});

test('who sends no token guesses nothing, and asking again about somebody counts nothing', () => {
  const { authenticate, codeOf } = open();
  for (let n = 0; n < 30; n += 1) {
    expect(() => authenticate(undefined, '192.0.2.1')).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
    expect(() => authenticate(`Bearer errata_guess-${n}`)).toThrow(
      expect.objectContaining({ code: 'UNAUTHENTICATED' }),
    );
  }
  expect(codeOf('errata_right', '192.0.2.1')).toBe('svc');
});

test('without tokens nobody is counted', () => {
  const { guess } = open([]);
  expect(new Set(guess(40, '127.0.0.1'))).toEqual(new Set(['local']));
});
