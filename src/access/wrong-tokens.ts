// Wrong tokens, counted by address: against noise, and so that somebody hears of it. Not against guessing: a token is 256
// random bits. So the right one always passes, whoever else tries from its address; behind a proxy all callers have the same.
import { isIPv6 } from 'node:net';
import { Failure } from '../failure.ts';
import type { Metrics } from '../metrics.ts';
import type { Authenticate } from './authenticate.ts';
import type { Principal } from './principal.ts';
import { hashToken } from './token-record.ts';

/** As Authenticate. Without an address it is asked again about somebody who was let in before: nothing is counted. */
export type AuthenticateFrom = (authorizationHeader: string | undefined, address?: string) => Principal;

interface WatchedDoors {
  /** Throws RATE_LIMITED instead of UNAUTHENTICATED once many different wrong tokens came from this address. */
  readonly limited: AuthenticateFrom;
  /**
   * For telemetry: always UNAUTHENTICATED. RATE_LIMITED would make senders keep and repeat it (OTLP specification: retryable
   * response codes), and an outdated token is as wrong the next time.
   */
  readonly counted: AuthenticateFrom;
}

interface WatchParts {
  readonly now: () => number;
  readonly metrics: Pick<Metrics, 'counter'>;
  readonly logger: { warn(fields: object, message: string): void };
}

/** Different wrong tokens of one address within the window; nobody pastes that many by mistake. */
const MAX_WRONG = 20;
const WINDOW_MINUTES = 10;

/** Beyond these the longest unseen is forgotten. */
const MAX_ADDRESSES = 10_000;

interface Sender {
  /** Of its wrong tokens. */
  readonly hashes: Set<string>;
  readonly endsAtMs: number;
}

export function watchWrongTokens(authenticate: Authenticate, { now, metrics, logger }: WatchParts): WatchedDoors {
  const requests = metrics.counter('errata_wrong_tokens_total', 'Requests with a wrong token, at all doors.');
  /** By address; the longest unseen comes first. */
  const senders = new Map<string, Sender>();

  /** How long its sender is to wait; undefined: it is not past the limit. */
  function count(header: string, address: string): number | undefined {
    requests.add();
    const { hashes, endsAtMs } = senderAt(blockOf(address));
    if (hashes.size === MAX_WRONG) return endsAtMs - now();
    hashes.add(hashToken(header));
    if (hashes.size === MAX_WRONG) {
      logger.warn(
        { address, tokens: MAX_WRONG, minutes: WINDOW_MINUTES },
        'many different wrong tokens from one address',
      );
    }
    return undefined;
  }

  function senderAt(block: string): Sender {
    const known = senders.get(block);
    const sender =
      known !== undefined && now() < known.endsAtMs
        ? known
        : { hashes: new Set<string>(), endsAtMs: now() + WINDOW_MINUTES * 60_000 };
    senders.delete(block);
    senders.set(block, sender);
    const [oldest] = senders.keys();
    if (senders.size > MAX_ADDRESSES && oldest !== undefined) senders.delete(oldest);
    return sender;
  }

  const watched =
    (isLimited: boolean): AuthenticateFrom =>
    (header, address) => {
      try {
        return authenticate(header);
      } catch (failure) {
        // Nothing was tried: a page that asks whether somebody is signed in.
        if (header === undefined || address === undefined) throw failure;
        const waitMs = count(header, address);
        throw isLimited && waitMs !== undefined ? tooMany(waitMs) : failure;
      }
    };
  return { limited: watched(true), counted: watched(false) };
}

function tooMany(waitMs: number): Failure {
  const message = `this token is unknown, expired or revoked, and ${MAX_WRONG} different wrong ones came from this address: wait, or send the right one`;
  return new Failure('RATE_LIMITED', message, { retryAfterSeconds: Math.ceil(waitMs / 1_000) });
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
