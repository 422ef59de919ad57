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
/** What is beyond comes up again with the next error of it. */
const MAX_OPENED = 1_000;

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
  /** The fingerprints that errors were stored under before it opened. */
  readonly joining: Set<string>;
  openUntilMs: number;
  /** The caller has it on record that this one is open. */
  acknowledged: boolean;
}

export class CardinalityBreaker {
  readonly #locations = new RecentMap<string, Location>({ maxEntries: MAX_LOCATIONS });
  /** Open and not acknowledged, by key. */
  readonly #opened = new Map<string, Location>();

  /** At start: what was stored within the last 24 h. What is over the limit is reported again by the next error of it. */
  seed(rows: Iterable<{ companyId: number; loose: string; strict: readonly string[] }>, nowMs: number): void {
    for (const { companyId, loose, strict } of rows) {
      const location = this.#locationOf(companyId, loose);
      for (const one of strict) {
        see(location, one, nowMs);
        location.joining.add(one);
      }
    }
  }

  /** The fingerprint of the error's group. */
  judge(companyId: number, grouping: Grouping, nowMs: number): string {
    const { strict, loose } = grouping;
    if (strict === loose) return strict;
    const location = this.#locationOf(companyId, loose);
    see(location, strict, nowMs);
    if (nowMs >= location.openUntilMs) return strict;
    if (!location.acknowledged && this.#opened.size < MAX_OPENED) this.#opened.set(keyOf(companyId, loose), location);
    return loose;
  }

  /** What errors of any way in have opened, until it is acknowledged or closes. */
  opened(nowMs: number): readonly OpenedGroup[] {
    for (const [key, { openUntilMs }] of this.#opened) if (nowMs >= openUntilMs) this.#opened.delete(key);
    return Array.from(this.#opened.values(), ({ companyId, loose, joining }) => ({
      companyId,
      loose,
      strict: [...joining],
    }));
  }

  acknowledge(opened: readonly OpenedGroup[]): void {
    for (const { companyId, loose } of opened) {
      const key = keyOf(companyId, loose);
      this.#opened.delete(key);
      const location = this.#locations.get(key);
      location?.joining.clear();
      if (location !== undefined) location.acknowledged = true;
    }
  }

  #locationOf(companyId: number, loose: string): Location {
    const key = keyOf(companyId, loose);
    const known = this.#locations.get(key);
    if (known !== undefined) return known;
    const location: Location = {
      companyId,
      loose,
      seenMs: new Map(),
      joining: new Set(),
      openUntilMs: 0,
      acknowledged: false,
    };
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
  if (nowMs >= location.openUntilMs) {
    location.acknowledged = false;
    for (const one of seenMs.keys()) location.joining.add(one);
  }
  location.openUntilMs = nowMs + WINDOW_MS;
}
