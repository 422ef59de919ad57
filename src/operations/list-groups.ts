// GET /api/groups: one row per kind of error, the most recently seen first.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { isFingerprint, parseCursor, toCursor } from './cursor.ts';
import {
  companyField,
  filterFields,
  fingerprintField,
  pageFields,
  periodFields,
  periodOf,
  severityList,
  textField,
} from './fields.ts';
import { given } from './given.ts';
import { groupItem, toGroupItem } from './group-view.ts';
import { InvalidInput } from './invalid-input.ts';
import { defineOperation } from './operation.ts';

/** A page of errors has no more groups. */
const MAX_NAMED = 200;

export const listGroups = defineOperation({
  name: 'list-groups',
  summary: 'Lists groups of errors with one cause, the most recently seen first.',
  scope: 'read',
  input: z.strictObject({
    ...filterFields,
    fingerprints: z.array(fingerprintField).min(1).max(MAX_NAMED).optional().describe('Only these groups.'),
    resolved: z.boolean().optional(),
    since: periodFields.since.describe('Only groups seen from this time on: ISO-8601, or how long ago (`24h`, `7d`).'),
    q: textField.describe(
      'Words that must all stand in the exception type or the message of one of its errors, since then and of these filters.',
    ),
    ...pageFields,
    company_id: companyField,
  }),
  output: z.object({
    total: z.int().describe('Of all pages together.'),
    groups: z.array(groupItem),
    next_cursor: z.string().nullable().describe('null on the last page.'),
  }),
  async run({ store, now }, input, principal) {
    const page = await store.listGroups({
      companyId: companyFor(principal, input.company_id),
      ...given({
        service: input.service,
        severity: severityList(input.severity),
        errorType: input.error_type,
        environment: input.environment,
        resolved: input.resolved,
        fingerprints: input.fingerprints?.map((one) => one.toLowerCase()),
        sinceMs: periodOf({ since: input.since }, now()).sinceMs,
        text: input.q,
        after: input.cursor === undefined ? undefined : positionOf(input.cursor),
      }),
      limit: input.limit,
    });
    return {
      total: page.total,
      groups: page.groups.map(toGroupItem),
      next_cursor: page.next === undefined ? null : toCursor({ ms: page.next.lastSeenMs, key: page.next.fingerprint }),
    };
  },
});

function positionOf(cursor: string): { lastSeenMs: number; fingerprint: string } {
  const position = parseCursor(cursor);
  if (position === undefined || !isFingerprint(position.key)) {
    throw new InvalidInput([{ field: 'cursor', message: 'is not one that this list gave out' }]);
  }
  return { lastSeenMs: position.ms, fingerprint: position.key };
}
