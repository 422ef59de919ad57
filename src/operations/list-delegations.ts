// GET /api/delegations: who was asked about what, and what came of it, newest case first.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { delegationStates } from '../agents/case.ts';
import { agentField, requireAgent } from './agent-fields.ts';
import { isUuid, parseCursor, toCursor } from './cursor.ts';
import { delegationItem, toDelegationItem } from './delegation-view.ts';
import { companyField, pageFields } from './fields.ts';
import { given } from './given.ts';
import { InvalidInput } from './invalid-input.ts';
import { oneOrMore } from './one-or-more.ts';
import { defineOperation } from './operation.ts';

/** Each is read with its whole case, which may hold eight long reports. */
const MAX_PAGE = 200;

export const listDelegations = defineOperation({
  name: 'list-delegations',
  summary: 'Lists what agents were asked to see to, newest case first.',
  scope: 'read',
  input: z.strictObject({
    agent: agentField.optional().describe('Only those of this agent.'),
    state: oneOrMore(z.enum(delegationStates)).optional().describe('One state or several.'),
    error_id: z.string().optional().describe('Only those about this error.'),
    cursor: pageFields.cursor,
    limit: z.int().min(1).max(MAX_PAGE).default(50).describe('Most items in one answer.'),
    company_id: companyField,
  }),
  output: z.object({
    delegations: z.array(delegationItem),
    next_cursor: z.string().nullable().describe('null on the last page.'),
  }),
  async run({ agents }, input, principal) {
    if (input.agent !== undefined) requireAgent(agents, input.agent, 'agent');
    const after = input.cursor === undefined ? undefined : positionOf(input.cursor);
    const errorId = input.error_id?.toLowerCase();
    if (errorId !== undefined && !isUuid(errorId)) return { delegations: [], next_cursor: null };
    const page = await agents.list({
      companyId: companyFor(principal, input.company_id),
      ...given({
        agent: input.agent,
        state: input.state === undefined ? undefined : [input.state].flat(),
        errorId,
        after,
      }),
      limit: input.limit,
    });
    return {
      delegations: page.delegations.map(toDelegationItem),
      next_cursor: page.next === undefined ? null : toCursor({ ms: page.next.openedAtMs, key: page.next.id }),
    };
  },
});

function positionOf(cursor: string): { openedAtMs: number; id: string } {
  const position = parseCursor(cursor);
  if (position === undefined || !isUuid(position.key)) {
    throw new InvalidInput([{ field: 'cursor', message: 'is not one that this list gave out' }]);
  }
  return { openedAtMs: position.ms, id: position.key };
}
