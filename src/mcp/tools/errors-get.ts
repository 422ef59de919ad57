import * as z from 'zod';
import { errorTypes, severities, sources } from '../../errors/error-event.ts';
import { getError } from '../../operations/get-error.ts';
import { listDelegations } from '../../operations/list-delegations.ts';
import { listFixes } from '../../operations/list-fixes.ts';
import { NAME_CHARS, NOTE_CHARS, ROW_TEXT_CHARS, cut, cutData, jsonChars } from '../budget.ts';
import { delegationRow, toDelegationRow } from '../delegation-row.ts';
import { fixRow, toFixRow } from '../fix-row.ts';
import { nextStepsView, scopeOf, step, takeSteps } from '../next-steps.ts';
import { defineTool } from '../tool.ts';
import type { ToolContext } from '../tool.ts';
import { untrustedNotice } from '../untrusted.ts';

/** In characters of JSON: together with the rest they stay within the budget of an answer. */
interface Room {
  readonly message: number;
  readonly stack: number;
  readonly details: number;
  readonly neighbours: number;
  readonly fixes: number;
  readonly delegations: number;
}

const ROOM: Readonly<Record<'summary' | 'full', Room>> = {
  summary: { message: 1_000, stack: 1_500, details: 1_000, neighbours: 3, fixes: 2, delegations: 0 },
  full: { message: 3_000, stack: 6_000, details: 3_000, neighbours: 6, fixes: 3, delegations: 3 },
};

/** Of one delegation beside the error: the rest is in devops.agents.inbox. */
const delegationBrief = delegationRow.pick({
  delegation_id: true,
  agent: true,
  status: true,
  due_at: true,
  held_by: true,
});

const output = z.object({
  error: z.object({
    error_id: z.string(),
    fingerprint: z.string(),
    timestamp: z.string(),
    severity: z.enum(severities),
    service: z.string(),
    type: z.enum(errorTypes),
    exception_type: z.string(),
    message: z.string(),
    stack: z.string(),
    details: z.record(z.string(), z.unknown()),
    handled: z.boolean().describe('false: it ended the operation or the process.'),
    environment: z.string(),
    release: z.string(),
    host: z.string(),
    source: z.enum(sources),
    resolved: z.boolean(),
    notes: z.string().nullable().describe('What resolved it.'),
    auto_fix_attempted: z.boolean(),
    auto_fix_successful: z.boolean(),
  }),
  group: z
    .object({
      count: z.int(),
      first_seen: z.string(),
      last_seen: z.string(),
      regressed: z.boolean(),
      resolved: z.boolean(),
    })
    .nullable(),
  fixes: z.array(fixRow).describe('Of its group, newest first.'),
  delegations: z.array(delegationBrief).describe('Only with detail full.'),
  trace: z
    .array(z.object({ error_id: z.string(), timestamp: z.string(), service: z.string(), message: z.string() }))
    .describe('Other errors of the same trace.'),
  links: z.object({ admin: z.string(), trace_id: z.string().nullable(), span_id: z.string().nullable() }),
  truncated: z.boolean().describe('true: a text or list was cut.'),
  untrusted: z.string(),
  next_steps: nextStepsView,
});

const NOTICE = untrustedNotice(
  'service',
  'exception_type',
  'message',
  'stack',
  'details',
  'environment',
  'release',
  'host',
  'notes',
  'fixes.target',
  'fixes.note',
);

export const errorsGet = defineTool({
  name: 'devops.errors.get',
  description:
    'Get one error: message, stack, details, its group, past fixes, delegations and errors of the same trace.',
  input: z.strictObject({ error_id: z.string(), detail: z.enum(['summary', 'full']).default('summary') }),
  output,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  scope: scopeOf['devops.errors.get'],
  async run(context, { error_id, detail }) {
    const room = ROOM[detail];
    const found = await context.perform(getError, { id: error_id });
    const [{ fixes }, delegations] = await Promise.all([
      context.perform(listFixes, { fingerprint: found.fingerprint, limit: room.fixes }),
      delegationsOf(context, found.id, room.delegations),
    ]);
    const details = cutData(found.details, room.details);
    const trace = found.trace.slice(0, room.neighbours);
    const truncated =
      jsonChars(found.message) > room.message ||
      jsonChars(found.stack_trace) > room.stack ||
      jsonChars(details) < jsonChars(found.details) ||
      trace.length < found.trace.length;
    return {
      kind: 'answer',
      truncated,
      output: {
        error: {
          error_id: found.id,
          fingerprint: found.fingerprint,
          timestamp: found.timestamp,
          severity: found.severity,
          service: cut(found.service, NAME_CHARS),
          type: found.error_type,
          exception_type: cut(found.exception_type, NAME_CHARS),
          message: cut(found.message, room.message),
          stack: cut(found.stack_trace, room.stack),
          details,
          handled: found.handled,
          environment: cut(found.environment, NAME_CHARS),
          release: cut(found.release, NAME_CHARS),
          host: cut(found.host, NAME_CHARS),
          source: found.source,
          resolved: found.resolved,
          notes: found.resolution_notes === null ? null : cut(found.resolution_notes, NOTE_CHARS),
          auto_fix_attempted: found.auto_fix_attempted,
          auto_fix_successful: found.auto_fix_successful,
        },
        group: found.group && {
          count: found.group.count,
          first_seen: found.group.first_seen,
          last_seen: found.group.last_seen,
          regressed: found.group.regressed,
          resolved: found.group.resolved,
        },
        fixes: fixes.map(toFixRow),
        delegations,
        trace: trace.map((other) => ({
          error_id: other.id,
          timestamp: other.timestamp,
          service: cut(other.service, NAME_CHARS),
          message: cut(other.message, ROW_TEXT_CHARS),
        })),
        links: {
          admin: `${context.adminUrl}#/errors/${found.id}`,
          trace_id: found.trace_id === '' ? null : found.trace_id,
          span_id: found.span_id === '' ? null : found.span_id,
        },
        truncated,
        untrusted: NOTICE,
        next_steps: takeSteps(context, [
          found.resolved
            ? undefined
            : step('devops.errors.plan', { error_id: found.id }, 'See what a rule would do about it.'),
          step('devops.errors.similar', { error_id: found.id }, 'See what put errors like it right before.'),
          truncated && detail === 'summary'
            ? step('devops.errors.get', { error_id: found.id, detail: 'full' }, 'Something was cut here: see more.')
            : undefined,
          found.resolved
            ? undefined
            : step(
                'devops.agents.delegate',
                { error_id: found.id, reason: 'It needs to be looked into.' },
                'Ask agents; without a name, those that the routes choose.',
              ),
        ]),
      },
    };
  },
});

async function delegationsOf(context: ToolContext, errorId: string, limit: number) {
  if (limit === 0) return [];
  const { delegations } = await context.perform(listDelegations, { error_id: errorId, limit });
  return delegations.map((item) => delegationBrief.parse(toDelegationRow(item)));
}
