// POST /api/fixes/:id/approve: a person lets a plan that waits be carried out.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { Failure } from '../failure.ts';
import { isOfRoster } from './agent-fields.ts';
import { fixView, toFixView } from './attempt-view.ts';
import { isUuid } from './cursor.ts';
import { companyField, fixIdField } from './fields.ts';
import { noSuchFix } from './no-such.ts';
import { defineOperation } from './operation.ts';

export const approveFix = defineOperation({
  name: 'approve-fix',
  summary: 'Approves a fix that waits for it: a decision of a person.',
  scope: 'approve',
  input: z.strictObject({ id: fixIdField, company_id: companyField }),
  output: fixView,
  async run({ healing, agents }, input, principal) {
    // Whatever scopes an operator gave its token.
    if (isOfRoster(agents, principal.name)) {
      throw new Failure('FORBIDDEN', `${principal.name} is an agent of the roster: a person must do it`);
    }
    const id = input.id.toLowerCase();
    const attempt = isUuid(id)
      ? await healing.approve(companyFor(principal, input.company_id), id, principal.name)
      : undefined;
    if (attempt === undefined) throw noSuchFix();
    return toFixView(attempt);
  },
});
