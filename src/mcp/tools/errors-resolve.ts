import * as z from 'zod';
import { Failure } from '../../failure.ts';
import { getError } from '../../operations/get-error.ts';
import { reopenError } from '../../operations/reopen-error.ts';
import { resolveError } from '../../operations/resolve-error.ts';
import { nextStepsView, scopeOf, step, takeSteps } from '../next-steps.ts';
import { defineTool } from '../tool.ts';
import type { ToolContext } from '../tool.ts';
import { untrustedNotice } from '../untrusted.ts';

/** A page of a list; each is looked up, then changed. */
const MAX_ERRORS = 50;

const output = z.object({
  resolved: z.boolean().describe('What they are now.'),
  changed: z.array(z.string()),
  unchanged: z.array(z.string()).describe('They were so already.'),
  not_found: z.array(z.string()),
  untrusted: z.string(),
  next_steps: nextStepsView,
});

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
    const found = await Promise.all(ids.map(async (id) => ({ id, error: await find(context, id) })));
    const changed = found.filter(({ error }) => error !== undefined && error.resolved !== resolved);
    const words = note?.trim() ?? '';
    const notes = words === '' ? resolution : `${resolution}: ${words}`;
    // One of each group changes the group.
    const groups = new Map(changed.map(({ id, error }) => [error?.fingerprint, id]));
    for (const id of groups.values()) {
      if (resolved) await context.perform(resolveError, { id, resolution_notes: notes });
      else await context.perform(reopenError, { id });
    }
    return {
      kind: 'answer',
      truncated: false,
      output: {
        resolved,
        changed: changed.map(({ id }) => id),
        unchanged: found.filter(({ error }) => error?.resolved === resolved).map(({ id }) => id),
        not_found: found.filter(({ error }) => error === undefined).map(({ id }) => id),
        untrusted: untrustedNotice('not_found'),
        next_steps: takeSteps(context, [
          step('devops.errors.groups', { resolved: false }, 'See what is still open.'),
          changed[0] &&
            step(
              'devops.errors.resolve',
              { error_ids: changed.map(({ id }) => id), resolved: !resolved },
              'Take it back.',
            ),
        ]),
      },
    };
  },
});

async function find(context: ToolContext, id: string) {
  try {
    return await context.perform(getError, { id });
  } catch (cause) {
    if (cause instanceof Failure && cause.code === 'NOT_FOUND') return undefined;
    throw cause;
  }
}
