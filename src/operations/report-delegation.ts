// POST /api/delegations/:id/report: what an agent found. With it the delegation is done.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { reportStatuses } from '../agents/case.ts';
import { agentCaller } from './agent-caller.ts';
import { delegationIdField } from './agent-fields.ts';
import { isUuid } from './cursor.ts';
import { delegationView, toDelegationView } from './delegation-view.ts';
import { companyField } from './fields.ts';
import { noSuchDelegation } from './no-such.ts';
import { defineOperation } from './operation.ts';

/** A page of text: the case keeps up to eight reports, and is written whole with each change. */
const MAX_SUMMARY = 4_000;

/** Lines of logs, values, links: what is longer belongs into a document that one of them points to. */
const MAX_EVIDENCE = 20;
const MAX_EVIDENCE_TEXT = 1_000;

export const reportDelegation = defineOperation({
  name: 'report-delegation',
  summary: 'Reports what was found about a delegation, and ends it; also without having taken it before.',
  scope: 'write',
  input: z.strictObject({
    id: delegationIdField,
    status: z
      .enum(reportStatuses)
      .describe(
        "resolved: the cause is gone; found: known and still there; no_fault: not in the agent's area; unable.",
      ),
    summary: z.string().trim().min(1).max(MAX_SUMMARY).describe('What was found and done.'),
    evidence: z
      .array(z.string().trim().min(1).max(MAX_EVIDENCE_TEXT))
      .max(MAX_EVIDENCE)
      .default([])
      .describe('What shows it: values, lines of logs, links.'),
    company_id: companyField,
  }),
  output: delegationView,
  async run({ agents }, input, principal) {
    const id = input.id.toLowerCase();
    const { status, summary, evidence } = input;
    const reported = isUuid(id)
      ? await agents.report(companyFor(principal, input.company_id), id, {
          caller: agentCaller(principal),
          status,
          summary,
          evidence,
        })
      : undefined;
    if (reported === undefined) throw noSuchDelegation();
    return toDelegationView(reported);
  },
});
