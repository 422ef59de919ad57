import * as z from 'zod';
import { Failure } from '../../failure.ts';
import { getError } from '../../operations/get-error.ts';
import { reopenError } from '../../operations/reopen-error.ts';
import { resolveError } from '../../operations/resolve-error.ts';
import { nextStepsView, scopeOf, step, takeSteps } from '../next-steps.ts';
import { defineTool } from '../tool.ts';
import type { ToolContext } from '../tool.ts';
import { isUuid } from '../../operations/cursor.ts';

/** A page of a list; each is looked up, then changed. */
const MAX_ERRORS = 50;

const output = z.object({
  resolved: z.boolean().describe('What they are now.'),
  changed: z.array(z.string()),
  unchanged: z.array(z.string()).describe('They were so already.'),
  not_found: z.array(z.string()),
  next_steps: nextStepsView,
});

interface Result {
  readonly id: string;
  readonly kind: 'changed' | 'unchanged' | 'not_found';
}

const NO_ID = 'not an id';

export const errorsResolve = defineTool({
  name: 'devops.errors.resolve',
  description:
    'Mark errors, with all of their groups up to now, as resolved, or with resolved=false as open again. Fixes nothing.',
  input: z.strictObject({
    error_ids: z.array(z.string().max(64)).min(1).max(MAX_ERRORS),
    resolved: z.boolean().default(true),
    resolution: z.enum(['fixed', 'expected', 'duplicate', 'wont_fix']).default('fixed'),
    note: z.string().max(2_000).optional().describe('What was done, for the next who meets it'),
  }),
  output,
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  scope: scopeOf['devops.errors.resolve'],
  async run(context, { error_ids, resolved, resolution, note }) {
    const ids = [...new Set(error_ids.map((id) => id.toLowerCase()))];
    const before = await Promise.all(ids.map((id) => stateOf(context, id)));
    const words = note?.trim() ?? '';
    const notes = words === '' ? resolution : `${resolution}: ${words}`;
    const results: Result[] = [];
    /** One of each group changes the group. */
    const groups = new Set<string>();
    for (const [index, id] of ids.entries()) {
      const error = before[index];
      if (error === undefined) results.push({ id, kind: 'not_found' });
      else if (error !== 'unknown' && error.resolved === resolved) results.push({ id, kind: 'unchanged' });
      else if (error !== 'unknown' && groups.has(error.fingerprint)) results.push({ id, kind: 'changed' });
      else {
        const change = resolved
          ? context.perform(resolveError, { id, resolution_notes: notes })
          : context.perform(reopenError, { id });
        const changed = await orUndefined(change);
        if (changed !== undefined) groups.add(changed.fingerprint);
        results.push({ id, kind: changed === undefined ? 'not_found' : 'changed' });
      }
    }
    const those = (kind: Result['kind']) => results.filter((result) => result.kind === kind).map(({ id }) => id);
    const changed = those('changed');
    return {
      kind: 'answer',
      truncated: false,
      output: {
        resolved,
        changed,
        unchanged: those('unchanged'),
        // As the caller sent them; what is no id is not said back.
        not_found: those('not_found').map((id) => (isUuid(id) ? id : NO_ID)),
        next_steps: takeSteps(context, [
          step('devops.errors.groups', { resolved: false }, 'See what is still open.'),
          changed.length === 0
            ? undefined
            : step('devops.errors.resolve', { error_ids: changed, resolved: !resolved }, 'Take it back.'),
        ]),
      },
    };
  },
});

/** `unknown`: this token may not read. */
async function stateOf(context: ToolContext, id: string) {
  return context.scopes.has('read') ? orUndefined(context.perform(getError, { id })) : 'unknown';
}

async function orUndefined<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (cause) {
    if (cause instanceof Failure && cause.code === 'NOT_FOUND') return undefined;
    throw cause;
  }
}
