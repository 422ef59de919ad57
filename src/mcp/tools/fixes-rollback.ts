import * as z from 'zod';
import { Failure } from '../../failure.ts';
import { getFix } from '../../operations/get-fix.ts';
import { rollbackFix } from '../../operations/rollback-fix.ts';
import { NOTE_CHARS, cut } from '../budget.ts';
import { askToUndo, fixUrl } from '../consent-question.ts';
import { undoOf } from '../fix-status.ts';
import { nextStepsView, scopeOf, step, takeSteps } from '../next-steps.ts';
import { defineTool } from '../tool.ts';
import type { ToolContext } from '../tool.ts';
import { untrustedNotice } from '../untrusted.ts';

const statuses = ['rolled_back', 'running', 'not_reversible', 'approval_required', 'declined', 'failed'] as const;

const SUMMARY: Readonly<Record<(typeof statuses)[number], string>> = {
  rolled_back: 'It was undone.',
  running: 'It is being undone.',
  not_reversible: 'Nothing in it can be undone, or it is too old.',
  approval_required: 'A person must decide at approval_url: see note.',
  declined: 'The person who was asked did not agree. It can still be undone at approval_url.',
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
    approval_url: z.string().nullable().describe('Where a person decides.'),
    untrusted: z.string(),
    next_steps: nextStepsView,
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  scope: scopeOf['devops.fixes.rollback'],
  async run(context, { fix_id, reason }) {
    const id = fix_id.toLowerCase();
    const before = context.scopes.has('read') ? await context.perform(getFix, { id: fix_id }) : undefined;
    const known = before === undefined ? undefined : decided(before, context.nowMs);
    const { status, note } = known ?? (await rollBack(context, { id, reason }));
    const url = fixUrl(context, id);
    const output = {
      fix_id: id,
      status,
      summary: SUMMARY[status],
      note: cut(note, NOTE_CHARS),
      approval_url: status === 'approval_required' || status === 'declined' ? url : null,
      untrusted: untrustedNotice('note'),
      next_steps: takeSteps(context, [
        before && step('devops.fixes.history', { error_id: before.error_id }, 'See how it stands now.'),
        before &&
          (status === 'rolled_back' || status === 'not_reversible') &&
          step(
            'devops.agents.delegate',
            { error_id: before.error_id, reason: 'The fix was not what it needs.' },
            'Ask agents; without a name, those that the routes choose.',
          ),
      ]),
    };
    // What a person is not shown they can't agree to: without the scope read there is the link alone.
    return status === 'approval_required' && known === undefined && before !== undefined
      ? { kind: 'consent', output, attemptId: id, question: askToUndo(before, url) }
      : { kind: 'answer', output, truncated: false };
  },
});

type Fix = Parameters<typeof undoOf>[0];

interface Rolled {
  readonly status: (typeof statuses)[number];
  readonly note: string;
}

/** What needs no try; the same call again finds what is undone. */
function decided(fix: Fix, nowMs: number): Rolled | undefined {
  const { state, outcome, note } = fix;
  if (state === 'ended' && outcome === 'rolled_back') return { status: 'rolled_back', note };
  if (state === 'rolling_back') return { status: 'running', note };
  if (state === 'awaiting_approval') return { status: 'approval_required', note };
  const isReversible = state !== 'suppressed' && (state !== 'ended' || undoOf(fix, nowMs) !== undefined);
  return isReversible ? undefined : { status: 'not_reversible', note };
}

async function rollBack(
  context: ToolContext,
  { id, reason }: { readonly id: string; readonly reason: string },
): Promise<Rolled> {
  if (context.declined === id) return { status: 'declined', note: '' };
  try {
    // A model calls: that its token may approve is no consent of the person whose token it is.
    const { state, outcome, note } = await context.perform(rollbackFix, {
      id,
      reason,
      consent: context.consented === id,
    });
    if (state === 'rolling_back') return { status: 'running', note };
    return { status: outcome === 'rolled_back' ? 'rolled_back' : 'failed', note };
  } catch (cause) {
    if (cause instanceof Failure && cause.code === 'CONFLICT') return { status: 'failed', note: cause.message };
    // With the scope it is the mode that forbids.
    if (cause instanceof Failure && cause.code === 'FORBIDDEN' && context.scopes.has('fix'))
      return { status: 'approval_required', note: cause.message };
    throw cause;
  }
}
