// A delegation as a row of a list.
import * as z from 'zod';
import { caseStates, delegationStates, priorities, reportStatuses } from '../agents/case.ts';
import type { delegationItem } from '../operations/delegation-view.ts';
import { NAME_CHARS, NOTE_CHARS, ROW_TEXT_CHARS, cut } from './budget.ts';

/** Questions and lines of evidence in a row; errata.yaml allows ten questions, a report twenty lines. */
const MAX_QUESTIONS = 10;
const MAX_EVIDENCE = 5;

export const delegationRow = z.object({
  delegation_id: z.string(),
  agent: z.string(),
  status: z.enum(delegationStates).describe('open: nobody has it; acknowledged: somebody works on it.'),
  priority: z.enum(priorities),
  error_id: z.string(),
  fix_id: z.string().nullable().describe('The fix that failed before.'),
  service: z.string(),
  type: z.string(),
  severity: z.string(),
  finding: z.string(),
  message: z.string(),
  reason: z.string(),
  questions: z.array(z.string()),
  opened_at: z.string(),
  due_at: z.string().nullable().describe('open: take it by then; acknowledged: the lease ends then.'),
  held_by: z.string().nullable(),
  note: z.string().describe('Why it is asked again, or ended without a report.'),
  case_state: z.enum(caseStates),
  report: z
    .object({
      status: z.enum(reportStatuses),
      summary: z.string(),
      evidence: z.array(z.string()),
      by: z.string(),
      at: z.string(),
    })
    .nullable(),
});

export const delegationTexts = [
  'service',
  'message',
  'reason',
  'questions',
  'note',
  'report.summary',
  'report.evidence',
];

export function toDelegationRow(item: z.output<typeof delegationItem>): z.output<typeof delegationRow> {
  const { report, case: about } = item;
  return {
    delegation_id: item.id,
    agent: item.agent,
    status: item.state,
    priority: about.priority,
    error_id: about.error_id,
    fix_id: about.fix_id,
    service: cut(about.service, NAME_CHARS),
    type: about.error_type,
    severity: about.severity,
    finding: cut(about.finding, NAME_CHARS),
    message: cut(about.message, ROW_TEXT_CHARS),
    reason: cut(about.reason, NOTE_CHARS),
    questions: item.questions.slice(0, MAX_QUESTIONS).map((question) => cut(question, ROW_TEXT_CHARS)),
    opened_at: item.opened_at,
    due_at: item.due_at,
    held_by: item.held_by === null ? null : cut(item.held_by, NAME_CHARS),
    note: cut(item.note, NOTE_CHARS),
    case_state: about.state,
    report:
      report === null
        ? null
        : {
            status: report.status,
            summary: cut(report.summary, NOTE_CHARS),
            evidence: report.evidence.slice(0, MAX_EVIDENCE).map((line) => cut(line, ROW_TEXT_CHARS)),
            by: cut(report.by, NAME_CHARS),
            at: report.at,
          },
  };
}
