// A fix as a row of a list.
import * as z from 'zod';
import { outcomes } from '../healing/attempt.ts';
import type { fixItem } from '../operations/attempt-view.ts';
import { NAME_CHARS, ROW_TEXT_CHARS, cut } from './budget.ts';
import { fixStatuses, tell } from './fix-status.ts';

export const fixRow = z.object({
  fix_id: z.string(),
  error_id: z.string(),
  rule_id: z.string(),
  status: z.enum(fixStatuses),
  outcome: z.enum(outcomes).nullable(),
  verified: z.boolean().nullable().describe('true: proven to help; false: it did not, or was not done.'),
  summary: z.string(),
  finding: z.string(),
  target: z.string(),
  note: z.string(),
  requested_by: z.string(),
  started_at: z.string(),
  ended_at: z.string().nullable(),
});

export function toFixRow(fix: z.output<typeof fixItem>): z.output<typeof fixRow> {
  return {
    fix_id: fix.id,
    error_id: fix.error_id,
    rule_id: fix.rule_id,
    ...tell(fix),
    outcome: fix.outcome,
    finding: cut(fix.finding, NAME_CHARS),
    target: cut(fix.target, NAME_CHARS),
    note: cut(fix.note, ROW_TEXT_CHARS),
    requested_by: cut(fix.requested_by, NAME_CHARS),
    started_at: fix.started_at,
    ended_at: fix.ended_at,
  };
}
