// GET /api/releases: which releases sent errors, and since when: where a deploy shows in a chart.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { timeView, toTime } from './error-view.ts';
import { companyField, filterFields, pageFields, periodFields, periodOf } from './fields.ts';
import { given } from './given.ts';
import { defineOperation } from './operation.ts';

export const listReleases = defineOperation({
  name: 'list-releases',
  summary: 'Lists the releases that sent errors, by service and environment, the last new one first.',
  scope: 'read',
  input: z.strictObject({
    service: filterFields.service,
    environment: filterFields.environment,
    since: periodFields.since.describe(
      'Only releases seen from this time on: ISO-8601, or how long ago (`24h`, `7d`).',
    ),
    until: periodFields.until.describe('Only releases first seen before this time.'),
    limit: pageFields.limit,
    company_id: companyField,
  }),
  output: z.object({
    total: z.int().describe('Also of those beyond the limit.'),
    releases: z.array(
      z.object({
        service: z.string(),
        environment: z.string(),
        release: z.string(),
        first_seen: timeView.describe(
          'Its first error there, of all that are kept: a deploy is seen by its first error.',
        ),
        last_seen: timeView,
        errors: z.int().describe('Of all that are kept.'),
      }),
    ),
  }),
  async run({ store, now }, input, principal) {
    const { total, releases } = await store.listReleases({
      companyId: companyFor(principal, input.company_id),
      ...given({ service: input.service, environment: input.environment, ...periodOf(input, now()) }),
      limit: input.limit,
    });
    return {
      total,
      releases: releases.map(({ service, environment, release, firstSeenMs, lastSeenMs, count }) => ({
        service,
        environment,
        release,
        first_seen: toTime(firstSeenMs),
        last_seen: toTime(lastSeenMs),
        errors: count,
      })),
    };
  },
});
