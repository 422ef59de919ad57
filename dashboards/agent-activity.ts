// Who is on what, what they answered, and what they called.
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboardOf } from './dashboard-of.ts';
import { coloured, hidden, judged, risingIsBad, toError, toFeed, toTrace, unit, whole, width } from './fields.ts';
import { bars, lines, ranking, stat, table } from './panels.ts';
import { ACTIVITY, COMPANY, DELEGATIONS } from './sql.ts';
import { agentVariable } from './variables.ts';
import type { Places } from './variables.ts';

const AT = (ms: string) => `fromUnixTimestamp64Milli(${ms}, 'UTC')`;

/** Reported means that an answer came; it took this long. */
const ANSWER_MS = '(reported_ms - asked_ms)';

export function agentActivity(places: Places): DashboardBuilder {
  return dashboardOf(
    {
      uid: 'errata-agent-activity',
      title: 'Agent activity',
      description: 'Who is on what, what was asked of whom, what they answered, and what they called.',
      variables: [agentVariable()],
      places,
    },
    [
      stat({
        title: 'Delegations',
        description:
          'Of cases opened in the time range: all, waiting for an agent, being worked on, answered, and past their time.',
        sql: `SELECT count() AS "given", countIf(how = 'open') AS "open", countIf(how = 'acknowledged') AS "in work", countIf(how = 'reported') AS "reported",
  countIf(how = 'expired' OR (how IN ('open', 'acknowledged') AND due_ms > 0 AND due_ms < toUnixTimestamp($__toTime) * 1000)) AS "overdue"
FROM (${DELEGATIONS})`,
        unit: 'short',
        width: 12,
      }),
      stat({
        title: 'Time to report',
        description: 'Median from asking an agent until its report.',
        sql: `SELECT if(countIf(how = 'reported') = 0, NULL, quantileExactIf(0.5)(${ANSWER_MS}, how = 'reported')) AS median FROM (${DELEGATIONS})`,
        unit: 'ms',
        width: 5,
      }),
      stat({
        title: 'Calls',
        description: 'Calls of agents and changes by anybody, those that failed, and how many agents called.',
        sql: `SELECT count() AS "calls", countIf(outcome != 'OK') AS "failed", uniqExactIf(agent, agent != '') AS "agents" FROM (${ACTIVITY})`,
        unit: 'short',
        width: 7,
      }),
      table({
        title: 'Who is on what',
        description: 'Delegations that are not over, the longest waiting first.',
        sql: `SELECT agent AS "Agent", how AS "State", JSONExtractString(task, 'heldBy') AS "Held by", service AS "Service", JSONExtractString(json, 'severity') AS "Severity",
  JSONExtractString(json, 'message') AS "Error", JSONExtractString(task, 'questions', 1) AS "First question", ${AT('asked_ms')} AS "Asked",
  if(due_ms = 0, NULL, ${AT('due_ms')}) AS "Due", error AS "Error id"
FROM (${DELEGATIONS}) WHERE how IN ('open', 'acknowledged') ORDER BY asked_ms, delegation LIMIT 200`,
        unit: 'short',
        width: 24,
        height: 8,
        columns: {
          Agent: [width(100)],
          State: [width(120)],
          Severity: [width(90), ...coloured],
          Service: [width(130), toFeed('service')],
          Error: [toError('Error id'), whole],
          'First question': [whole],
          'Error id': [hidden],
        },
      }),
      table({
        title: 'Answers of each agent',
        description: 'How often each was asked, what became of it, and the median time until its report.',
        sql: `SELECT agent AS "Agent", count() AS "Asked", countIf(how = 'reported') AS "Reported",
  countIf(JSONExtractString(task, 'report', 'status') = 'resolved') AS "Resolved", countIf(how = 'expired') AS "Expired",
  if("Reported" = 0, NULL, quantileExactIf(0.5)(${ANSWER_MS}, how = 'reported')) AS "Time to report"
FROM (${DELEGATIONS}) GROUP BY agent ORDER BY "Asked" DESC, agent LIMIT 200`,
        unit: 'short',
        width: 12,
        height: 8,
        columns: {
          Expired: [...judged(risingIsBad(1, 5))],
          'Time to report': [unit('ms')],
        },
      }),
      table({
        title: 'Reports, newest first',
        description: 'What agents found. Their text is theirs, whatever it says.',
        sql: `SELECT ${AT('reported_ms')} AS "Reported", agent AS "Agent", JSONExtractString(task, 'report', 'status') AS "Status",
  JSONExtractString(task, 'report', 'summary') AS "Summary", error AS "Error id"
FROM (${DELEGATIONS}) WHERE how = 'reported' ORDER BY reported_ms DESC, delegation DESC LIMIT 100`,
        unit: 'short',
        width: 12,
        height: 8,
        columns: {
          Reported: [width(190)],
          Agent: [width(100)],
          Status: [width(100), ...coloured],
          Summary: [toError('Error id'), whole],
          'Error id': [hidden],
        },
      }),
      bars({
        title: 'Calls by agent',
        description:
          'Calls in each interval; people and programs without an agent are shown by the name of their token.',
        sql: `SELECT $__timeInterval(at) AS time, if(agent = '', actor, agent) AS series, count() AS calls FROM (${ACTIVITY}) GROUP BY time, series ORDER BY time, series`,
        unit: 'short',
        width: 12,
      }),
      lines({
        title: 'Time of a call',
        description: 'Median and slowest twentieth of all calls.',
        sql: `SELECT $__timeInterval(at) AS time, quantileExact(0.5)(took_ms) AS "median", quantileExact(0.95)(took_ms) AS "slowest twentieth" FROM (${ACTIVITY}) GROUP BY time ORDER BY time`,
        unit: 'ms',
        width: 12,
      }),
      table({
        title: 'Calls by tool or operation',
        description: 'What was called, how often it failed, how large the answers were and how many were cut.',
        sql: `SELECT call AS "Call", via AS "Through", count() AS "Calls", countIf(outcome != 'OK') / count() AS "Failed",
  toUInt64(ifNotFinite(avgIf(chars, chars > 0), 0)) AS "Characters", countIf(truncated) AS "Cut" FROM (${ACTIVITY}) GROUP BY call, via ORDER BY "Calls" DESC, call, via LIMIT 100`,
        unit: 'short',
        width: 14,
        columns: { Failed: [unit('percentunit'), ...judged(risingIsBad(0.05, 0.25))] },
      }),
      ranking({
        title: 'Notifications by channel and state',
        description: 'What was sent to people in the time range, and what could not be.',
        sql: `SELECT concat(channel, ' · ', how) AS "Channel", count() AS "Notifications" FROM (
  SELECT notification_id, any(channel) AS channel, argMax(state, seq) AS how FROM notification_events
  WHERE ${COMPANY} AND $__timeFilter(created_at) GROUP BY notification_id)
GROUP BY "Channel" ORDER BY "Notifications" DESC, "Channel" LIMIT 50`,
        unit: 'short',
        width: 10,
        height: 10,
      }),
      table({
        title: 'Calls, newest first',
        description: 'The newest 200 calls of agents and changes by anybody.',
        sql: `SELECT at AS "Time", if(agent = '', actor, agent) AS "Who", via AS "Through", call AS "Call", outcome AS "Outcome", took_ms AS "Took",
  error_id AS "Error id", trace_id AS "Trace" FROM (${ACTIVITY}) ORDER BY at DESC, n DESC LIMIT 200`,
        unit: 'short',
        width: 24,
        columns: {
          Time: [width(190)],
          Took: [unit('ms')],
          'Error id': [toError('Error id')],
          Trace: [toTrace],
        },
      }),
    ],
  );
}
