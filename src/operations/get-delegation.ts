// GET /api/delegations/:id: one delegation with its case, and what else was asked about it.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { delegationIdField } from './agent-fields.ts';
import { isUuid } from './cursor.ts';
import { delegationView, toDelegationView } from './delegation-view.ts';
import { companyField } from './fields.ts';
import { noSuchDelegation } from './no-such.ts';
import { defineOperation } from './operation.ts';

export const getDelegation = defineOperation({
  name: 'get-delegation',
  summary: 'Gets one delegation with its case, its report, and what the other agents were asked and said.',
  scope: 'read',
  input: z.strictObject({ id: delegationIdField, company_id: companyField }),
  output: delegationView,
  async run({ agents }, input, principal) {
    const id = input.id.toLowerCase();
    const found = isUuid(id) ? await agents.get(companyFor(principal, input.company_id), id) : undefined;
    if (found === undefined) throw noSuchDelegation();
    return toDelegationView(found);
  },
});
