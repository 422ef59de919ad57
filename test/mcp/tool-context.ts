// What the server hands a tool, made by hand: whoever calls, over real operations.
import type { Principal, Scope } from '../../src/access/principal.ts';
import type { ToolContext } from '../../src/mcp/tool.ts';
import { perform } from '../../src/operations/operation.ts';
import type { OperationDeps } from '../../src/operations/operation.ts';

export interface Who {
  readonly company: number;
  readonly name?: string;
  readonly scopes?: readonly Scope[];
  readonly consented?: string;
  readonly declined?: string;
}

/** What an agent's token may do. */
export const agentScopes: readonly Scope[] = ['read', 'write', 'fix'];

export function contextOf(operations: OperationDeps, who: Who): ToolContext {
  const { company, name = 'morgan', scopes = agentScopes, consented, declined } = who;
  const principal: Principal = { tokenId: name, name, company, scopes: new Set(scopes) };
  return {
    perform: (operation, input) => perform(operation, operations, { input, principal }),
    scopes: principal.scopes,
    caller: name,
    consented,
    declined,
    adminUrl: 'http://127.0.0.1:8080/admin',
    nowMs: operations.now(),
    signal: new AbortController().signal,
  };
}
