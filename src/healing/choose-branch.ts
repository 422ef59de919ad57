// What the facts say: the first branch whose conditions hold. None: undiagnosed, which is for people and agents.
import { holds } from './conditions.ts';
import type { Facts } from './facts.ts';
import type { Branch } from './rule.ts';

export function chooseBranch(plan: readonly Branch[], facts: Facts): Branch | undefined {
  return plan.find((branch) => holds(branch.if, (name) => facts[name]));
}
