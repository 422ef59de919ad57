// Is it getting better or worse, and where?
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { deploys, fixes } from './annotations.ts';
import { dashboardOf } from './dashboard-of.ts';
import { coloured, hidden, judged, risingIsBad, risingIsGood, toError, toFeed, unit, width } from './fields.ts';
import { bars, lines, stat, table } from './panels.ts';
import {
  ATTEMPTS_OF_ALL_RULES,
  CHOSEN,
  COMPANY,
  GROUPS,
  GROUP_ID,
  IN_RANGE,
  MINUTE,
  NEVER,
  PER_MINUTE,
  STATE,
  UNTIL,
} from './sql.ts';
import { choice } from './variables.ts';
import type { Places } from './variables.ts';

const SHIFTED = (days: number) =>
  `countIf(${MINUTE} >= $__fromTime - INTERVAL ${days} DAY AND ${MINUTE} <= $__toTime - INTERVAL ${days} DAY)`;

/** The range, and the same a day and a week before. */
const THREE_RANGES = `${CHOSEN} AND ${MINUTE} >= $__fromTime - INTERVAL 7 DAY AND ${MINUTE} <= $__toTime`;

const rateBy = (
  column: string,
) => `SELECT $__timeInterval(${MINUTE}) AS time, toString(${column}) AS series, count() / ${PER_MINUTE} AS per_minute
FROM errors WHERE ${IN_RANGE} GROUP BY time, series ORDER BY time, series`;

const ratePart = (
  days: number,
  name: string,
) => `SELECT $__timeInterval(${MINUTE} + INTERVAL ${days} DAY) AS time, '${name}' AS which, count() AS n
  FROM errors WHERE ${CHOSEN} AND ${MINUTE} >= $__fromTime - INTERVAL ${days} DAY AND ${MINUTE} <= $__toTime - INTERVAL ${days} DAY GROUP BY time`;

const BAD_MINUTES = `SELECT service, uniqExact(${MINUTE}) AS bad FROM errors
  WHERE ${IN_RANGE} AND severity IN ('error', 'critical') GROUP BY service`;
const ALLOWED_MINUTES = `greatest(dateDiff('minute', $__fromTime, $__toTime) * (100 - toFloat64OrZero('\${slo}')) / 100, 1)`;

/** First error after the last resolution; only where there is one. */
const REGRESSIONS = `SELECT ${GROUP_ID} AS group_id, minIf(timestamp, timestamp > ${UNTIL}) AS at FROM errors
  WHERE ${CHOSEN} AND fingerprint GLOBAL IN (SELECT fingerprint FROM group_state FINAL WHERE ${COMPANY} AND resolved_until > ${NEVER})
    AND timestamp > ${UNTIL} GROUP BY group_id`;

