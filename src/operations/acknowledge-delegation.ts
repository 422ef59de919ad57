// POST /api/delegations/:id/ack: an agent takes it, and says again and again that it is still at it.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { agentCaller } from './agent-caller.ts';
import { delegationIdField } from './agent-fields.ts';
import { isUuid } from './cursor.ts';
import { delegationView, toDelegationView } from './delegation-view.ts';
import { companyField } from './fields.ts';
import { noSuchDelegation } from './no-such.ts';
import { defineOperation } from './operation.ts';

export const acknowledgeDelegation = defineOperation({
  name: 'acknowledge-delegation',
  summary: 'Takes a delegation, or keeps it: nobody else works on it until `due_at`.',
  scope: 'write',
  input: z.strictObject({ id: delegationIdField, company_id: companyField }),
  output: delegationView,
  async run({ agents }, input, principal) {
    const id = input.id.toLowerCase();
    const taken = isUuid(id)
      ? await agents.acknowledge(companyFor(principal, input.company_id), id, agentCaller(principal))
      : undefined;
    if (taken === undefined) throw noSuchDelegation();
    return toDelegationView(taken);
  },
});
