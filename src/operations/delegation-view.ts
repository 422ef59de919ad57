// A delegation as it is shown outside, with the case it belongs to. The error's message and what agents wrote (reason,
// questions, notes, reports) are data, whatever they say.
import * as z from 'zod';
import type { Delegated } from '../agents/agents.ts';
import { caseKinds, caseStates, delegationStates, joins, priorities, reportStatuses } from '../agents/case.ts';
import type { Delegation, Report } from '../agents/case.ts';
import { timeView, toTime } from './error-view.ts';
import { textOrNull, timeOrNull } from './or-null.ts';

const reportView = z.object({
  status: z
    .enum(reportStatuses)
    .describe("resolved: the cause is gone; found: known and still there; no_fault: not in the agent's area; unable."),
  summary: z.string(),
  evidence: z.array(z.string()),
  by: z.string().describe('Name of the token.'),
  at: timeView,
});

const caseView = z.object({
  state: z.enum(caseStates),
  kind: z.enum(caseKinds).describe('What opened it.'),
  error_id: z.string(),
  fix_id: z.string().nullable().describe('The fix that failed or handed it over; null without one.'),
  service: z.string(),
  error_type: z.string(),
  severity: z.string(),
  message: z.string().describe("The error's."),
  finding: z.string().describe('What the diagnosis of the fix says; empty without one.'),
  reason: z.string().describe('Why it was opened.'),
  opened_by: z.string().describe('`ada`, or the name of the token that asked.'),
  priority: z.enum(priorities),
  join: z.enum(joins).describe('all: every agent must report; any: the first report that resolves or finds is enough.'),
  opened_at: timeView,
  deadline_at: timeView.describe('Then it ends with whatever was reported.'),
  closed_at: timeView.nullable(),
  summary: z.string().describe('Written when it closes: each report in one line.'),
});

export const delegationItem = z.object({
  id: z.string(),
  agent: z.string(),
  state: z
    .enum(delegationStates)
    .describe('open: offered, nobody has it; expired: nobody answered; withdrawn: no longer needed.'),
  questions: z.array(z.string()),
  opened_at: timeView,
  due_at: timeView
    .nullable()
    .describe('open: acknowledge by then; acknowledged: the lease ends then, acknowledge again to keep it.'),
  acknowledged_at: timeView.nullable(),
  held_by: z.string().nullable().describe('Name of the token that works on it.'),
  offers: z.int().describe('How often it was offered.'),
  note: z.string().describe('Why it was handed back, or ended without a report.'),
  report: reportView.nullable(),
  case: caseView,
});

export const delegationView = delegationItem.extend({
  company_id: z.int(),
  fingerprints: z.array(z.string()).describe('The groups that it is about.'),
  joined: z.int().describe('Later fixes of the same groups that failed meanwhile.'),
  others: z
    .array(delegationItem.pick({ id: true, agent: true, state: true, report: true }))
    .describe('What else was asked about the same case.'),
});

export function toDelegationItem({ delegation, case: about }: Delegated): z.output<typeof delegationItem> {
  return {
    ...toAsked(delegation),
    questions: [...delegation.questions],
    opened_at: toTime(delegation.openedAtMs),
    due_at: timeOrNull(delegation.dueAtMs),
    acknowledged_at: timeOrNull(delegation.acknowledgedAtMs),
    held_by: textOrNull(delegation.heldBy),
    offers: delegation.offers,
    note: delegation.note,
    case: {
      state: about.state,
      kind: about.kind,
      error_id: about.errorId,
      fix_id: textOrNull(about.attemptId),
      service: about.service,
      error_type: about.errorType,
      severity: about.severity,
      message: about.message,
      finding: about.finding,
      reason: about.reason,
      opened_by: about.openedBy,
      priority: about.priority,
      join: about.join,
      opened_at: toTime(about.openedAtMs),
      deadline_at: toTime(about.deadlineAtMs),
      closed_at: timeOrNull(about.closedAtMs),
      summary: about.summary,
    },
  };
}

export function toDelegationView(delegated: Delegated): z.output<typeof delegationView> {
  const { delegation, case: about } = delegated;
  return {
    ...toDelegationItem(delegated),
    company_id: about.companyId,
    fingerprints: [...about.fingerprints],
    joined: about.joined,
    others: about.delegations.filter(({ id }) => id !== delegation.id).map(toAsked),
  };
}

function toAsked({ id, agent, state, report }: Delegation) {
  return { id, agent, state, report: report === undefined ? null : toReport(report) };
}

function toReport({ status, summary, evidence, by, atMs }: Report): z.output<typeof reportView> {
  return { status, summary, evidence: [...evidence], by, at: toTime(atMs) };
}
