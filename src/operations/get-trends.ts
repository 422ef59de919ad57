// GET /api/trends: counts by interval, in all or split by one field.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { timeView, toTime } from './error-view.ts';
import { companyField, filterFields, fingerprintField, periodFields, periodOf, severityList } from './fields.ts';
import { given } from './given.ts';
import { InvalidInput } from './invalid-input.ts';
import { defineOperation } from './operation.ts';

/** Roll-ups are by the minute, so that is the shortest. */
const intervalMinutes = { '1m': 1, '5m': 5, '15m': 15, '1h': 60, '6h': 360, '1d': 1_440 } as const;
type Interval = keyof typeof intervalMinutes;
const intervals = ['1m', '5m', '15m', '1h', '6h', '1d'] as const satisfies readonly Interval[];

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** As many as a wide chart has pixels; more is a table, and a heavy question. */
const MAX_INTERVALS = 1_500;

/** The default interval cuts the period into about this many: enough to see a shape. */
const GOOD_INTERVALS = 100;

/** A page of errors has no more groups. */
const MAX_NAMED = 200;

export const getTrends = defineOperation({
  name: 'get-trends',
  summary: 'Counts errors by interval: over the last day unless told otherwise, split by one field when asked.',
  scope: 'read',
  input: z.strictObject({
    ...periodFields,
    interval: z.enum(intervals).optional().describe('Chosen to fit the period when not given.'),
    group_by: z.enum(['service', 'severity', 'error_type', 'environment', 'fingerprint']).optional(),
    ...filterFields,
    fingerprints: z.array(fingerprintField).min(1).max(MAX_NAMED).optional().describe('Only these groups.'),
    company_id: companyField,
  }),
  output: z.object({
    since: timeView,
    until: timeView,
    interval: z.enum(intervals),
    points: z
      .array(z.object({ start: timeView, key: z.string().describe('The value of group_by.'), count: z.int() }))
      .describe('Only intervals in which there were errors.'),
  }),
  async run({ store, now }, input, principal) {
    const nowMs = now();
    const asked = periodOf(input, nowMs);
    const untilMs = asked.untilMs ?? Math.max(nowMs, (asked.sinceMs ?? 0) + MINUTE_MS);
    const sinceMs = asked.sinceMs ?? untilMs - DAY_MS;
    const interval = input.interval ?? fittingInterval(untilMs - sinceMs);
    if ((untilMs - sinceMs) / (intervalMinutes[interval] * MINUTE_MS) > MAX_INTERVALS) {
      throw new InvalidInput([
        { field: 'interval', message: `cuts the period into more than ${MAX_INTERVALS} parts: ask for a longer one` },
      ]);
    }
    const points = await store.countTrend({
      companyId: companyFor(principal, input.company_id),
      sinceMs,
      untilMs,
      intervalMinutes: intervalMinutes[interval],
      ...given({
        service: input.service,
        severity: severityList(input.severity),
        errorType: input.error_type,
        environment: input.environment,
        groupBy: input.group_by,
        fingerprints: input.fingerprints?.map((one) => one.toLowerCase()),
      }),
    });
    return {
      since: toTime(sinceMs),
      until: toTime(untilMs),
      interval,
      points: points.map(({ startMs, key, count }) => ({ start: toTime(startMs), key, count })),
    };
  },
});

function fittingInterval(periodMs: number): Interval {
  return intervals.find((interval) => periodMs / (intervalMinutes[interval] * MINUTE_MS) <= GOOD_INTERVALS) ?? '1d';
}
