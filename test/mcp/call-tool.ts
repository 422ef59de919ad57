// Tools as the server runs them, without the wire: a real store, real operations, and whoever calls. Every answer is held
// against what holds for all answers.
import { expect } from 'vitest';
import * as z from 'zod';
import { scopes as allScopes } from '../../src/access/principal.ts';
import type { Principal, Scope } from '../../src/access/principal.ts';
import { tools } from '../../src/mcp/tools.ts';
import { nextStepsView } from '../../src/mcp/next-steps.ts';
import type { Tool, ToolAnswer, ToolContext } from '../../src/mcp/tool.ts';
import { parseInput, perform } from '../../src/operations/operation.ts';
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

export function toolOf(name: string): Tool {
  const tool = tools.find((one) => one.name === name);
  if (tool === undefined) throw new Error(`there is no tool ${name}`);
  return tool;
}

export type Output = Readonly<Record<string, unknown>>;

export async function run(
  operations: OperationDeps,
  who: Who,
  [name, args]: readonly [string, unknown],
): Promise<ToolAnswer<Output>> {
  const tool = toolOf(name);
  const answer = await tool.run(contextOf(operations, who), parseInput(tool.input, args));
  expectSound(tool, answer.output, who.scopes ?? agentScopes);
  return answer;
}

export async function call(operations: OperationDeps, who: Who, asked: readonly [string, unknown]): Promise<Output> {
  return (await run(operations, who, asked)).output;
}

/** Rows of a list. */
export function rowsOf(output: Output, key: string): readonly Output[] {
  return z.array(z.record(z.string(), z.unknown())).parse(output[key]);
}

function expectSound(tool: Tool, output: Output, scopes: readonly Scope[]): void {
  // Nothing that the schema does not name, and nothing of another type.
  expect(tool.output.parse(output)).toEqual(output);
  expect(JSON.stringify(output).length).toBeLessThanOrEqual(20_000);
  const steps = nextStepsView.parse(output['next_steps']);
  expect(steps.length).toBeLessThanOrEqual(3);
  for (const step of steps) {
    const next = toolOf(step.tool);
    expect(scopes).toContain(next.scope);
    expect(() => parseInput(next.input, step.arguments)).not.toThrow();
  }
}

export const everyScope = allScopes;
