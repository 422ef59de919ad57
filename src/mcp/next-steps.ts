// What to call next. Only tools that this token may call, with complete arguments, for reasons that are sentences of ours.
import * as z from 'zod';
import type { Scope } from '../access/principal.ts';
import type { NextStep, ToolContext } from './tool.ts';

/** Each tool's scope, here and not in the tools, because they name each other. */
export const scopeOf = {
  'devops.errors.list': 'read',
  'devops.errors.fix': 'fix',
  'devops.errors.get': 'read',
  'devops.errors.search': 'read',
  'devops.errors.groups': 'read',
  'devops.errors.trends': 'read',
  'devops.errors.similar': 'read',
  // It runs the probes of a rule against the real thing.
  'devops.errors.plan': 'fix',
  'devops.errors.resolve': 'write',
  'devops.fixes.history': 'read',
  'devops.fixes.rollback': 'fix',
  'devops.rules.list': 'read',
  'devops.agents.delegate': 'write',
  'devops.agents.report': 'write',
  'devops.agents.inbox': 'read',
} as const satisfies Readonly<Record<`devops.${string}`, Scope>>;

export type ToolName = keyof typeof scopeOf;

/** More is a menu, not advice. */
const MAX_STEPS = 3;

export const nextStepsView = z
  .array(z.object({ tool: z.string(), arguments: z.record(z.string(), z.unknown()), reason: z.string() }))
  .max(MAX_STEPS);

export type StepsView = z.output<typeof nextStepsView>;

export function step(tool: ToolName, args: NextStep['arguments'], reason: string): NextStep {
  return { tool, arguments: args, reason };
}

/** The first three that the caller may take. */
export function takeSteps(context: ToolContext, steps: readonly (NextStep | undefined | false)[]): StepsView {
  return steps
    .filter((given) => given !== undefined && given !== false)
    .filter(({ tool }) => context.scopes.has(scopeOf[tool as ToolName]))
    .filter((given) => isPlain(given.arguments))
    .slice(0, MAX_STEPS)
    .map((given) => ({ ...given, arguments: { ...given.arguments } }));
}

/** What a caller filtered by may have been copied from an error: a word is said back, a sentence is not. */
const ECHOED = ['query', 'service', 'environment', 'rule_id', 'agent'];
const WORD = /^[\p{L}\p{N}_.:/@-]{1,64}$/u;

function isPlain(args: NextStep['arguments']): boolean {
  return ECHOED.every((name) => {
    const value = args[name];
    return typeof value !== 'string' || WORD.test(value);
  });
}
