// A Map with a bound, for everything that is remembered about untrusted input. Two generations instead of a list by use: a
// hit in the young one costs one look-up and moves nothing. When the young one is full it becomes the old one.

export interface RecentLimits<K> {
  /** Never more than this; at least half as many of those used last are there. */
  readonly maxEntries: number;
  /** Bound on the sum of `weightOf`, for keys that may be long. */
  readonly maxWeight?: number;
  readonly weightOf?: (key: K) => number;
}

export class RecentMap<K, V> {
  #young = new Map<K, V>();
  #old = new Map<K, V>();
  #youngWeight = 0;
  readonly #limits: RecentLimits<K>;

  constructor(limits: RecentLimits<K>) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: K): V | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const aged = this.#old.get(key);
    if (aged !== undefined) this.set(key, aged);
    return aged;
  }

  /** One look-up: what also stands in the old generation is never found there again, and goes with it. */
  set(key: K, value: V): void {
    const sizeBefore = this.#young.size;
    this.#young.set(key, value);
    if (this.#young.size > sizeBefore) this.#makeRoom(key, value);
  }

  #makeRoom(key: K, value: V): void {
    const { maxEntries, maxWeight, weightOf } = this.#limits;
    const weight = weightOf === undefined ? 0 : weightOf(key);
    const isTooMany = this.#young.size > maxEntries / 2;
    if (isTooMany || (maxWeight !== undefined && this.#youngWeight + weight > maxWeight / 2)) {
      this.#young.delete(key);
      this.#old = this.#young;
      this.#young = new Map([[key, value]]);
      this.#youngWeight = 0;
    }
    this.#youngWeight += weight;
  }
}
