// SQL over releases. The counts and times come from the roll-up `group_hourly`, which has each release of each group by the
// hour: rows are not read.
import type { ReleaseQuery } from './error-store.ts';
import { AT, scoped } from './queries.ts';
import type { Query } from './queries.ts';

export function selectReleases({ sinceMs, untilMs, limit, ...filter }: ReleaseQuery): Query {
  const { where, params } = scoped(filter);
  const seen = ['1 = 1'];
  if (sinceMs !== undefined) seen.push(`last_seen >= ${AT('since_ms')}`);
  if (untilMs !== undefined) seen.push(`first_seen < ${AT('until_ms')}`);
  return {
    query: `SELECT service, environment, release, toUnixTimestamp64Milli(first_seen) AS first_seen_ms,
        toUnixTimestamp64Milli(last_seen) AS last_seen_ms, n AS count, count() OVER () AS total
      FROM (SELECT service, environment, release, min(timestamp) AS first_seen, max(timestamp) AS last_seen, count() AS n
        FROM errors WHERE ${where.join(' AND ')} AND release != '' GROUP BY service, environment, release)
      WHERE ${seen.join(' AND ')} ORDER BY first_seen DESC, service, environment, release LIMIT {limit:UInt32}`,
    query_params: { ...params, since_ms: sinceMs, until_ms: untilMs, limit },
  };
}
