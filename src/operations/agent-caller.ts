// Who a caller is to the agents' desk.
import type { Principal } from '../access/principal.ts';
import type { AgentCaller } from '../agents/agents.ts';

export function agentCaller({ name, scopes }: Principal): AgentCaller {
  return { name, isOperator: scopes.has('admin') };
}
