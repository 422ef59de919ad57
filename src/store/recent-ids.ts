// Occurrences that this process has stored lately, so that an insert need not ask the store about each new one: a quarter
// of the time of a small insert. Only for the embedded store, where nobody else writes. Never a guess: what it does not
// surely know is asked. Numbers in typed arrays: as objects they cost the garbage collector a tenth of a storm.
import type { ErrorEvent } from '../errors/error-event.ts';

export interface Known {
  readonly richness: number;
  readonly fingerprint: string;
}

export type RecentKey = Pick<ErrorEvent, 'companyId' | 'id'>;

export interface RecentRow extends Known, RecentKey {
  readonly timestampMs: number;
}

export interface RecentIds {
  /** true: every stored error from this time on is here. */
  covers(fromMs: number): boolean;
  find(key: RecentKey): Known | undefined;
  /** Rows that are durable now. */
  add(rows: readonly RecentRow[]): void;
  /** At start: all rows from this time on. */
  load(rows: readonly RecentRow[], fromMs: number): void;
  /** After an insert of unknown outcome: nothing is sure up to this time. */
  forget(untilMs: number): void;
}

/** A generation: 5 MB, and at 500 errors a second more than three minutes. There are two. */
const MAX_ROWS = 100_000;

/** A power of two; a bit more than a third full at most. */
const SLOTS = 262_144;

/** The company, and the id as four numbers. */
const WORDS = 5;

export function keyOf({ companyId, id }: RecentKey): string {
  return `${companyId}/${id}`;
}

export function createRecentIds(): RecentIds {
  let young = new Generation();
  let old = new Generation();
  let completeFromMs = Number.POSITIVE_INFINITY;

  function add(added: readonly RecentRow[]): void {
    for (const row of added) {
      if (young.count === MAX_ROWS) {
        completeFromMs = Math.max(completeFromMs, old.newestMs + 1);
        [young, old] = [old, young];
        young.clear();
      }
      young.add(row);
    }
  }

  return {
    covers: (fromMs) => fromMs >= completeFromMs,
    find: (key) => young.find(key) ?? old.find(key),
    add,
    load: (loaded, fromMs) => {
      completeFromMs = fromMs;
      add(loaded);
    },
    forget: (untilMs) => {
      young.clear();
      old.clear();
      completeFromMs = untilMs;
    },
  };
}

/** Rows in the order in which they came, found through a table of their places by open addressing. */
class Generation {
  count = 0;
  newestMs = Number.NEGATIVE_INFINITY;
  /** Place + 1; 0 is free. */
  readonly #places = new Uint32Array(SLOTS);
  readonly #keys = new Uint32Array(MAX_ROWS * WORDS);
  readonly #richness = new Uint8Array(MAX_ROWS);
  /** Shared with the groups: a reference each. */
  readonly #fingerprints: string[] = [];
  readonly #sought = new Uint32Array(WORDS);

  add(row: RecentRow): void {
    const slot = this.#slotOf(row);
    // The same row once more, as after a start: the first stays.
    if (this.#places[slot] !== 0) return;
    this.#keys.set(this.#sought, this.count * WORDS);
    this.#richness[this.count] = row.richness;
    this.#fingerprints[this.count] = row.fingerprint;
    this.newestMs = Math.max(this.newestMs, row.timestampMs);
    this.count += 1;
    this.#places[slot] = this.count;
  }

  find(key: RecentKey): Known | undefined {
    if (this.count === 0) return undefined;
    const place = (this.#places[this.#slotOf(key)] ?? 0) - 1;
    if (place < 0) return undefined;
    return { richness: this.#richness[place] ?? 0, fingerprint: this.#fingerprints[place] ?? '' };
  }

  clear(): void {
    this.count = 0;
    this.newestMs = Number.NEGATIVE_INFINITY;
    this.#places.fill(0);
    this.#fingerprints.length = 0;
  }

  /** Where the key stands, or the free slot where it would. */
  #slotOf({ companyId, id }: RecentKey): number {
    const sought = this.#sought;
    sought[0] = companyId;
    // 8-4-4-4-12 hex digits.
    sought[1] = Number.parseInt(id.slice(0, 8), 16);
    sought[2] = Number.parseInt(id.slice(9, 13) + id.slice(14, 18), 16);
    sought[3] = Number.parseInt(id.slice(19, 23) + id.slice(24, 28), 16);
    sought[4] = Number.parseInt(id.slice(28), 16);
    // Ids are made by hashing: their last word is as good as any hash of them.
    let slot = ((sought[4] ?? 0) ^ companyId) & (SLOTS - 1);
    while (!this.#isFreeOrHolds(slot)) slot = (slot + 1) & (SLOTS - 1);
    return slot;
  }

  #isFreeOrHolds(slot: number): boolean {
    const place = this.#places[slot] ?? 0;
    if (place === 0) return true;
    const from = (place - 1) * WORDS;
    for (let word = 0; word < WORDS; word += 1) if (this.#keys[from + word] !== this.#sought[word]) return false;
    return true;
  }
}
