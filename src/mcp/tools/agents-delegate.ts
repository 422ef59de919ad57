import * as z from 'zod';
import { MAX_DELEGATIONS, delegationStates, priorities } from '../../agents/case.ts';
import { delegateError } from '../../operations/delegate-error.ts';
import { given } from '../../operations/given.ts';
import { InvalidInput } from '../../operations/invalid-input.ts';
import { nextStepsView, scopeOf, step, takeSteps } from '../next-steps.ts';
import { defineTool } from '../tool.ts';

const name = z.string().min(1).max(32);

export const agentsDelegate = defineTool({
  name: 'devops.agents.delegate',
  description:
    'Ask agents of the roster to see to an error that no rule fixes; without a name, those that the routes choose. An unknown name is answered with the names there are. Asking again changes nothing.',
  input: z.strictObject({
    error_id: z.string(),
    agent: z.union([name, z.array(name).min(1).max(MAX_DELEGATIONS)]).optional(),
    reason: z.string().min(1).max(1_000),
    questions: z.array(z.string().min(1).max(500)).max(10).optional(),
    priority: z.enum(priorities).optional(),
    join: z.enum(['all', 'any']).optional().describe('Whose reports close it'),
  }),
  output: z.object({
    delegation_id: z.string(),
    status: z.enum(delegationStates),
    created: z.boolean().describe('false: all of them had been asked before.'),
    delegations: z.array(
      z.object({
        delegation_id: z.string(),
        agent: z.string(),
        status: z.enum(delegationStates),
        due_at: z.string().nullable(),
      }),
    ),
    next_steps: nextStepsView,
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  scope: scopeOf['devops.agents.delegate'],
  async run(context, { error_id, agent, ...rest }) {
    const { created, delegations } = await context
      .perform(delegateError, {
        ...given({ ...rest, agents: agent === undefined ? undefined : [agent].flat() }),
        error_id,
        reason: rest.reason,
      })
      .catch(inOurFields);
    const rows = delegations.map((item) => ({
      delegation_id: item.id,
      agent: item.agent,
      status: item.state,
      due_at: item.due_at,
    }));
    const [first] = rows;
    if (first === undefined) throw new Error('a case without a delegation');
    return {
      kind: 'answer',
      truncated: false,
      output: {
        delegation_id: first.delegation_id,
        status: first.status,
        created,
        delegations: rows,
        next_steps: takeSteps(context, [
          step('devops.agents.inbox', { agent: first.agent }, 'See whether it was taken, and what was reported.'),
          step('devops.errors.get', { error_id, detail: 'full' }, 'See all that is asked about this error.'),
        ]),
      },
    };
  },
});

/** The operation knows `agent` as `agents`. */
function inOurFields(cause: unknown): never {
  if (!(cause instanceof InvalidInput)) throw cause;
  throw new InvalidInput(
    cause.faults.map(({ field, message }) => ({ field: field.replace(/^agents/, 'agent'), message })),
  );
}
