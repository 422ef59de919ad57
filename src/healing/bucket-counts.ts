// How many in the last `withinMs`, without keeping each: counts in buckets of a sixtieth of the window, aligned to the
// clock. The oldest bucket is left out as soon as any part of it is too old, so the window is up to 1/60 too short.

const BUCKETS = 60;

export interface BucketCounts {
  /** `atMs` is not after `clock`. */
  add(atMs: number, clock: number): void;
  count(clock: number): number;
}

export function createBucketCounts(withinMs: number): BucketCounts {
  const sizeMs = withinMs / BUCKETS;
  const buckets = new Float64Array(BUCKETS).fill(-1);
  const counts = new Float64Array(BUCKETS);
  return {
    add: (atMs, clock) => {
      const bucket = Math.floor(atMs / sizeMs);
      if (bucket <= Math.floor(clock / sizeMs) - BUCKETS) return;
      const place = bucket % BUCKETS;
      counts[place] = buckets[place] === bucket ? (counts[place] ?? 0) + 1 : 1;
      buckets[place] = bucket;
    },
    count: (clock) => {
      const before = Math.floor(clock / sizeMs) - BUCKETS;
      let sum = 0;
      for (let place = 0; place < BUCKETS; place++) if ((buckets[place] ?? -1) > before) sum += counts[place] ?? 0;
      return sum;
    },
  };
}
