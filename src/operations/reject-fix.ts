// POST /api/fixes/:id/reject: a person stops a plan that waits, and says why.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { fixView, toFixView } from './attempt-view.ts';
import { isUuid } from './cursor.ts';
import { companyField, fixIdField, reasonField } from './fields.ts';
import { noSuchFix } from './no-such.ts';
import { defineOperation } from './operation.ts';

export const rejectFix = defineOperation({
  name: 'reject-fix',
  summary: 'Rejects a fix that waits for approval: a decision of a person.',
  scope: 'approve',
  input: z.strictObject({ id: fixIdField, reason: reasonField, company_id: companyField }),
  output: fixView,
  async run({ healing }, input, principal) {
    const id = input.id.toLowerCase();
    const answer = { by: principal.name, reason: input.reason };
    const attempt = isUuid(id) ? await healing.reject(companyFor(principal, input.company_id), id, answer) : undefined;
    if (attempt === undefined) throw noSuchFix();
    return toFixView(attempt);
  },
});
