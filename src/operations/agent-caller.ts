// Who a caller is: to the agents' desk, and where a person must agree.
import type { Principal } from '../access/principal.ts';
import type { AgentCaller, Agents } from '../agents/agents.ts';
import { isOfRoster } from './agent-fields.ts';

/** Approval is a person's: a scope that an operator gave an agent's token does not make one of it. */
export function isConsent({ name, scopes }: Principal, agents: Pick<Agents, 'roster'>): boolean {
  return scopes.has('approve') && !isOfRoster(agents, name);
}

export function agentCaller({ name, scopes }: Principal): AgentCaller {
  return { name, isOperator: scopes.has('admin') };
}
