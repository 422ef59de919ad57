// Tools for tests of the server itself: one that reads, one that needs a person, one that hangs, one that says too much.
import * as z from 'zod';
import { Failure } from '../../src/failure.ts';
import { getError } from '../../src/operations/get-error.ts';
import { getFix } from '../../src/operations/get-fix.ts';
import type { Resource } from '../../src/mcp/resource.ts';
import type { Tool } from '../../src/mcp/tool.ts';

const reads = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const changes = { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true };

export const echo: Tool = {
  name: 'devops.test.echo',
  description: 'Says it back. For errors use devops.errors.list.',
  input: z.strictObject({ text: z.string().max(100), times: z.int().min(1).max(3).default(1) }),
  output: z.object({
    text: z.string(),
    caller: z.string(),
    next_steps: z.array(z.object({ tool: z.string(), arguments: z.object({}), reason: z.string() })),
  }),
  annotations: reads,
  scope: 'read',
  async run({ caller }, input) {
    const { text, times } = input as { text: string; times: number };
    const step = { tool: 'devops.errors.list', arguments: {}, reason: 'After devops.test.echo comes the list.' };
    return {
      kind: 'answer',
      output: { text: text.repeat(times), caller, next_steps: [step], secret: 1 },
      truncated: true,
    };
  },
};

export const lookUp: Tool = {
  name: 'devops.errors.get',
  description: 'Gets one error.',
  input: z.strictObject({ error_id: z.string() }),
  output: z.object({ error_id: z.string() }),
  annotations: reads,
  scope: 'read',
  async run(context, { error_id: id }) {
    const { id: found } = await context.perform(getError, { id: String(id) });
    return { kind: 'answer', output: { error_id: found }, truncated: false };
  },
};

/** The attempt that `approve` is about. */
export const ATTEMPT = '7d9f2f0e-53c1-4d5e-8a51-3f0d1f4c2b1a';

/** `ran` holds what was decided at each run. */
export function approvable(ran: string[]): Tool {
  return {
    name: 'devops.test.approve',
    description: 'Needs a person.',
    input: z.strictObject({ error_id: z.string() }),
    output: z.object({ status: z.string(), approval_url: z.string().nullable() }),
    annotations: changes,
    scope: 'fix',
    async run({ consented, declined, adminUrl }) {
      ran.push(
        consented === undefined ? (declined === undefined ? 'undecided' : `no to ${declined}`) : `yes to ${consented}`,
      );
      if (consented === ATTEMPT)
        return { kind: 'answer', output: { status: 'running', approval_url: null }, truncated: false };
      if (declined === ATTEMPT)
        return { kind: 'answer', output: { status: 'declined', approval_url: null }, truncated: false };
      const output = { status: 'approval_required', approval_url: `${adminUrl}#/fixes/${ATTEMPT}` };
      return { kind: 'consent', output, attemptId: ATTEMPT, question: 'May Errata restart cart-1?' };
    },
  };
}

/** Never answers; counts its calls, and those whose caller hung up. */
export function hanging(seen: { started: number; aborted: number }): Tool {
  return {
    name: 'devops.test.hang',
    description: 'Never answers.',
    input: z.strictObject({}),
    output: z.object({}),
    annotations: reads,
    scope: 'read',
    run({ signal }) {
      signal.addEventListener('abort', () => {
        seen.aborted += 1;
      });
      seen.started += 1;
      return new Promise(() => undefined);
    },
  };
}

export const failing: Tool = {
  name: 'devops.test.fail',
  description: 'Fails as it is told.',
  input: z.strictObject({
    how: z.enum(['away', 'unforeseen', 'long', 'conflict', 'fix']),
    fix_id: z.string().optional(),
  }),
  output: z.object({ text: z.string() }),
  annotations: reads,
  scope: 'read',
  async run(context, { how }) {
    switch (how) {
      case 'away':
        throw new Failure('STORE_UNAVAILABLE', 'the store does not answer');
      case 'conflict':
        throw new Failure('CONFLICT', 'this fix is over');
      case 'fix':
        await context.perform(getFix, { id: 'nonsense' });
        throw new Error('unreachable');
      case 'long':
        return { kind: 'answer', output: { text: 'x'.repeat(40_000) }, truncated: false };
      default:
        throw new Error('password=hunter2');
    }
  },
};

export const oneError: Resource = {
  name: 'error',
  uri: 'errors://{error_id}',
  isTemplate: true,
  title: 'One error',
  description: 'As devops.errors.get tells it.',
  mimeType: 'application/json',
  scope: 'read',
  ttlMs: 1_000,
  async read(context, { error_id: id = '' }) {
    return JSON.stringify(await context.perform(getError, { id }));
  },
};
