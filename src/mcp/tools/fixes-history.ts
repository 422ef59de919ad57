import * as z from 'zod';
import { toCursor } from '../../operations/cursor.ts';
import { getError } from '../../operations/get-error.ts';
import { given } from '../../operations/given.ts';
import { listFixes } from '../../operations/list-fixes.ts';
import { fit } from '../budget.ts';
import { fixRow, toFixRow } from '../fix-row.ts';
import { filterOf } from '../fix-status.ts';
import { scopeOf, step, takeSteps } from '../next-steps.ts';
import { cursorInput, limitInput, momentOf, nameInput, pageView, sinceInput } from '../page.ts';
import { defineTool } from '../tool.ts';
import type { ToolContext } from '../tool.ts';
import { untrustedNotice } from '../untrusted.ts';

export const fixesHistory = defineTool({
  name: 'devops.fixes.history',
  description: 'List fixes that ran, run, wait or were held back, newest first: how a fix goes on, and what helped.',
  input: z.strictObject({
    error_id: z.string().optional().describe('Fixes of its whole group'),
    fingerprint: z.string().max(64).optional(),
    rule_id: nameInput,
    status: z.enum(['applied', 'running', 'approval_required', 'declined', 'blocked', 'failed']).optional(),
    since: sinceInput,
    limit: limitInput,
    cursor: cursorInput,
  }),
  output: z.object({ fixes: z.array(fixRow), ...pageView }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  scope: scopeOf['devops.fixes.history'],
  async run(context, asked) {
    const sinceMs = asked.since === undefined ? 0 : momentOf('since', asked.since, context.nowMs);
    const page = await context.perform(listFixes, {
      ...given({
        fingerprint: asked.error_id === undefined ? asked.fingerprint : await groupOf(context, asked.error_id),
        rule_id: asked.rule_id,
        ...(asked.status === undefined ? {} : filterOf(asked.status)),
        cursor: asked.cursor,
      }),
      limit: asked.limit,
    });
    const inTime = page.fixes.filter(({ started_at }) => Date.parse(started_at) >= sinceMs);
    const isLastPage = page.next_cursor === null || inTime.length < page.fixes.length;
    const hint = inTime.length === 0 ? await whyNone(context, asked.cursor !== undefined) : undefined;
    const output = fit(inTime.map(toFixRow), (shown) => {
      const last = shown.at(-1);
      const isMore = last !== undefined && (shown.length < inTime.length || !isLastPage);
      const cursor = isMore ? toCursor({ ms: Date.parse(last.started_at), key: last.fix_id }) : null;
      const running = shown.find(({ status }) => status === 'running');
      const failed = shown.find(({ status }) => status === 'failed');
      const { cursor: _, ...filters } = asked;
      return {
        fixes: [...shown],
        returned: shown.length,
        total_estimate: null,
        truncated: isMore,
        next_cursor: cursor,
        ...given({ hint }),
        untrusted: untrustedNotice('target', 'note', 'requested_by'),
        next_steps: takeSteps(context, [
          running && step('devops.fixes.history', { error_id: running.error_id, limit: 1 }, 'See how it goes on.'),
          failed &&
            step(
              'devops.agents.delegate',
              { error_id: failed.error_id, reason: 'A fix of it failed.' },
              'Ask agents; without a name, those that the routes choose.',
            ),
          cursor === null
            ? undefined
            : step('devops.fixes.history', { ...given(filters), cursor }, 'See the next page.'),
        ]),
      };
    });
    return { kind: 'answer', output, truncated: output.truncated };
  },
});

async function groupOf(context: ToolContext, errorId: string): Promise<string> {
  return (await context.perform(getError, { id: errorId })).fingerprint;
}

async function whyNone(context: ToolContext, isLaterPage: boolean): Promise<string> {
  if (isLaterPage) return 'The list ended before this page.';
  const { fixes } = await context.perform(listFixes, { limit: 1 });
  return fixes.length === 0
    ? 'No data: no fix was ever attempted.'
    : 'Nothing matched: there are fixes, none fits these filters.';
}
