// A Map with a bound: what was used longest ago goes first. Everything the domain remembers about untrusted input is in one.

export interface LruLimits<K> {
  readonly maxEntries: number;
  /** Bound on the sum of `weightOf`, for keys that may be long. */
  readonly maxWeight?: number;
  readonly weightOf?: (key: K) => number;
}

/** A value that was got or set is young again. */
export class LruMap<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #limits: LruLimits<K>;
  #weight = 0;

  constructor(limits: LruLimits<K>) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** A look that does not make it young. */
  peek(key: K): V | undefined {
    return this.#entries.get(key);
  }

  set(key: K, value: V): void {
    if (!this.#entries.delete(key)) this.#weight += this.#weigh(key);
    this.#entries.set(key, value);
    this.#shrink();
  }

  delete(key: K): void {
    if (this.#entries.delete(key)) this.#weight -= this.#weigh(key);
  }

  #shrink(): void {
    const { maxEntries, maxWeight = Number.POSITIVE_INFINITY } = this.#limits;
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= maxEntries && this.#weight <= maxWeight) return;
      this.delete(key);
    }
  }

  #weigh(key: K): number {
    return this.#limits.weightOf?.(key) ?? 0;
  }
}
