import * as z from 'zod';
import { errorTypes, severities } from '../../errors/error-event.ts';
import { toCursor } from '../../operations/cursor.ts';
import { getTrends } from '../../operations/get-trends.ts';
import { given } from '../../operations/given.ts';
import type { groupItem } from '../../operations/group-view.ts';
import { listGroups } from '../../operations/list-groups.ts';
import { NAME_CHARS, ROW_TEXT_CHARS, cut, fit } from '../budget.ts';
import { MAX_RULES_LOOKED_UP, isFixable } from '../error-row.ts';
import { scopeOf, step, takeSteps } from '../next-steps.ts';
import { DEFAULT_ROWS, cursorInput, momentOf, nameInput, pageView, sinceInput, untilInput } from '../page.ts';
import { defineTool } from '../tool.ts';
import type { NextStep, ToolContext } from '../tool.ts';
import { untrustedNotice } from '../untrusted.ts';

/** More do not fit into an answer. */
const MAX_GROUPS = 50;

/** Groups are looked through in steps for those of a status; what comes later is on the next page. */
const LOOKED_AT = 200;
const MAX_LOOKS = 10;

const DAY_MS = 86_400_000;
const HALF_DAY_MS = 43_200_000;

const statuses = ['new', 'regressed', 'ongoing'] as const;

const groupRow = z.object({
  fingerprint: z.string(),
  type: z.enum(errorTypes),
  severity: z.enum(severities),
  service: z.string(),
  message: z.string().describe('Of a recent error.'),
  status: z.enum(statuses).describe('new: first seen within a day; regressed: it came back after it was resolved.'),
  count: z.int(),
  trend_pct: z.number().nullable().describe('Last 12 hours against the 12 before; null: none before.'),
  first_seen: z.string(),
  last_seen: z.string(),
  resolved: z.boolean(),
  fixable: z.boolean().nullable().describe('A rule matches it and can work here; null: not looked up.'),
  sample_error_id: z.string().nullable(),
});

const input = z.strictObject({
  severity: z.array(z.enum(severities)).min(1).optional(),
  service: nameInput,
  resolved: z.boolean().optional(),
  status: z.enum(statuses).optional(),
  since: sinceInput,
  until: untilInput,
  limit: z.int().min(1).max(MAX_GROUPS).default(DEFAULT_ROWS),
  cursor: cursorInput,
});

type Input = z.output<typeof input>;
type GroupItem = z.output<typeof groupItem>;
type GroupRow = z.output<typeof groupRow>;

export const errorsGroups = defineTool({
  name: 'devops.errors.groups',
  description:
    'Start here: kinds of errors, one row for each cause, the last seen first, with count, trend and a sample. For single errors use devops.errors.search.',
  input,
  output: z.object({ groups: z.array(groupRow), ...pageView }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  scope: scopeOf['devops.errors.groups'],
  async run(context, asked) {
    const found = await find(context, asked);
    const rows = await toRows(context, found.groups);
    const why = rows.length === 0 && found.next === null ? await whyNone(context, asked) : undefined;
    const output = fit(rows, (shown) => {
      const cursor = shown.length < rows.length ? cursorAfter(shown.at(-1)) : found.next;
      const { cursor: _, ...filters } = asked;
      const more = step('devops.errors.groups', { ...given(filters), cursor }, 'See the next page.');
      return {
        groups: [...shown],
        returned: shown.length,
        total_estimate: found.total,
        truncated: cursor !== null,
        next_cursor: cursor,
        ...(why === undefined ? {} : { hint: why.hint }),
        untrusted: untrustedNotice('service', 'message'),
        next_steps: takeSteps(context, [...stepsAfter(shown), why?.next, cursor === null ? undefined : more]),
      };
    });
    return { kind: 'answer', output, truncated: output.truncated };
  },
});

interface Found {
  readonly groups: readonly GroupItem[];
  readonly next: string | null;
  /** null when a status is asked for: only those looked at are known. */
  readonly total: number | null;
}

async function find(context: ToolContext, { status, until, cursor, limit, ...filters }: Input): Promise<Found> {
  const found: GroupItem[] = [];
  let next: string | null = cursor ?? startOf(until, context.nowMs);
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const page = await context.perform(listGroups, {
      ...given({ ...filters, cursor: next ?? undefined }),
      limit: status === undefined ? limit : LOOKED_AT,
    });
    if (status === undefined) return { groups: page.groups, next: page.next_cursor, total: page.total };
    for (const group of page.groups) {
      if (statusOf(group, context.nowMs) !== status) continue;
      found.push(group);
      if (found.length === limit) return { groups: found, next: cursorAfter(group), total: null };
    }
    next = page.next_cursor;
    if (next === null) break;
  }
  return { groups: found, next, total: null };
}

