import * as z from 'zod';
import { delegationStates } from '../../agents/case.ts';
import { toCursor } from '../../operations/cursor.ts';
import { given } from '../../operations/given.ts';
import { listAgents } from '../../operations/list-agents.ts';
import { listDelegations } from '../../operations/list-delegations.ts';
import { fit } from '../budget.ts';
import { delegationRow, delegationTexts, toDelegationRow } from '../delegation-row.ts';
import { scopeOf, step, takeSteps } from '../next-steps.ts';
import { cursorInput, limitInput, pageView } from '../page.ts';
import { defineTool } from '../tool.ts';
import { untrustedNotice } from '../untrusted.ts';

/** What there is to do. */
const TO_DO = ['open', 'acknowledged'] as const;

export const agentsInbox = defineTool({
  name: 'devops.agents.inbox',
  description:
    'List what agents were asked to see to, newest first: yours and still to do unless told otherwise. Take one with devops.agents.report.',
  input: z.strictObject({
    agent: z.string().min(1).max(32).optional().describe('Name, or any'),
    status: z.enum([...delegationStates, 'any']).optional(),
    limit: limitInput,
    cursor: cursorInput,
  }),
  output: z.object({ delegations: z.array(delegationRow), ...pageView }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  scope: scopeOf['devops.agents.inbox'],
  async run(context, asked) {
    const agent = asked.agent === undefined ? await self() : asked.agent === ANY ? undefined : asked.agent;
    const page = await context.perform(listDelegations, {
      ...given({
        agent,
        state: asked.status === undefined ? [...TO_DO] : asked.status === ANY ? undefined : asked.status,
        cursor: asked.cursor,
      }),
      limit: asked.limit,
    });
    const items = page.delegations.map((item) => ({ row: toDelegationRow(item), caseOpenedAt: item.case.opened_at }));
    const hint = items.length > 0 ? undefined : await whyNone();
    const { cursor: _, ...filters } = asked;
    const output = fit(items, (shown) => {
      const last = shown.at(-1);
      const isMore = last !== undefined && (shown.length < items.length || page.next_cursor !== null);
      const cursor = isMore ? toCursor({ ms: Date.parse(last.caseOpenedAt), key: last.row.delegation_id }) : null;
      const open = shown.find(({ row }) => row.status === 'open')?.row;
      return {
        delegations: shown.map(({ row }) => row),
        returned: shown.length,
        total_estimate: null,
        truncated: isMore,
        next_cursor: cursor,
        ...given({ hint }),
        untrusted: untrustedNotice(...delegationTexts),
        next_steps: takeSteps(context, [
          open && step('devops.agents.report', { delegation_id: open.delegation_id, status: 'working' }, 'Take it.'),
          open && step('devops.errors.get', { error_id: open.error_id, detail: 'full' }, 'See its error in full.'),
          hint === undefined || (asked.agent === ANY && asked.status === ANY)
            ? undefined
            : step('devops.agents.inbox', { agent: ANY, status: ANY }, 'See what was ever asked of anybody.'),
          cursor === null
            ? undefined
            : step('devops.agents.inbox', { ...given(filters), cursor }, 'See the next page.'),
        ]),
      };
    });
    return { kind: 'answer', output, truncated: output.truncated };

    /** Tokens of agents have their names; anybody else sees all. */
    async function self(): Promise<string | undefined> {
      const { agents } = await context.perform(listAgents, {});
      return agents.some(({ name }) => name === context.caller) ? context.caller : undefined;
    }

    async function whyNone(): Promise<string> {
      if (asked.cursor !== undefined) return 'The list ended before this page.';
      const { delegations } = await context.perform(listDelegations, { limit: 1 });
      return delegations.length === 0
        ? 'No data: nothing was ever delegated.'
        : 'Nothing matched: there are delegations, none fits.';
    }
  },
});

const ANY = 'any';
