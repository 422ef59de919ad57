// Times and sizes as people write them: `500ms 30s 5m 1h 7d`, `64KiB 256MiB 2GiB`. Inside everything is ms and bytes.
import * as z from 'zod';

const msOf: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const bytesOf: Readonly<Record<string, number>> = { B: 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824 };

const DURATION = /^(\d{1,9})(ms|s|m|h|d)$/;
const SIZE = /^(\d{1,9})(B|KiB|MiB|GiB)$/;

/** undefined: not a duration. */
export function parseDuration(text: string): number | undefined {
  return parse(text, DURATION, msOf);
}

/** undefined: not a size. */
export function parseSize(text: string): number | undefined {
  return parse(text, SIZE, bytesOf);
}

function parse(text: string, pattern: RegExp, units: Readonly<Record<string, number>>): number | undefined {
  const [, count, unit] = pattern.exec(text) ?? [];
  const factor = units[unit ?? ''];
  return count === undefined || factor === undefined ? undefined : Number(count) * factor;
}

/** A duration in a file; out comes ms. */
export function duration(least: string, most: string) {
  const [min, max] = [parseDuration(least) ?? 0, parseDuration(most) ?? 0];
  return z
    .string()
    .regex(DURATION, 'must be a duration such as 500ms, 30s, 5m, 1h or 7d')
    .transform((text) => parseDuration(text) ?? 0)
    .refine((ms) => ms >= min && ms <= max, `must be between ${least} and ${most}`);
}
