// A page of errors: what devops.errors.list and devops.errors.search answer alike.
import * as z from 'zod';
import { toCursor } from '../operations/cursor.ts';
import { listErrors } from '../operations/list-errors.ts';
import { fit } from './budget.ts';
import { errorRow, toErrorRows } from './error-row.ts';
import type { ErrorRow } from './error-row.ts';
import { step, takeSteps } from './next-steps.ts';
import { pageView } from './page.ts';
import type { NextStep, ToolAnswer, ToolContext } from './tool.ts';
import { untrustedNotice } from './untrusted.ts';

export const errorPage = z.object({ errors: z.array(errorRow), ...pageView });

interface Question {
  readonly query: z.input<typeof listErrors.input>;
  /** Arguments of devops.errors.search that ask the same. */
  readonly search: NextStep['arguments'];
}

export async function answerErrors(
  context: ToolContext,
  { query, search }: Question,
): Promise<ToolAnswer<z.output<typeof errorPage>>> {
  const page = await context.perform(listErrors, query);
  const rows = await toErrorRows(context, page.errors);
  const why = rows.length === 0 ? await whyNone(context, page.total) : undefined;
  const output = fit(rows, (shown) => {
    const last = shown.at(-1);
    const isMore = last !== undefined && (shown.length < rows.length || page.next_cursor !== null);
    const cursor = isMore ? toCursor({ ms: Date.parse(last.timestamp), key: last.error_id }) : null;
    return {
      errors: [...shown],
      returned: shown.length,
      total_estimate: page.total,
      truncated: isMore,
      next_cursor: cursor,
      ...(why === undefined ? {} : { hint: why.hint }),
      untrusted: untrustedNotice('service', 'message'),
      next_steps: takeSteps(context, [
        ...stepsAfter(shown),
        why?.next,
        cursor === null ? undefined : step('devops.errors.search', { ...search, cursor }, 'See the next page.'),
      ]),
    };
  });
  return { kind: 'answer', output, truncated: output.truncated };
}

function stepsAfter(rows: readonly ErrorRow[]): readonly (NextStep | undefined)[] {
  const first = rows.find(({ resolved }) => !resolved) ?? rows[0];
  const fixable = rows.find((row) => row.fixable === true && !row.resolved);
  return [
    first && step('devops.errors.get', { error_id: first.error_id }, 'See it with its stack, details and fixes.'),
    fixable &&
      step('devops.errors.plan', { error_id: fixable.error_id }, 'A rule knows this one: see what it would do.'),
  ];
}

async function whyNone(
  context: ToolContext,
  matching: number,
): Promise<{ readonly hint: string; readonly next?: NextStep }> {
  if (matching > 0) return { hint: 'The list ended before this page.' };
  const { total } = await context.perform(listErrors, { limit: 1 });
  if (total === 0) return { hint: 'No data: no error was reported, or all are past their retention.' };
  return {
    hint: `Nothing matched: ${total} errors are stored, none fits these filters.`,
    next: step('devops.errors.search', {}, 'Look without filters.'),
  };
}