/** Groups come the last seen first: a time is a place in the list. */
function startOf(until: string | undefined, nowMs: number): string | null {
  if (until === undefined) return null;
  return toCursor({ ms: momentOf('until', until, nowMs), key: '0'.repeat(32) });
}

function cursorAfter(group: Pick<GroupRow, 'last_seen' | 'fingerprint'> | undefined): string | null {
  return group === undefined ? null : toCursor({ ms: Date.parse(group.last_seen), key: group.fingerprint });
}

function statusOf(
  { regressed, resolved, first_seen }: Pick<GroupItem, 'regressed' | 'resolved' | 'first_seen'>,
  nowMs: number,
): (typeof statuses)[number] {
  if (regressed && !resolved) return 'regressed';
  return nowMs - Date.parse(first_seen) < DAY_MS ? 'new' : 'ongoing';
}

async function toRows(context: ToolContext, groups: readonly GroupItem[]): Promise<readonly GroupRow[]> {
  if (groups.length === 0) return [];
  const [{ points }, fixable] = await Promise.all([
    context.perform(getTrends, {
      fingerprints: groups.map(({ fingerprint }) => fingerprint),
      group_by: 'fingerprint',
      since: '24h',
      interval: '1h',
    }),
    Promise.all(
      groups
        .slice(0, MAX_RULES_LOOKED_UP)
        .map(async (group) => (group.error_id === '' ? null : isFixable(context, group.error_id))),
    ),
  ]);
  return groups.map((group, index) => ({
    fingerprint: group.fingerprint,
    type: group.error_type,
    severity: group.severity,
    service: cut(group.service, NAME_CHARS),
    message: cut(group.message, ROW_TEXT_CHARS),
    status: statusOf(group, context.nowMs),
    count: group.count,
    trend_pct: changeOf(
      points.filter(({ key }) => key === group.fingerprint),
      context.nowMs,
    ),
    first_seen: group.first_seen,
    last_seen: group.last_seen,
    resolved: group.resolved,
    fixable: fixable[index] ?? null,
    sample_error_id: group.error_id === '' ? null : group.error_id,
  }));
}

function changeOf(points: readonly { readonly start: string; readonly count: number }[], nowMs: number): number | null {
  const middleMs = nowMs - HALF_DAY_MS;
  const sum = (isLate: boolean) =>
    points.filter(({ start }) => Date.parse(start) > middleMs === isLate).reduce((all, { count }) => all + count, 0);
  const before = sum(false);
  return before === 0 ? null : Math.round((100 * (sum(true) - before)) / before);
}

function stepsAfter(groups: readonly GroupRow[]): readonly (NextStep | undefined)[] {
  const first = groups.find(({ resolved }) => !resolved) ?? groups[0];
  const fixable = groups.find((group) => group.fixable === true && !group.resolved)?.sample_error_id;
  return [
    typeof first?.sample_error_id === 'string'
      ? step('devops.errors.get', { error_id: first.sample_error_id }, 'See an error of it in full.')
      : undefined,
    typeof fixable === 'string'
      ? step('devops.errors.plan', { error_id: fixable }, 'A rule knows this one: see what it would do.')
      : undefined,
  ];
}

async function whyNone(
  context: ToolContext,
  { cursor }: Input,
): Promise<{ readonly hint: string; readonly next?: NextStep }> {
  if (cursor !== undefined) return { hint: 'The list ended before this page.' };
  const { total } = await context.perform(listGroups, { limit: 1 });
  if (total === 0) return { hint: 'No data: no error was reported, or all are past their retention.' };
  return {
    hint: `Nothing matched: ${total} groups are stored, none fits these filters.`,
    next: step('devops.errors.groups', {}, 'Look without filters.'),
  };
}
