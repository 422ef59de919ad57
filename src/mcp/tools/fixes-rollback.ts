import * as z from 'zod';
import { Failure } from '../../failure.ts';
import { getFix } from '../../operations/get-fix.ts';
import { rollbackFix } from '../../operations/rollback-fix.ts';
import { NOTE_CHARS, cut } from '../budget.ts';
import { undoOf } from '../fix-status.ts';
import { nextStepsView, scopeOf, step, takeSteps } from '../next-steps.ts';
import { defineTool } from '../tool.ts';
import type { ToolContext } from '../tool.ts';
import { untrustedNotice } from '../untrusted.ts';

const statuses = ['rolled_back', 'running', 'not_reversible', 'approval_required', 'failed'] as const;

const SUMMARY: Readonly<Record<(typeof statuses)[number], string>> = {
  rolled_back: 'It was undone.',
  running: 'It is being undone.',
  not_reversible: 'Nothing in it can be undone, or it is too old.',
  approval_required: 'It still waits for approval: nothing was done yet.',
  failed: 'It could not be undone: see note.',
};

export const fixesRollback = defineTool({
  name: 'devops.fixes.rollback',
  description: 'Undo what an ended fix changed, where that can be undone.',
  input: z.strictObject({ fix_id: z.string(), reason: z.string().min(1).max(1_000) }),
  output: z.object({
    fix_id: z.string(),
    status: z.enum(statuses),
    summary: z.string(),
    note: z.string(),
    untrusted: z.string(),
    next_steps: nextStepsView,
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  scope: scopeOf['devops.fixes.rollback'],
  async run(context, { fix_id }) {
    const fix = await context.perform(getFix, { id: fix_id });
    const { status, note } = await rollBack(context, fix);
    return {
      kind: 'answer',
      truncated: false,
      output: {
        fix_id: fix.id,
        status,
        summary: SUMMARY[status],
        note: cut(note, NOTE_CHARS),
        untrusted: untrustedNotice('note'),
        next_steps: takeSteps(context, [
          step('devops.fixes.history', { error_id: fix.error_id }, 'See how it stands now.'),
          status === 'rolled_back' || status === 'not_reversible'
            ? step(
                'devops.agents.delegate',
                { error_id: fix.error_id, reason: 'The fix was not what it needs.' },
                'Ask agents; without a name, those that the routes choose.',
              )
            : undefined,
        ]),
      },
    };
  },
});

type Fix = Parameters<typeof undoOf>[0];

async function rollBack(
  context: ToolContext,
  fix: Fix,
): Promise<{ readonly status: (typeof statuses)[number]; readonly note: string }> {
  // The same call again: what is undone stays undone.
  if (fix.outcome === 'rolled_back' && fix.state === 'ended') return { status: 'rolled_back', note: fix.note };
  if (fix.state === 'rolling_back') return { status: 'running', note: fix.note };
  if (fix.state === 'awaiting_approval') return { status: 'approval_required', note: fix.note };
  if (fix.state === 'suppressed' || (fix.state === 'ended' && undoOf(fix, context.nowMs) === undefined)) {
    return { status: 'not_reversible', note: fix.note };
  }
  try {
    const { state, outcome, note } = await context.perform(rollbackFix, { id: fix.id });
    if (state === 'rolling_back') return { status: 'running', note };
    return { status: outcome === 'rolled_back' ? 'rolled_back' : 'failed', note };
  } catch (cause) {
    if (cause instanceof Failure && cause.code === 'CONFLICT') return { status: 'failed', note: cause.message };
    throw cause;
  }
}
