// What was tried, what came of it, and what was held back.
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { deploys, fixes } from './annotations.ts';
import { dashboardOf } from './dashboard-of.ts';
import { coloured, hidden, judged, risingIsGood, toError, toFeed, toFix, unit, whole, width } from './fields.ts';
import { bars, lines, ranking, stat, table } from './panels.ts';
import { ATTEMPTS, NEVER, PROVEN } from './sql.ts';
import { ruleVariable } from './variables.ts';
import type { Places } from './variables.ts';

const RECOVERY = `quantileExactIf(0.5)(recovery_ms, ended_as = 'succeeded')`;

export function autoFixLog(places: Places): DashboardBuilder {
  return dashboardOf(
    {
      uid: 'errata-auto-fix-log',
      title: 'Auto-fix log',
      description: 'What rules tried, whether it was seen to help, how long it took, and what was held back and why.',
      from: 'now-7d',
      variables: [ruleVariable()],
      annotations: [deploys(), ...fixes(ATTEMPTS)],
      places,
    },
    [
      stat({
        title: 'Attempts',
        description:
          'Begun in the time range: all, those that changed something, those that were seen to help, those held back, and those that wait for a person.',
        sql: `SELECT count() AS "attempts", countIf(acted > ${NEVER}) AS "acted", countIf(ended_as = 'succeeded') AS "succeeded",
  countIf(how = 'suppressed') AS "suppressed", countIf(how = 'awaiting_approval') AS "to approve" FROM (${ATTEMPTS})`,
        unit: 'short',
        width: 14,
      }),
      stat({
        title: 'Efficacy',
        description:
          'Of the attempts that acted and ended, the share that was seen to help and still holds. Superseded and abandoned ones prove nothing.',
        sql: `SELECT if(countIf(${PROVEN}) = 0, NULL, countIf(ended_as = 'succeeded' AND ${PROVEN}) / countIf(${PROVEN})) AS efficacy FROM (${ATTEMPTS})`,
        unit: 'percentunit',
        width: 5,
        thresholds: risingIsGood(0.5, 0.8),
      }),
      stat({
        title: 'Time to verified',
        description: 'Median from the first counted error until probes and errors showed that the fix helped.',
        sql: `SELECT if(countIf(ended_as = 'succeeded') = 0, NULL, ${RECOVERY}) AS median FROM (${ATTEMPTS})`,
        unit: 'ms',
        width: 5,
      }),
      bars({
        title: 'Attempts by outcome',
        description: 'When attempts began, by how they ended; those that are not over by their state.',
        sql: `SELECT $__timeInterval(started) AS time, if(ended_as = '', how, ended_as) AS series, count() AS attempts
FROM (${ATTEMPTS}) GROUP BY time, series ORDER BY time, series`,
        unit: 'short',
        width: 12,
      }),
      lines({
        title: 'Time to verified over time',
        description: 'Median and slowest tenth of what succeeded, from the first counted error until it was verified.',
        sql: `SELECT $__timeInterval(started) AS time, quantileExact(0.5)(recovery_ms) AS "median", quantileExact(0.9)(recovery_ms) AS "slowest tenth"
FROM (${ATTEMPTS}) WHERE ended_as = 'succeeded' GROUP BY time ORDER BY time`,
        unit: 'ms',
        width: 12,
      }),
      ranking({
        title: 'Outcomes',
        description: 'How the attempts of the time range ended.',
        sql: `SELECT ended_as AS "Outcome", count() AS "Attempts" FROM (${ATTEMPTS}) WHERE ended_as != '' GROUP BY ended_as ORDER BY "Attempts" DESC, ended_as`,
        unit: 'short',
        width: 12,
      }),
      ranking({
        title: 'Held back, by reason',
        description: 'Firings on which nothing was done, and why. docs/rules.md has the reasons.',
        sql: `SELECT held_back AS "Reason", count() AS "Attempts" FROM (${ATTEMPTS}) WHERE how = 'suppressed' GROUP BY held_back ORDER BY "Attempts" DESC, held_back`,
        unit: 'short',
        width: 12,
      }),
      table({
        title: 'Efficacy of each rule',
        description:
          'Judged are the attempts that acted and ended; efficacy is the share of them that was seen to help.',
        sql: `SELECT rule AS "Rule", count() AS "Attempts", countIf(${PROVEN}) AS "Judged", countIf(ended_as = 'succeeded' AND ${PROVEN}) AS "Succeeded",
  countIf(ended_as = 'relapsed') AS "Relapsed", countIf(how = 'suppressed') AS "Suppressed",
  if("Judged" = 0, NULL, "Succeeded" / "Judged") AS "Efficacy", if(countIf(ended_as = 'succeeded') = 0, NULL, ${RECOVERY}) AS "Time to verified"
FROM (${ATTEMPTS}) GROUP BY rule ORDER BY "Attempts" DESC, rule LIMIT 200`,
        unit: 'short',
        width: 24,
        height: 8,
        columns: {
          Efficacy: [unit('percentunit'), ...judged(risingIsGood(0.5, 0.8))],
          'Time to verified': [unit('ms')],
        },
      }),
      table({
        title: 'Attempts, newest first',
        description: 'The newest 200. An attempt opens on the admin page with its facts, steps and evidence.',
        sql: `SELECT started AS "Started", rule AS "Rule", service AS "Service", JSONExtractString(json, 'targetName') AS "Target",
  if(ended_as = '', how, ended_as) AS "Outcome", held_back AS "Held back", JSONExtractString(json, 'finding') AS "Finding",
  JSONExtractString(json, 'note') AS "Note", JSONExtractString(json, 'mode') AS "Mode", JSONExtractString(json, 'escalatedTo') AS "Handed to",
  if(ended_ms = 0, NULL, recovery_ms) AS "Took", id AS "Attempt id", error AS "Error id"
FROM (${ATTEMPTS}) ORDER BY started DESC, id DESC LIMIT 200`,
        unit: 'short',
        width: 24,
        height: 14,
        columns: {
          Started: [width(190)],
          Rule: [width(200), toFix('Attempt id')],
          Service: [width(130), toFeed('service')],
          Outcome: [width(120), ...coloured],
          'Held back': [width(130)],
          Finding: [toError('Error id'), whole],
          Note: [toFix('Attempt id'), whole],
          Mode: [width(90)],
          Took: [width(100), unit('ms')],
          'Attempt id': [hidden],
          'Error id': [hidden],
        },
      }),
    ],
  );
}
