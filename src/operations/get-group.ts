// GET /api/groups/:fingerprint: how often, since when, in which releases, whether it came back, and why it is one group.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { isFingerprint } from './cursor.ts';
import { companyField } from './fields.ts';
import { groupView, toGroupView } from './group-view.ts';
import { noSuchGroup } from './no-such.ts';
import { defineOperation } from './operation.ts';

export const getGroup = defineOperation({
  name: 'get-group',
  summary: 'Gets one group with its counts, trend and releases, and what its fingerprint was made from.',
  scope: 'read',
  input: z.strictObject({
    fingerprint: z.string().describe("The group's 32 hex characters."),
    company_id: companyField,
  }),
  output: groupView,
  async run({ store }, input, principal) {
    const fingerprint = input.fingerprint.toLowerCase();
    const group = isFingerprint(fingerprint)
      ? await store.getGroup(companyFor(principal, input.company_id), fingerprint)
      : undefined;
    if (group === undefined) throw noSuchGroup();
    return toGroupView(group);
  },
});
