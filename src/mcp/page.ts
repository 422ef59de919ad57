// What every list says beside its rows.
import * as z from 'zod';
import { InvalidInput } from '../operations/invalid-input.ts';
import { parseMomentMs } from '../operations/moment.ts';
import { nextStepsView } from './next-steps.ts';

export const pageView = {
  returned: z.int(),
  total_estimate: z.int().nullable().describe('Of all pages; null: not counted.'),
  truncated: z.boolean().describe('true: there is more; next_cursor, if any, goes on after the last row.'),
  next_cursor: z.string().nullable(),
  hint: z.string().optional().describe('Of an empty list: why.'),
  untrusted: z.string(),
  next_steps: nextStepsView,
} as const;

/** Short, because they stand in the definition of each tool that has them. */
export const cursorInput = z.string().min(1).max(128).optional().describe('next_cursor of the page before');
export const sinceInput = z.string().max(64).optional().describe('ISO-8601, or ago: 15m, 24h, 7d');
export const untilInput = z.string().max(64).optional();
export const nameInput = z.string().min(1).max(256).optional();

/** Rows of one answer, by default and at most: beyond it the budget cuts anyway. */
export const DEFAULT_ROWS = 20;
export const MAX_ROWS = 200;

export const limitInput = z.int().min(1).max(MAX_ROWS).default(DEFAULT_ROWS);

/** Of `since` and `until` where no operation reads them. Throws INVALID_INPUT. */
export function momentOf(field: string, text: string, nowMs: number): number {
  const ms = parseMomentMs(text, nowMs);
  if (ms !== undefined && ms >= 0) return Math.trunc(ms);
  throw new InvalidInput([
    { field, message: 'must be a time like 2026-01-31T12:00:00Z, or how long ago, like 24h or 7d' },
  ]);
}
