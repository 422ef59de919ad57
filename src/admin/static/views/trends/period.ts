// Which time is looked at, cut into which parts, and against which time before.
export interface Period {
  readonly text: string;
  readonly lengthMs: number;
  readonly intervalMs: number;
  /** For GET /api/trends. */
  readonly interval: '1m' | '5m' | '15m' | '1h' | '6h';
  /** How far back that lies which it is compared with: a whole number of days, so that the hours fit. */
  readonly shiftMs: number;
  readonly before: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const ofDay = { shiftMs: DAY_MS, before: 'the day before' } as const;
const ofWeek = { shiftMs: 7 * DAY_MS, before: 'the week before' } as const;

/** By `since` of the address. */
export const periods: Readonly<Record<string, Period>> = {
  '1h': { text: '1 h', lengthMs: HOUR_MS, intervalMs: MINUTE_MS, interval: '1m', ...ofDay },
  '6h': { text: '6 h', lengthMs: 6 * HOUR_MS, intervalMs: 5 * MINUTE_MS, interval: '5m', ...ofDay },
  '24h': { text: '24 h', lengthMs: DAY_MS, intervalMs: 15 * MINUTE_MS, interval: '15m', ...ofDay },
  '7d': { text: '7 d', lengthMs: 7 * DAY_MS, intervalMs: HOUR_MS, interval: '1h', ...ofWeek },
};

export const DEFAULT_PERIOD = '24h';

export function periodOf(name: string | undefined): Period {
  const period = Object.hasOwn(periods, name ?? '') ? periods[name ?? ''] : periods[DEFAULT_PERIOD];
  if (period === undefined) throw new Error('the default period is one of the periods');
  return period;
}

export interface Window {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Whole intervals, the running one the last. */
export function windowOf({ lengthMs, intervalMs }: Period, nowMs: number): Window {
  const untilMs = Math.floor(nowMs / intervalMs) * intervalMs + intervalMs;
  return { sinceMs: untilMs - lengthMs, untilMs };
}
