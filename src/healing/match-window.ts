// What is kept of one key of one rule: the newest timestamps, values and groups that can still decide. Each is "the n
// newest", whatever order they came in, so that a replay of the window alone ends in the same state.
import { createBucketCounts } from './bucket-counts.ts';
import type { BucketCounts } from './bucket-counts.ts';
import type { When } from './rule.ts';

/** Timestamps kept when the rule needs fewer: a cause's count is exact up to there. */
const KEPT_TIMES = 128;

/** Groups named in a cause: the newest. */
const MAX_FINGERPRINTS = 20;

interface Seen {
  readonly errorId: string;
  readonly fingerprint: string;
  readonly value: string | undefined;
}

interface Sight {
  atMs: number;
  errorId: string;
}

export class MatchWindow {
  /** Ascending. */
  #times: number[] = [];
  readonly #maxTimes: number;
  readonly #values: Newest | undefined;
  readonly #fingerprints = new Newest(MAX_FINGERPRINTS);
  readonly #matched: BucketCounts | undefined;
  readonly #when: When;
  /** Slot of the clock it fired in last. */
  firedSlot = -1;

  constructor(when: When) {
    this.#when = when;
    this.#maxTimes = Math.max(when.count, KEPT_TIMES);
    this.#values = when.distinct === undefined ? undefined : new Newest(when.distinct.min);
    this.#matched = when.ratio === undefined ? undefined : createBucketCounts(when.withinMs);
  }

  add(atMs: number, clock: number, seen: Seen): void {
    const times = this.#times;
    let place = times.length;
    while (place > 0 && (times[place - 1] ?? 0) > atMs) place -= 1;
    if (place === times.length) times.push(atMs);
    else times.splice(place, 0, atMs);
    if (times.length > this.#maxTimes) times.shift();
    this.#fingerprints.add(seen.fingerprint, atMs, seen.errorId);
    if (seen.value !== undefined) this.#values?.add(seen.value, atMs, seen.errorId);
    this.#matched?.add(atMs, clock);
  }

  /** `ofService`: all errors of the service in the window. */
  complete(clock: number, ofService: number): boolean {
    const { count, distinct, ratio } = this.#when;
    if (this.count(clock) < count) return false;
    if (distinct !== undefined && (this.#values?.after(this.#from(clock)).length ?? 0) < distinct.min) return false;
    if (ratio === undefined) return true;
    const share = (this.#matched?.count(clock) ?? 0) / ofService;
    // More than all: the service's count was forgotten under pressure, and nothing is known.
    return ofService >= ratio.samples && share >= ratio.min && share <= 1;
  }

  count(clock: number): number {
    const from = this.#from(clock);
    while (this.#times.length > 0 && (this.#times[0] ?? 0) <= from) this.#times.shift();
    return this.#times.length;
  }

  /** Of those kept; undefined: the window is empty. */
  firstAtMs(clock: number): number | undefined {
    return this.count(clock) === 0 ? undefined : this.#times[0];
  }

  /** Newest first, each with the id of its newest error. */
  fingerprints(clock: number): ReadonlyMap<string, string> {
    return new Map(this.#fingerprints.after(this.#from(clock)));
  }

  #from(clock: number): number {
    return clock - this.#when.withinMs;
  }
}

/** The `max` values seen latest; of equal times those that sort last. */
class Newest {
  readonly #sights = new Map<string, Sight>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  add(value: string, atMs: number, errorId: string): void {
    const sight = this.#sights.get(value);
    if (sight === undefined) {
      this.#sights.set(value, { atMs, errorId });
      if (this.#sights.size > this.#max) this.#sights.delete(this.#oldest());
    } else if (sight.atMs < atMs) {
      sight.atMs = atMs;
      sight.errorId = errorId;
    }
  }

  /** Newest first, with the errors that they were seen in. */
  after(fromMs: number): readonly (readonly [string, string])[] {
    return [...this.#sights]
      .filter(([, { atMs }]) => atMs > fromMs)
      .sort(([a, { atMs: aMs }], [b, { atMs: bMs }]) => bMs - aMs || (a < b ? 1 : -1))
      .map(([value, { errorId }]) => [value, errorId]);
  }

  #oldest(): string {
    let oldest = '';
    let oldestMs = Infinity;
    for (const [value, { atMs }] of this.#sights) {
      if (atMs > oldestMs || (atMs === oldestMs && value >= oldest)) continue;
      oldest = value;
      oldestMs = atMs;
    }
    return oldest;
  }
}
