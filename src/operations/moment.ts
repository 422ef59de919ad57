// Points in time as people and agents write them: ISO-8601, or how long ago (`15m`, `24h`, `7d`).
const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const SPAN = /^(\d{1,6})([smhdw])$/;

/** Date alone, or date and time with an offset: a time without one would mean something else on each machine. */
const ISO = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d))?$/;

/** Milliseconds of `15m`, `24h`, `7d`; undefined for anything else. */
export function parseSpanMs(text: string): number | undefined {
  const [, count, unit] = SPAN.exec(text) ?? [];
  return count === undefined || !isUnit(unit) ? undefined : Number(count) * UNIT_MS[unit];
}

/** Unix ms; undefined when it is neither form or no day of the calendar. */
export function parseMomentMs(text: string, nowMs: number): number | undefined {
  const spanMs = parseSpanMs(text);
  if (spanMs !== undefined) return nowMs - spanMs;
  if (!ISO.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) || !isRealDay(text) ? undefined : ms;
}

/** Date.parse takes February 30th for March 2nd. */
function isRealDay(text: string): boolean {
  const day = text.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) === day;
}

function isUnit(unit: string | undefined): unit is keyof typeof UNIT_MS {
  return unit !== undefined && unit in UNIT_MS;
}
