// POST /api/delegations: ask agents about an error. Asking again meets the case that is open: who was asked already is not
// asked twice.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import type { Agents } from '../agents/agents.ts';
import { MAX_DELEGATIONS, joins, priorities } from '../agents/case.ts';
import { ORCHESTRATOR } from '../agents/routing.ts';
import { agentField, delegationReasonField, requireAgent } from './agent-fields.ts';
import { isUuid } from './cursor.ts';
import { delegationItem, toDelegationItem } from './delegation-view.ts';
import { companyField, idField } from './fields.ts';
import { InvalidInput } from './invalid-input.ts';
import { noSuchError } from './no-such.ts';
import { defineOperation } from './operation.ts';

/** As many, and as long, as a route of errata.yaml may ask. */
const MAX_QUESTIONS = 10;
const MAX_QUESTION = 500;

export const delegateError = defineOperation({
  name: 'delegate-error',
  summary: 'Asks agents to see to an error; who was asked about it already is not asked again.',
  scope: 'write',
  input: z.strictObject({
    error_id: idField,
    agents: z
      .array(agentField)
      .max(MAX_DELEGATIONS)
      .default([])
      .describe('Whom to ask, by name. None, or `ada` alone: as the routes of errata.yaml say.'),
    questions: z.array(z.string().trim().min(1).max(MAX_QUESTION)).max(MAX_QUESTIONS).default([]),
    reason: delegationReasonField.describe('Why, in a sentence or two.'),
    priority: z.enum(priorities).default('normal'),
    join: z
      .enum(joins)
      .default('all')
      .describe('all: every agent must report; any: the first report that resolves or finds is enough.'),
    company_id: companyField,
  }),
  output: z.object({
    created: z.boolean().describe('false: all of them had been asked before.'),
    delegations: z.array(delegationItem).describe('Of the agents named, or of those that the routes chose.'),
  }),
  async run({ store, agents }, input, principal) {
    const companyId = companyFor(principal, input.company_id);
    const to = namedIn(input.agents, agents);
    const id = input.error_id.toLowerCase();
    const error = isUuid(id) ? await store.getError(companyId, id) : undefined;
    if (error === undefined) throw noSuchError();
    const { created, delegations } = await agents.delegate({
      companyId,
      error,
      to,
      questions: input.questions,
      reason: input.reason,
      priority: input.priority,
      join: input.join,
      by: principal.name,
    });
    return { created, delegations: delegations.map(toDelegationItem) };
  },
});

/** The orchestrator has no inbox of her own: her name stands for the routes. */
function namedIn(names: readonly string[], agents: Agents): readonly string[] {
  const to = [...new Set(names)];
  for (const name of to) requireAgent(agents, name, 'agents');
  if (!to.includes(ORCHESTRATOR)) return to;
  if (to.length === 1) return [];
  throw new InvalidInput([{ field: 'agents', message: 'ada asks as the routes say: name her alone, or the others' }]);
}
