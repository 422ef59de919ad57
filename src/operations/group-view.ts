// A group as it is shown outside, and `why`: what its fingerprint was made from.
import * as z from 'zod';
import { errorTypes, severities } from '../errors/error-event.ts';
import type { Grouping } from '../errors/error-event.ts';
import type { Group } from '../store/error-store.ts';
import { timeView, toTime } from './error-view.ts';

export const groupItem = z.object({
  fingerprint: z.string(),
  service: z.string(),
  error_type: z.enum(errorTypes),
  exception_type: z.string(),
  severity: z.enum(severities),
  message: z.string().describe('Of a recent error.'),
  error_id: z.string().describe('Of that error; empty when it is past its retention.'),
  count: z.int(),
  first_seen: timeView,
  last_seen: timeView,
  releases: z.array(z.string()),
  environments: z.array(z.string()),
  resolved: z.boolean(),
  resolution_notes: z.string().nullable(),
  resolved_at: timeView.nullable(),
  regressed: z.boolean().describe('It came back after it was resolved, and is open again.'),
  regressed_at: timeView.nullable(),
  auto_fix_attempted: z.boolean().describe('A fix acted on it, ever.'),
  auto_fix_successful: z.boolean().describe('A fix of it was proven to work, and it did not relapse.'),
});

export const why = z
  .object({
    version: z.string().describe('The algorithm.'),
    kind: z.enum(['custom', 'stack', 'message', 'location', 'unknown']),
    service: z.string(),
    root_type: z.string(),
    outer_type: z.string(),
    frames: z.array(z.string()).describe('Normalised `file|function`, innermost first.'),
    template: z.string().describe('The message with its values taken out.'),
    strict: z.string(),
    loose: z.string().describe('`strict` without the template: used when messages vary without end.'),
  })
  .describe('What the fingerprint was made from.');

export const groupView = groupItem.extend({
  trend: z.array(z.object({ start: timeView, count: z.int() })).describe('By the hour, last 24 hours, oldest first.'),
  why,
});

export function toGroupItem(group: Group): z.output<typeof groupItem> {
  return {
    fingerprint: group.fingerprint,
    service: group.service,
    error_type: group.errorType,
    exception_type: group.exceptionType,
    severity: group.severity,
    message: group.message,
    error_id: group.errorId,
    count: group.count,
    first_seen: toTime(group.firstSeenMs),
    last_seen: toTime(group.lastSeenMs),
    releases: [...group.releases],
    environments: [...group.environments],
    resolved: group.resolved,
    resolution_notes: group.resolutionNotes ?? null,
    resolved_at: group.resolvedAtMs === undefined ? null : toTime(group.resolvedAtMs),
    regressed: group.regressed,
    regressed_at: group.regressedAtMs === undefined ? null : toTime(group.regressedAtMs),
    auto_fix_attempted: group.autoFixAttempted,
    auto_fix_successful: group.autoFixSuccessful,
  };
}

export function toGroupView(group: Group): z.output<typeof groupView> {
  return {
    ...toGroupItem(group),
    trend: group.trend.map(({ startMs, count }) => ({ start: toTime(startMs), count })),
    why: toWhy(group.grouping),
  };
}

export function toWhy(grouping: Grouping): z.output<typeof why> {
  return {
    version: grouping.version,
    kind: grouping.kind,
    service: grouping.service,
    root_type: grouping.rootType,
    outer_type: grouping.outerType,
    frames: [...grouping.frames],
    template: grouping.template,
    strict: grouping.strict,
    loose: grouping.loose,
  };
}
