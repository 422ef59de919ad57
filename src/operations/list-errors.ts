// GET /api/errors: newest first. `total` is exact over all pages, and both it and the page are of one company.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { isUuid, parseCursor, toCursor } from './cursor.ts';
import { errorItem, toErrorItem } from './error-view.ts';
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
import { InvalidInput } from './invalid-input.ts';
import { defineOperation } from './operation.ts';

export const listErrors = defineOperation({
  name: 'list-errors',
  summary: 'Lists errors, newest first.',
  scope: 'read',
  input: z.strictObject({
    ...filterFields,
    resolved: z.boolean().optional(),
    fingerprint: fingerprintField.optional().describe('Only errors of this group.'),
    ...periodFields,
    q: textField,
    ...pageFields,
    company_id: companyField,
  }),
  output: z.object({
    total: z.int().describe('Of all pages together.'),
    errors: z.array(errorItem),
    next_cursor: z.string().nullable().describe('null on the last page.'),
  }),
  async run({ store, now }, input, principal) {
    const { sinceMs, untilMs } = periodOf(input, now());
    const page = await store.listErrors({
      companyId: companyFor(principal, input.company_id),
      ...given({
        severity: severityList(input.severity),
        resolved: input.resolved,
        service: input.service,
        errorType: input.error_type,
        environment: input.environment,
        fingerprint: input.fingerprint?.toLowerCase(),
        sinceMs,
        untilMs,
        text: input.q,
        after: input.cursor === undefined ? undefined : positionOf(input.cursor),
      }),
      limit: input.limit,
    });
    return {
      total: page.total,
      errors: page.errors.map(toErrorItem),
      next_cursor: page.next === undefined ? null : toCursor({ ms: page.next.timestampMs, key: page.next.id }),
    };
  },
});

function positionOf(cursor: string): { timestampMs: number; id: string } {
  const position = parseCursor(cursor);
  if (position === undefined || !isUuid(position.key)) {
    throw new InvalidInput([{ field: 'cursor', message: 'is not one that this list gave out' }]);
  }
  return { timestampMs: position.ms, id: position.key };
}
