// A map of at most `max` entries: the one unused for longest goes first.

export interface RecentMap<Value> {
  get(key: string): Value | undefined;
  /** Makes it when there is none. */
  use(key: string, create: () => Value): Value;
  /** Drops from the longest unused on, while the claim is true. */
  forget(stale: (value: Value) => boolean): void;
  size(): number;
}

export function createRecentMap<Value>(max: number): RecentMap<Value> {
  /** Oldest use first. */
  const values = new Map<string, Value>();
  return {
    get: (key) => values.get(key),
    use: (key, create) => {
      const known = values.get(key);
      const value = known ?? create();
      if (known !== undefined) values.delete(key);
      values.set(key, value);
      const oldest = values.size > max ? values.keys().next().value : undefined;
      if (oldest !== undefined) values.delete(oldest);
      return value;
    },
    forget: (stale) => {
      for (const [key, value] of values) {
        if (!stale(value)) return;
        values.delete(key);
      }
    },
    size: () => values.size,
  };
}
