// When one code location (loose fingerprint) brings forth more than 25 groups a day, its messages vary in ways that the
// template does not see, and thousands of groups would hide the bug: then the location is the group.
// closed → open: the 26th distinct strict fingerprint within 24 h. open → closed: 24 h without that many.
import type { Grouping } from './error-event.ts';
import { joinPrefixed } from './length-prefixed.ts';
import { RecentMap } from './recent-map.ts';

const MAX_STRICT = 25;
const WINDOW_MS = 24 * 3_600_000;
/** At most 26 fingerprints each: about 40 MB when every location varies. */
const MAX_LOCATIONS = 10_000;

/** Groups that become one: alias rows from each `strict` to `loose` are to be written. */
export interface OpenedGroup {
  readonly companyId: number;
  readonly loose: string;
  readonly strict: readonly string[];
}

interface Location {
  readonly companyId: number;
  readonly loose: string;
  /** Last seen by strict fingerprint, the oldest first; at most MAX_STRICT + 1. */
  readonly seenMs: Map<string, number>;
  openUntilMs: number;
  /** The caller has it on record that this one is open. */
  acknowledged: boolean;
}

export interface Verdict {
  readonly fingerprint: string;
  /** Set until `acknowledge`. */
  readonly opened: OpenedGroup | undefined;
}

export class CardinalityBreaker {
  readonly #locations = new RecentMap<string, Location>({ maxEntries: MAX_LOCATIONS });

  /** At start: what was stored within the last 24 h. What is over the limit is reported again by the next error of it. */
  seed(rows: Iterable<{ companyId: number; loose: string; strict: readonly string[] }>, nowMs: number): void {
    for (const { companyId, loose, strict } of rows) {
      const location = this.#locationOf(companyId, loose);
      for (const one of strict) see(location, one, nowMs);
    }
  }

  judge(companyId: number, grouping: Grouping, nowMs: number): Verdict {
    const { strict, loose } = grouping;
    if (strict === loose) return { fingerprint: strict, opened: undefined };
    const location = this.#locationOf(companyId, loose);
    see(location, strict, nowMs);
    if (nowMs >= location.openUntilMs) return { fingerprint: strict, opened: undefined };
    const opened = location.acknowledged ? undefined : { companyId, loose, strict: [...location.seenMs.keys()] };
    return { fingerprint: loose, opened };
  }

  acknowledge(opened: readonly OpenedGroup[]): void {
    for (const { companyId, loose } of opened) {
      const location = this.#locations.get(keyOf(companyId, loose));
      if (location !== undefined) location.acknowledged = true;
    }
  }

  #locationOf(companyId: number, loose: string): Location {
    const key = keyOf(companyId, loose);
    const known = this.#locations.get(key);
    if (known !== undefined) return known;
    const location: Location = { companyId, loose, seenMs: new Map(), openUntilMs: 0, acknowledged: false };
    this.#locations.set(key, location);
    return location;
  }
}

function keyOf(companyId: number, loose: string): string {
  return joinPrefixed([`${companyId}`, loose]);
}

function see(location: Location, strict: string, nowMs: number): void {
  const { seenMs } = location;
  seenMs.delete(strict);
  seenMs.set(strict, nowMs);
  for (const [oldest, lastSeenMs] of seenMs) {
    if (lastSeenMs > nowMs - WINDOW_MS && seenMs.size <= MAX_STRICT + 1) break;
    seenMs.delete(oldest);
  }
  if (seenMs.size <= MAX_STRICT) return;
  if (nowMs >= location.openUntilMs) location.acknowledged = false;
  location.openUntilMs = nowMs + WINDOW_MS;
}
