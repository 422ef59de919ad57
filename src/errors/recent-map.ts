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

  set(key: K, value: V): void {
    this.#old.delete(key);
    if (!this.#young.has(key)) this.#makeRoom(key);
    this.#young.set(key, value);
  }

  #makeRoom(key: K): void {
    const { maxEntries, maxWeight, weightOf } = this.#limits;
    const weight = weightOf === undefined ? 0 : weightOf(key);
    const isFull = this.#young.size >= maxEntries / 2;
    if (isFull || (maxWeight !== undefined && this.#youngWeight + weight > maxWeight / 2)) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngWeight = 0;
    }
    this.#youngWeight += weight;
  }
}
