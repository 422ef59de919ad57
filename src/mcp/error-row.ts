// An error as a row of a list, and what is known of its group.
import * as z from 'zod';
import { errorTypes, severities } from '../errors/error-event.ts';
import type { errorItem } from '../operations/error-view.ts';
import { listGroups } from '../operations/list-groups.ts';
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
  count: z.int().nullable().describe('Of its group, as the next two; null: it is gone.'),
  first_seen: z.string().nullable(),
  last_seen: z.string().nullable(),
  resolved: z.boolean(),
  fixable: z.boolean().nullable().describe('A rule matches it and can work here; null: not looked up.'),
});

export type ErrorRow = z.output<typeof errorRow>;
type ErrorItem = z.output<typeof errorItem>;

/** Each costs a question to the store; what matters comes first. */
export const MAX_RULES_LOOKED_UP = 10;

export async function toErrorRows(context: ToolContext, errors: readonly ErrorItem[]): Promise<readonly ErrorRow[]> {
  // The newest error of each group stands for it: its rule matches the others too, unless they differ in details.
  const newest = new Map(errors.toReversed().map((error) => [error.fingerprint, error]));
  const fingerprints = [...newest.keys()];
  if (fingerprints.length === 0) return [];
  const [{ groups }, fixables] = await Promise.all([
    context.perform(listGroups, { fingerprints, limit: fingerprints.length }),
    Promise.all(
      [...newest.values()]
        .toReversed()
        .slice(0, MAX_RULES_LOOKED_UP)
        .map(async ({ fingerprint, id }) => [fingerprint, await isFixable(context, id)] as const),
    ),
  ]);
  const byFingerprint = new Map(groups.map((group) => [group.fingerprint, group]));
  const fixable = new Map(fixables);
  return errors.map((error) => {
    const group = byFingerprint.get(error.fingerprint);
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
      fixable: fixable.get(error.fingerprint) ?? null,
    };
  });
}

export async function isFixable(context: ToolContext, errorId: string): Promise<boolean> {
  const { rules } = await context.perform(listRules, { error_id: errorId });
  return rules.some((rule) => rule.matches === true && rule.available);
}
