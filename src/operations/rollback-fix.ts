// POST /api/fixes/:id/rollback: what a fix changed is put back, where that can be done.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { fixView, toFixView } from './attempt-view.ts';
import { isUuid } from './cursor.ts';
import { companyField, fixIdField } from './fields.ts';
import { noSuchFix } from './no-such.ts';
import { defineOperation } from './operation.ts';

export const rollbackFix = defineOperation({
  name: 'rollback-fix',
  summary: 'Undoes those steps of an ended fix that can be undone.',
  scope: 'fix',
  input: z.strictObject({ id: fixIdField, company_id: companyField }),
  output: fixView,
  async run({ healing }, input, principal) {
    const id = input.id.toLowerCase();
    const attempt = isUuid(id)
      ? await healing.rollback(companyFor(principal, input.company_id), id, principal.name)
      : undefined;
    if (attempt === undefined) throw noSuchFix();
    return toFixView(attempt);
  },
});
