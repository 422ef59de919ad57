// A map of at most `max` entries that forgets what was not used for long, without moving an entry at each use: two
// generations, of which the old one goes whole. Matching uses a window for each error; an exact order of use halved its speed.

export interface RecentMap<Value> {
  get(key: string): Value | undefined;
  /** Makes it when there is none. */
  use(key: string, create: () => Value): Value;
  /** From now on what is not used again before the next turn is gone then. */
  turn(): void;
  size(): number;
}

export function createRecentMap<Value>(max: number): RecentMap<Value> {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  const turn = () => {
    old = young;
    young = new Map();
  };
  return {
    get: (key) => young.get(key) ?? old.get(key),
    use: (key, create) => {
      const known = young.get(key);
      if (known !== undefined) return known;
      const value = old.get(key) ?? create();
      old.delete(key);
      if (young.size >= max / 2) turn();
      young.set(key, value);
      return value;
    },
    turn,
    size: () => young.size + old.size,
  };
}
