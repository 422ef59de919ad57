// An error as a row of a list, and what is known of its group.
import * as z from 'zod';
import { errorTypes, severities } from '../errors/error-event.ts';
import type { errorItem } from '../operations/error-view.ts';
import { getGroup } from '../operations/get-group.ts';
import { listRules } from '../operations/list-rules.ts';
import { NAME_CHARS, ROW_TEXT_CHARS, cut } from './budget.ts';
import type { ToolContext } from './tool.ts';

export const errorRow = z.object({
  error_id: z.string(),
  fingerprint: z.string().describe('Of its group.'),
  timestamp: z.string(),
  severity: z.enum(severities),
  service: z.string(),
  type: z.enum(errorTypes),
  message: z.string(),
  count: z.int().nullable().describe('Of its group, as the next two; null: not looked up.'),
  first_seen: z.string().nullable(),
  last_seen: z.string().nullable(),
  resolved: z.boolean(),
  fixable: z.boolean().nullable().describe('A rule matches it and can work here; null: not looked up.'),
});

export type ErrorRow = z.output<typeof errorRow>;
type ErrorItem = z.output<typeof errorItem>;

/** Each costs two more questions to the store; a page has rarely more kinds of errors. */
const MAX_GROUPS_LOOKED_UP = 20;

export async function toErrorRows(context: ToolContext, errors: readonly ErrorItem[]): Promise<readonly ErrorRow[]> {
  // The newest error of each group stands for it: its rule matches the others too, unless they differ in details.
  const byGroup = new Map(errors.toReversed().map((error) => [error.fingerprint, error]));
  const groups = new Map(
    await Promise.all(
      [...byGroup.values()]
        .toReversed()
        .slice(0, MAX_GROUPS_LOOKED_UP)
        .map(async (error) => [error.fingerprint, await lookUp(context, error)] as const),
    ),
  );
  return errors.map((error) => {
    const group = groups.get(error.fingerprint);
    return {
      error_id: error.id,
      fingerprint: error.fingerprint,
      timestamp: error.timestamp,
      severity: error.severity,
      service: cut(error.service, NAME_CHARS),
      type: error.error_type,
      message: cut(error.message, ROW_TEXT_CHARS),
      count: group?.count ?? null,
      first_seen: group?.first_seen ?? null,
      last_seen: group?.last_seen ?? null,
      resolved: error.resolved,
      fixable: group?.fixable ?? null,
    };
  });
}

async function lookUp(context: ToolContext, error: ErrorItem) {
  const [{ count, first_seen, last_seen }, fixable] = await Promise.all([
    context.perform(getGroup, { fingerprint: error.fingerprint }),
    isFixable(context, error.id),
  ]);
  return { count, first_seen, last_seen, fixable };
}

export async function isFixable(context: ToolContext, errorId: string): Promise<boolean> {
  const { rules } = await context.perform(listRules, { error_id: errorId });
  return rules.some((rule) => rule.matches === true && rule.available);
}
