// Whoever tries one token after the other is stopped by address, before the next is looked at. The same wrong token again
// is no further guess, so a client with an outdated one locks nobody out; and what was right before stays right, so that a
// stranger who comes through the same proxy locks out nobody who is at work.
import { isIPv6 } from 'node:net';
import { Failure } from '../failure.ts';
import type { Authenticate } from './authenticate.ts';
import type { Principal } from './principal.ts';
import { hashToken } from './token-record.ts';

/**
 * As Authenticate, and throws RATE_LIMITED after too many wrong tokens from this address. Without an address it is asked again
 * about somebody who was let in before: nothing is counted.
 */
export type AuthenticateFrom = (authorizationHeader: string | undefined, address?: string) => Principal;

/** Different wrong tokens of one address within the window; nobody pastes that many by mistake. */
const MAX_WRONG = 20;
const WINDOW_MS = 600_000;

/** Beyond these the longest known is forgotten: an attacker with more addresses has more guesses anyway. */
const MAX_ADDRESSES = 10_000;
const MAX_RIGHT = 10_000;

interface Wrong {
  readonly hashes: Set<string>;
  readonly endsAtMs: number;
}

export function limitWrongTokens(
  authenticate: Authenticate,
  { now }: { readonly now: () => number },
): AuthenticateFrom {
  const wrong = new Map<string, Wrong>();
  /** Address and hash of what was accepted. */
  const right = new Map<string, true>();

  return (header, address) => {
    // Nothing was tried: a page that asks whether somebody is signed in.
    if (header === undefined || address === undefined) return authenticate(header);
    const from = blockOf(address);
    const hash = hashToken(header);
    const attempt = `${from} ${hash}`;
    const tried = wrongOf(from);
    if (tried.hashes.size >= MAX_WRONG && !right.has(attempt)) throw tooMany(tried.endsAtMs - now());
    try {
      const principal = authenticate(header);
      if (principal.tokenId !== 'local') keep(right, { key: attempt, value: true, max: MAX_RIGHT });
      return principal;
    } catch (failure) {
      tried.hashes.add(hash);
      keep(wrong, { key: from, value: tried, max: MAX_ADDRESSES });
      throw failure;
    }
  };

  function wrongOf(from: string): Wrong {
    const known = wrong.get(from);
    return known !== undefined && now() < known.endsAtMs ? known : { hashes: new Set(), endsAtMs: now() + WINDOW_MS };
  }
}

function tooMany(leftMs: number): Failure {
  return new Failure('RATE_LIMITED', `this address has sent ${MAX_WRONG} wrong tokens: wait, then send the right one`, {
    retryAfterSeconds: Math.ceil(leftMs / 1_000),
  });
}

/** A Map keeps the order of insertion: re-inserting on use puts the longest unused first. */
function keep<Value>(
  map: Map<string, Value>,
  { key, value, max }: { readonly key: string; readonly value: Value; readonly max: number },
): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > max && oldest !== undefined) map.delete(oldest);
}

/** One customer of a provider has 2^64 addresses of IPv6 (RFC 6177): they count as one. */
function blockOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - groups.length - rest.length }, () => '0');
  return [...groups, ...zeros, ...rest].slice(0, 4).join(':');
}
