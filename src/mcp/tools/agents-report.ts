// One tool for the whole life of a delegation: take it or keep it, hand it back, report.
import * as z from 'zod';
import { caseStates, delegationStates, reportStatuses } from '../../agents/case.ts';
import { acknowledgeDelegation } from '../../operations/acknowledge-delegation.ts';
import { getError } from '../../operations/get-error.ts';
import { given } from '../../operations/given.ts';
import { InvalidInput } from '../../operations/invalid-input.ts';
import { releaseDelegation } from '../../operations/release-delegation.ts';
import { reportDelegation } from '../../operations/report-delegation.ts';
import { nextStepsView, scopeOf, step, takeSteps } from '../next-steps.ts';
import { defineTool } from '../tool.ts';
import type { ToolContext } from '../tool.ts';

const input = z.strictObject({
  delegation_id: z.string(),
  status: z.enum(['working', ...reportStatuses, 'handed_back']),
  summary: z.string().min(1).max(4_000).optional().describe('Required unless working'),
  evidence: z.array(z.string().min(1).max(1_000)).max(20).optional(),
});

export const agentsReport = defineTool({
  name: 'devops.agents.report',
  description:
    'Answer a delegation. working: take it, or keep it before due_at. resolved, found (cause known, not mended), no_fault, unable: end it. handed_back: offer it again.',
  input,
  output: z.object({
    delegation_id: z.string(),
    status: z.enum(delegationStates),
    due_at: z
      .string()
      .nullable()
      .describe('acknowledged: send working again before it, or it is offered to its agent again.'),
    case_state: z.enum(caseStates),
    error_id: z.string(),
    error_resolved: z.boolean(),
    next_steps: nextStepsView,
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  scope: scopeOf['devops.agents.report'],
  async run(context, given_) {
    const { id, state, due_at, case: about } = await answer(context, given_);
    const error = context.scopes.has('read') ? await context.perform(getError, { id: about.error_id }) : undefined;
    return {
      kind: 'answer',
      truncated: false,
      output: {
        delegation_id: id,
        status: state,
        due_at,
        case_state: about.state,
        error_id: about.error_id,
        error_resolved: error?.resolved ?? about.state === 'resolved',
        next_steps: takeSteps(context, [
          state === 'acknowledged'
            ? step('devops.errors.get', { error_id: about.error_id, detail: 'full' }, 'See the error in full.')
            : step('devops.agents.inbox', {}, 'See what else there is to do.'),
          state === 'acknowledged'
            ? step('devops.errors.similar', { error_id: about.error_id }, 'See what put errors like it right before.')
            : undefined,
        ]),
      },
    };
  },
});

function answer(context: ToolContext, { delegation_id, status, summary, evidence }: z.output<typeof input>) {
  if (status === 'working') return context.perform(acknowledgeDelegation, { id: delegation_id });
  if (summary === undefined) throw new InvalidInput([{ field: 'summary', message: `is required with ${status}` }]);
  if (status === 'handed_back') {
    return context.perform(releaseDelegation, { id: delegation_id, reason: summary.slice(0, MAX_REASON) });
  }
  return context.perform(reportDelegation, { id: delegation_id, status, summary, ...given({ evidence }) });
}

/** As the operation takes; a report may be longer than a reason. */
const MAX_REASON = 1_000;
