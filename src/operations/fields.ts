// Input fields that several operations share: one meaning and one wording each.
import * as z from 'zod';
import { MAX_COMPANY } from '../access/principal.ts';
import { errorTypes, severities } from '../errors/error-event.ts';
import type { Severity } from '../errors/error-event.ts';
import { InvalidInput } from './invalid-input.ts';
import { parseMomentMs } from './moment.ts';

/** Names of services, environments and the like: the store keeps them as given, up to this. */
const MAX_NAME = 256;
const MAX_TEXT = 1_024;
const MAX_CURSOR = 128;
const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 50;

/** Beyond any stored timestamp, and within what ClickHouse's DateTime64 can hold. */
const MAX_TIME_MS = Date.UTC(2200, 0, 1);

const severity = z.enum(severities);
const severityNames = [...severities].reverse().join(', ');

export const filterFields = {
  severity: z
    .union([severity, z.array(severity).min(1).max(severities.length)], {
      error: `must be one or several of ${severityNames}`,
    })
    .optional()
    .describe('One severity or several.'),
  service: z.string().min(1).max(MAX_NAME).optional().describe('Name of the service, exactly.'),
  error_type: z.enum(errorTypes).optional(),
  environment: z.string().min(1).max(MAX_NAME).optional().describe('Deployment environment, exactly.'),
} as const;

const moment = z
  .string()
  .max(64)
  .refine((text) => parseMomentMs(text, 0) !== undefined, {
    error: 'must be a time like 2026-01-31T12:00:00Z, or how long ago, like 24h or 7d',
  });

export const periodFields = {
  since: moment.optional().describe('From this time on: ISO-8601, or how long ago (`24h`, `7d`).'),
  until: moment.optional().describe('Before this time: ISO-8601, or how long ago.'),
} as const;

export const pageFields = {
  limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT).describe('Most items in one answer.'),
  cursor: z.string().min(1).max(MAX_CURSOR).optional().describe('`next_cursor` of the page before.'),
} as const;

export const companyField = z
  .int()
  .min(1)
  .max(MAX_COMPANY)
  .optional()
  .describe("Which company, for tokens that serve all; otherwise the token's own, whatever is said here.");

export const textField = z
  .string()
  .max(MAX_TEXT)
  // Without a word there is nothing to look for, and everything would be found.
  .regex(/[\p{L}\p{N}\u0080-\u{10ffff}]/u, { error: 'must hold a word to look for' })
  .optional()
  .describe('Words that must all stand in the exception type or the message, in any case.');

export const nameField = z.string().min(1).max(MAX_NAME);

export const fingerprintField = z.string().regex(/^[0-9a-fA-F]{32}$/, { error: 'must be 32 hex characters' });

export const idField = z.string().describe("The error's UUID.");

export const fixIdField = z.string().describe("The fix's UUID.");

export const reasonField = z.string().trim().min(1).max(MAX_TEXT).describe('Why, in a sentence.');

export const resolutionScopeField = z
  .enum(['group', 'error'])
  .default('group')
  .describe('group: all errors of the group up to now; error: this one only.');

export function severityList(given: Severity | readonly Severity[] | undefined): readonly Severity[] | undefined {
  return typeof given === 'string' ? [given] : given;
}

/** Throws INVALID_INPUT when the period ends before it starts. */
export function periodOf(
  { since, until }: { readonly since?: string | undefined; readonly until?: string | undefined },
  nowMs: number,
): { readonly sinceMs: number | undefined; readonly untilMs: number | undefined } {
  const sinceMs = momentMs(since, nowMs);
  const untilMs = momentMs(until, nowMs);
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs >= untilMs) {
    throw new InvalidInput([{ field: 'until', message: 'must be later than since' }]);
  }
  return { sinceMs, untilMs };
}

function momentMs(text: string | undefined, nowMs: number): number | undefined {
  const ms = text === undefined ? undefined : parseMomentMs(text, nowMs);
  return ms === undefined ? undefined : Math.min(Math.max(ms, 0), MAX_TIME_MS);
}
