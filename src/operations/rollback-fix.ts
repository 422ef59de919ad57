// POST /api/fixes/:id/rollback: what a fix changed is put back, where that can be done.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { isConsent } from './agent-caller.ts';
import { delegationReasonField } from './agent-fields.ts';
import { fixView, toFixView } from './attempt-view.ts';
import { isUuid } from './cursor.ts';
import { companyField, fixIdField } from './fields.ts';
import { noSuchFix } from './no-such.ts';
import { defineOperation } from './operation.ts';

export const rollbackFix = defineOperation({
  name: 'rollback-fix',
  summary:
    'Undoes those steps of an ended fix that can be undone. In the modes approve and observe a decision of a person.',
  scope: 'fix',
  input: z.strictObject({
    id: fixIdField,
    reason: delegationReasonField.optional().describe('Why, for the note of the fix.'),
    consent: z
      .boolean()
      .default(true)
      .describe('false: the call alone is no consent, although its token may approve; a person is to be asked first.'),
    company_id: companyField,
  }),
  output: fixView,
  async run({ healing, agents }, input, principal) {
    const id = input.id.toLowerCase();
    const consents = input.consent && isConsent(principal, agents);
    const undo = { by: principal.name, reason: input.reason, consents };
    const attempt = isUuid(id) ? await healing.rollback(companyFor(principal, input.company_id), id, undo) : undefined;
    if (attempt === undefined) throw noSuchFix();
    return toFixView(attempt);
  },
});