export function healthTrends(places: Places): DashboardBuilder {
  return dashboardOf(
    {
      uid: 'errata-health-trends',
      title: 'Health trends',
      description: 'Is it getting better or worse, against the day and the week before, and where?',
      variables: [
        choice('slo', 'Minutes without errors (%)', { values: ['90', '95', '99', '99.5', '99.9'], current: '99' }),
      ],
      annotations: [deploys(), ...fixes(ATTEMPTS_OF_ALL_RULES)],
      places,
    },
    [
      stat({
        title: 'Errors against before',
        description: 'Errors in the time range, and in the same span a day and a week before.',
        sql: `SELECT ${SHIFTED(0)} AS "now", ${SHIFTED(1)} AS "day before", ${SHIFTED(7)} AS "week before"
FROM errors WHERE ${THREE_RANGES}`,
        unit: 'short',
        width: 9,
      }),
      stat({
        title: 'Change against the day before',
        description:
          'Errors in the time range against the same span a day before: 100 % is twice as many. Empty when there were none.',
        sql: `SELECT if(before = 0, NULL, now / before - 1) AS change
FROM (SELECT ${SHIFTED(0)} AS now, ${SHIFTED(1)} AS before FROM errors WHERE ${THREE_RANGES})`,
        unit: 'percentunit',
        width: 5,
        thresholds: risingIsBad(0.2, 1),
      }),
      stat({
        title: 'Groups',
        description:
          'Groups with errors in the time range: all, still open, seen for the first time, and back after they were resolved.',
        sql: `${STATE} SELECT count() AS "seen", countIf(NOT resolved) AS "open", countIf(first_seen >= $__fromTime) AS "new", countIf(regressed) AS "regressed"
FROM (${GROUPS}) WHERE last_seen >= $__fromTime AND first_seen <= $__toTime`,
        unit: 'short',
        width: 10,
      }),
      lines({
        title: 'Error rate against the day and the week before',
        description: 'Errors per minute; the thin lines are the same hours a day and a week earlier, moved to today.',
        sql: `SELECT time, sumIf(n, which = 'now') / ${PER_MINUTE} AS "now", sumIf(n, which = 'day') / ${PER_MINUTE} AS "day before", sumIf(n, which = 'week') / ${PER_MINUTE} AS "week before"
FROM (${ratePart(0, 'now')} UNION ALL ${ratePart(1, 'day')} UNION ALL ${ratePart(7, 'week')})
GROUP BY time ORDER BY time WITH FILL FROM $__timeInterval($__fromTime) TO $__timeInterval($__toTime) STEP toIntervalSecond($__interval_s)`,
        unit: 'cpm',
        width: 24,
        overrides: {
          now: [{ id: 'color', value: { mode: 'fixed', fixedColor: 'red' } }],
          'day before': [
            { id: 'color', value: { mode: 'fixed', fixedColor: 'blue' } },
            { id: 'custom.lineWidth', value: 1 },
          ],
          'week before': [
            { id: 'color', value: { mode: 'fixed', fixedColor: 'text' } },
            { id: 'custom.lineWidth', value: 1 },
          ],
        },
      }),
      bars({
        title: 'Error rate by service',
        description: 'Errors per minute of each service, stacked.',
        sql: rateBy('service'),
        unit: 'cpm',
        width: 8,
      }),
      bars({
        title: 'Error rate by severity',
        description: 'Errors per minute of each severity, stacked.',
        sql: rateBy('severity'),
        unit: 'cpm',
        width: 8,
      }),
      bars({
        title: 'Error rate by type',
        description: 'Errors per minute of each error type, stacked.',
        sql: rateBy('error_type'),
        unit: 'cpm',
        width: 8,
      }),
      bars({
        title: 'New and regressed groups',
        description:
          'When groups were seen for the first time, and when resolved ones came back (the first error after the last resolution).',
        sql: `${STATE} SELECT $__timeInterval(at) AS time, series, count() AS groups FROM (
  SELECT 'new' AS series, first_seen AS at FROM (${GROUPS})
  UNION ALL SELECT 'regressed', at FROM (${REGRESSIONS}))
WHERE $__timeFilter(at) GROUP BY time, series ORDER BY time, series`,
        unit: 'short',
        width: 12,
      }),
      stat({
        title: 'Time to recovery',
        description:
          'From the first error of a group to its resolution, of the groups that were resolved in the time range.',
        sql: `${STATE} SELECT if(count() = 0, NULL, avg(took)) AS "mean", if(count() = 0, NULL, quantileExact(0.5)(took)) AS "median", toString(count()) AS "groups" FROM (
  SELECT dateDiff('second', min(first), min(at)) AS took
  FROM (SELECT ${GROUP_ID} AS group_id, min(timestamp) AS first FROM errors WHERE ${CHOSEN} GROUP BY fingerprint) AS seen
  INNER JOIN (SELECT toString(fingerprint) AS group_id, resolved_at AS at FROM group_state FINAL
    WHERE ${COMPANY} AND resolved_until > ${NEVER} AND $__timeFilter(resolved_at)) AS resolution USING (group_id)
  GROUP BY group_id)`,
        unit: 's',
        width: 12,
        height: 8,
      }),
      table({
        title: 'Error budget by service',
        description:
          'A minute with an error or a critical error is a bad one. The objective allows a share of bad minutes in the time range; this is what is left of it.',
        sql: `SELECT service AS "Service", bad AS "Bad minutes", ${ALLOWED_MINUTES} AS "Allowed minutes", 1 - bad / ${ALLOWED_MINUTES} AS "Budget left"
FROM (${BAD_MINUTES}) ORDER BY "Budget left", service LIMIT 100`,
        unit: 'short',
        width: 10,
        columns: {
          Service: [toFeed('service')],
          'Allowed minutes': [unit('short'), { id: 'decimals', value: 1 }],
          'Budget left': [unit('percentunit'), ...judged(risingIsGood(0, 0.25))],
        },
      }),
      table({
        title: 'Groups with the most errors',
        description: 'The groups that weigh most in the time range, each with its newest error.',
        sql: `${STATE} SELECT count() AS "Errors", argMax(service, timestamp) AS "Service", toString(max(severity)) AS "Severity", argMax(error_type, timestamp) AS "Type",
  argMax(message, timestamp) AS "Message", max(timestamp) AS "Last seen",
  multiIf(max(timestamp) <= max(${UNTIL}), 'resolved', max(${UNTIL}) > ${NEVER}, 'regressed', 'open') AS "State", toString(argMax(id, timestamp)) AS "Error id"
FROM errors WHERE ${CHOSEN} AND $__timeFilter(timestamp)
GROUP BY ${GROUP_ID} ORDER BY "Errors" DESC, "Last seen" DESC LIMIT 50`,
        unit: 'short',
        width: 14,
        columns: {
          Errors: [width(80)],
          Severity: [width(90), ...coloured],
          State: [width(100), ...coloured],
          'Last seen': [width(170)],
          Message: [toError('Error id')],
          'Error id': [hidden],
        },
      }),
    ],
  );
}
