// GET /api/activity: what agents called, and what anybody changed, newest first.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import type { Activity, ActivityPosition } from '../agents/activity.ts';
import { agentField, requireAgent } from './agent-fields.ts';
import { isUuid, parseCursor, toCursor } from './cursor.ts';
import { timeView, toTime } from './error-view.ts';
import { companyField, nameField, pageFields, periodFields, periodOf } from './fields.ts';
import { given } from './given.ts';
import { InvalidInput } from './invalid-input.ts';
import { defineOperation } from './operation.ts';
import { textOrNull } from './or-null.ts';

/** `n` of a position: the store's column. */
const MAX_UINT64 = 2n ** 64n - 1n;

const activityView = z.object({
  at: timeView,
  actor: z.string().describe('Name of the token.'),
  agent: z.string().nullable().describe('The same, when it is of the roster.'),
  via: z.enum(['rest', 'mcp']),
  call: z.string().describe('Operation or tool.'),
  error_id: z.string().nullable(),
  fix_id: z.string().nullable(),
  delegation_id: z.string().nullable(),
  outcome: z.string().describe('`OK`, or the code of the refusal.'),
  took_ms: z.number(),
  chars: z.int().describe('Of the answer; 0 where nobody counted.'),
  truncated: z.boolean(),
  trace_id: z.string().nullable(),
});

export const listActivity = defineOperation({
  name: 'list-activity',
  summary: 'Lists the calls of agents and the changes that anybody asked for, newest first.',
  scope: 'read',
  input: z.strictObject({
    agent: agentField.optional().describe('Only calls of this agent.'),
    actor: nameField.optional().describe('Only calls with the token of this name.'),
    error_id: z.string().optional().describe('Only calls about this error.'),
    since: periodFields.since,
    ...pageFields,
    company_id: companyField,
  }),
  output: z.object({
    activities: z.array(activityView),
    next_cursor: z.string().nullable().describe('null on the last page.'),
  }),
  async run({ agents, activity, now }, input, principal) {
    if (input.agent !== undefined) requireAgent(agents, input.agent, 'agent');
    const after = input.cursor === undefined ? undefined : positionOf(input.cursor);
    const errorId = input.error_id?.toLowerCase();
    if (errorId !== undefined && !isUuid(errorId)) return { activities: [], next_cursor: null };
    const page = await activity.list({
      companyId: companyFor(principal, input.company_id),
      ...given({
        agent: input.agent,
        actor: input.actor,
        errorId,
        sinceMs: periodOf({ since: input.since }, now()).sinceMs,
        after,
      }),
      limit: input.limit,
    });
    return {
      activities: page.activities.map(toActivityView),
      next_cursor: page.next === undefined ? null : toCursor({ ms: page.next.atMs, key: page.next.n }),
    };
  },
});

function positionOf(cursor: string): ActivityPosition {
  const position = parseCursor(cursor);
  if (position === undefined || !isUInt64(position.key)) {
    throw new InvalidInput([{ field: 'cursor', message: 'is not one that this list gave out' }]);
  }
  return { atMs: position.ms, n: position.key };
}

function isUInt64(text: string): boolean {
  return /^\d{1,20}$/.test(text) && BigInt(text) <= MAX_UINT64;
}

function toActivityView(row: Activity): z.output<typeof activityView> {
  return {
    at: toTime(row.atMs),
    actor: row.actor,
    agent: textOrNull(row.agent),
    via: row.via,
    call: row.call,
    error_id: textOrNull(row.errorId),
    fix_id: textOrNull(row.attemptId),
    delegation_id: textOrNull(row.delegationId),
    outcome: row.outcome,
    took_ms: row.tookMs,
    chars: row.chars,
    truncated: row.truncated,
    trace_id: textOrNull(row.traceId),
  };
}
