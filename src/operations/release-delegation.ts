// POST /api/delegations/:id/release: an agent hands it back, and it is offered again.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { agentCaller } from './agent-caller.ts';
import { delegationIdField, delegationReasonField } from './agent-fields.ts';
import { isUuid } from './cursor.ts';
import { delegationView, toDelegationView } from './delegation-view.ts';
import { companyField } from './fields.ts';
import { noSuchDelegation } from './no-such.ts';
import { defineOperation } from './operation.ts';

export const releaseDelegation = defineOperation({
  name: 'release-delegation',
  summary: 'Hands a delegation back, so that it is offered again.',
  scope: 'write',
  input: z.strictObject({
    id: delegationIdField,
    reason: delegationReasonField.describe('Why it is handed back.'),
    company_id: companyField,
  }),
  output: delegationView,
  async run({ agents }, input, principal) {
    const id = input.id.toLowerCase();
    const released = isUuid(id)
      ? await agents.release(companyFor(principal, input.company_id), id, {
          caller: agentCaller(principal),
          reason: input.reason,
        })
      : undefined;
    if (released === undefined) throw noSuchDelegation();
    return toDelegationView(released);
  },
});
