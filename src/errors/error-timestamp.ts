// One bad clock must not make partitions in 1970 or 2100, nor put an error outside every time range.

const MS_PER_DAY = 86_400_000;
const NS_PER_MS = 1_000_000n;
/** Clocks differ; beyond ten minutes it is a wrong clock. */
const MAX_AHEAD_MS = 600_000;

export interface TimestampLimits {
  readonly nowMs: number;
  readonly retentionDays: number;
}

/** Unclamped Unix ms; now when the sender gave none. */
export function toUnixMs(timeUnixNano: bigint, nowMs: number): number {
  return timeUnixNano > 0n ? Number(timeUnixNano / NS_PER_MS) : nowMs;
}

/** Now for what is older than is kept: at the edge of the retention it would be deleted at once. At most ten minutes ahead. */
export function clampTimestamp(timestampMs: number, limits: TimestampLimits): number {
  const oldestMs = limits.nowMs - limits.retentionDays * MS_PER_DAY;
  if (timestampMs < oldestMs) return limits.nowMs;
  return Math.min(timestampMs, limits.nowMs + MAX_AHEAD_MS);
}
