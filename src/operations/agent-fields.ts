// Input fields of the calls about agents, and the check of their names.
import * as z from 'zod';
import type { Agents } from '../agents/agents.ts';
import { InvalidInput } from './invalid-input.ts';

/** As the schema of errata.yaml takes them; what is longer is nobody's name. */
const MAX_AGENT_NAME = 32;

/** A few sentences: what is longer is a report. */
const MAX_REASON = 1_000;

export const delegationIdField = z.string().describe("The delegation's UUID.");

export const agentField = z.string().min(1).max(MAX_AGENT_NAME);

export const delegationReasonField = z.string().trim().min(1).max(MAX_REASON);

/** Throws INVALID_INPUT naming the field: a question about nobody would be answered with nothing, as if all were well. */
export function requireAgent(agents: Pick<Agents, 'roster'>, name: string, field: string): void {
  if (isOfRoster(agents, name)) return;
  const names = agents.roster().map((agent) => agent.name);
  throw new InvalidInput([{ field, message: `is no agent of the roster: ${names.join(', ')}` }]);
}

export function isOfRoster(agents: Pick<Agents, 'roster'>, name: string): boolean {
  return agents.roster().some((agent) => agent.name === name);
}
