// What went wrong just now, one error a row.
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboardOf } from './dashboard-of.ts';
import { coloured, hidden, risingIsBad, toError, toFeed, toTrace, whole, width } from './fields.ts';
import { bars, ranking, stat, table } from './panels.ts';
import { CHOSEN, IN_RANGE, MINUTE, PER_MINUTE, RESOLVED, STATE } from './sql.ts';
import { choice, textBox } from './variables.ts';
import type { Places } from './variables.ts';

/** Narrowed by what is typed; an empty box narrows nothing. */
const TYPED = `(\${search:sqlstring} = '' OR positionCaseInsensitiveUTF8(concat(exception_type, ' ', message), \${search:sqlstring}) > 0)
  AND (\${trace:sqlstring} = '' OR trace_id = \${trace:sqlstring})`;

const FEED = `${CHOSEN} AND $__timeFilter(timestamp) AND ${TYPED}
  AND ('\${state}' = 'all' OR ('\${state}' = 'resolved') = ${RESOLVED})`;

export function errorFeed(places: Places): DashboardBuilder {
  return dashboardOf(
    {
      uid: 'errata-error-feed',
      title: 'Error feed',
      description: 'What went wrong just now: every error with its state, its page and its trace.',
      from: 'now-6h',
      variables: [
        choice('state', 'State', { values: ['all', 'open', 'resolved'], current: 'all' }),
        textBox('search', 'Text', 'Stands in the exception type or the message, whatever its case'),
        textBox('trace', 'Trace id', 'Only errors of this trace'),
      ],
      places,
    },
    [
      stat({
        title: 'Errors in the time range',
        description: 'How many errors there were, how many of them critical or still open, and in how many services.',
        sql: `${STATE} SELECT count() AS "errors", countIf(severity = 'critical') AS "critical", countIf(NOT ${RESOLVED}) AS "open", uniqExact(service) AS "services"
FROM errors WHERE ${FEED}`,
        unit: 'short',
        width: 24,
      }),
      bars({
        title: 'Errors per minute by severity',
        description: 'All errors of the chosen services, whatever text, trace or state is asked for.',
        sql: `SELECT $__timeInterval(${MINUTE}) AS time, toString(severity) AS series, count() / ${PER_MINUTE} AS per_minute
FROM errors WHERE ${IN_RANGE} GROUP BY time, series ORDER BY time, series`,
        unit: 'cpm',
        width: 16,
      }),
      ranking({
        title: 'Errors by type',
        description: 'How many errors of each type there were.',
        sql: `${STATE} SELECT error_type AS "Type", count() AS "Errors" FROM errors WHERE ${FEED} GROUP BY error_type ORDER BY "Errors" DESC, error_type LIMIT 15`,
        unit: 'short',
        width: 8,
        thresholds: risingIsBad(100, 1_000),
      }),
      table({
        title: 'Errors, newest first',
        description: 'The newest 500. A message opens its error on the admin page, a trace id its trace.',
        sql: `${STATE} SELECT timestamp AS "Time", toString(severity) AS "Severity", service AS "Service", error_type AS "Type",
  concat(if(exception_type = '', '', concat(exception_type, ': ')), message) AS "Message", environment AS "Environment", release AS "Release",
  if(${RESOLVED}, 'resolved', 'open') AS "State", trace_id AS "Trace", toString(id) AS "Error id"
FROM errors WHERE ${FEED} ORDER BY timestamp DESC, id DESC LIMIT 500`,
        unit: 'short',
        width: 24,
        height: 18,
        columns: {
          Time: [width(190)],
          Severity: [width(90), ...coloured],
          Service: [width(140), toFeed('service')],
          Type: [width(150)],
          Message: [toError('Error id'), whole],
          Environment: [width(110)],
          Release: [width(90)],
          State: [width(90), ...coloured],
          Trace: [width(140), toTrace],
          'Error id': [hidden],
        },
      }),
    ],
  );
}
