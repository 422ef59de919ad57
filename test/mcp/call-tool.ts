// Tools as the server runs them, without the wire: a real store, real operations, and whoever calls. Every answer is held
// against what holds for all answers.
import { expect } from 'vitest';
import * as z from 'zod';
import { scopes as allScopes } from '../../src/access/principal.ts';
import type { Scope } from '../../src/access/principal.ts';
import { tools } from '../../src/mcp/tools.ts';
import { nextStepsView } from '../../src/mcp/next-steps.ts';
import type { Tool, ToolAnswer } from '../../src/mcp/tool.ts';
import { parseInput } from '../../src/operations/operation.ts';
import type { OperationDeps } from '../../src/operations/operation.ts';
import { agentScopes, contextOf } from './tool-context.ts';
import type { Who } from './tool-context.ts';

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
