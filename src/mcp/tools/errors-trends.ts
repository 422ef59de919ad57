import * as z from 'zod';
import { severities } from '../../errors/error-event.ts';
import { getTrends } from '../../operations/get-trends.ts';
import { given } from '../../operations/given.ts';
import { listErrors } from '../../operations/list-errors.ts';
import { NAME_CHARS, cut, fit } from '../budget.ts';
import { nextStepsView, scopeOf, step, takeSteps } from '../next-steps.ts';
import { nameInput, sinceInput, untilInput } from '../page.ts';
import { defineTool } from '../tool.ts';
import { untrustedNotice } from '../untrusted.ts';

/** Beyond these the rest is noise, and each is a series of buckets. */
const MAX_KEYS = 10;

type Points = z.output<typeof getTrends.output>['points'];

export const errorsTrends = defineTool({
  name: 'devops.errors.trends',
  description: 'Count errors over time, in all or by one field, with the change against the period before.',
  input: z.strictObject({
    group_by: z.enum(['service', 'severity', 'error_type']).optional(),
    interval: z.enum(['1m', '5m', '15m', '1h', '6h', '1d']).optional(),
    service: nameInput,
    severity: z.array(z.enum(severities)).min(1).optional(),
    since: sinceInput,
    until: untilInput,
  }),
  output: z.object({
    since: z.string(),
    until: z.string(),
    interval: z.string(),
    total: z.int(),
    change: z
      .array(
        z.object({
          key: z.string(),
          count: z.int(),
          previous: z.int().describe('In the period before, of the same length.'),
          change_pct: z.number().nullable().describe('null: none before.'),
        }),
      )
      .describe('The largest first.'),
    keys_left_out: z.int(),
    buckets: z
      .array(z.object({ start: z.string(), key: z.string(), count: z.int() }))
      .describe('Oldest first; only intervals with errors. key: the value of group_by.'),
    truncated: z.boolean().describe('true: later buckets, or keys, are left out.'),
    hint: z.string().optional(),
    untrusted: z.string(),
    next_steps: nextStepsView,
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  scope: scopeOf['devops.errors.trends'],
  async run(context, asked) {
    const query = given(asked);
    const now = await context.perform(getTrends, query);
    const lengthMs = Date.parse(now.until) - Date.parse(now.since);
    const before = await context.perform(getTrends, {
      ...query,
      since: new Date(Math.max(Date.parse(now.since) - lengthMs, 0)).toISOString(),
      until: now.since,
      interval: now.interval,
    });
    const [counts, previous] = [sumByKey(now.points), sumByKey(before.points)];
    const keys = [...new Set([...counts.keys(), ...previous.keys()])].toSorted(
      (a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || (previous.get(b) ?? 0) - (previous.get(a) ?? 0),
    );
    const shownKeys = new Set(keys.slice(0, MAX_KEYS));
    const total = sumOf(counts);
    const hint = total > 0 ? undefined : await whyNone();
    const buckets = now.points
      .filter(({ key }) => shownKeys.has(key))
      .map(({ start, key, count }) => ({ start, key: cut(key, NAME_CHARS), count }));
    const output = fit(buckets, (shown) => ({
      since: now.since,
      until: now.until,
      interval: now.interval,
      total,
      change: [...shownKeys].map((key) => changeOf(key, counts.get(key) ?? 0, previous.get(key) ?? 0)),
      keys_left_out: keys.length - shownKeys.size,
      buckets: [...shown],
      truncated: shown.length < buckets.length || shownKeys.size < keys.length,
      ...given({
        hint: shown.length < buckets.length ? 'Later buckets are left out: ask for a longer interval.' : hint,
      }),
      untrusted: untrustedNotice('key'),
      next_steps: takeSteps(context, [
        shown.length < buckets.length
          ? step('devops.errors.trends', { ...query, interval: '1d' }, 'See the whole period by the day.')
          : undefined,
        step('devops.errors.groups', { since: now.since }, 'See what kinds of errors these are.'),
      ]),
    }));
    return { kind: 'answer', output, truncated: output.truncated };

    async function whyNone(): Promise<string> {
      const { total: stored } = await context.perform(listErrors, { limit: 1 });
      return stored === 0
        ? 'No data: no error was reported, or all are past their retention.'
        : `Nothing matched: ${stored} errors are stored, none fits this period and these filters.`;
    }
  },
});

function sumByKey(points: Points): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { key, count } of points) sums.set(key, (sums.get(key) ?? 0) + count);
  return sums;
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function changeOf(key: string, count: number, previous: number) {
  return {
    key: cut(key, NAME_CHARS),
    count,
    previous,
    change_pct: previous === 0 ? null : Math.round((100 * (count - previous)) / previous),
  };
}
