// When people are told. A query answers with one row for each thing that is wrong: its names, and one number that is held
// against the threshold. Grafana runs it without variables, so each looks at all companies that its user may see.
import { stringify } from 'yaml';
import { CLICKHOUSE } from './datasource.ts';

export interface Alert {
  readonly uid: string;
  readonly title: string;
  /** In Grafana's templates: `$labels` are the names, `$values.A.Value` the number. */
  readonly summary: string;
  readonly severity: 'critical' | 'warning';
  /** What the query may look at, up to now. */
  readonly rangeSeconds: number;
  readonly sql: string;
  /** It fires above this. */
  readonly above: number;
  /** How long it must hold. */
  readonly holds: string;
  /** Where people see more; Grafana wants the panel as well. */
  readonly dashboardUid: string;
  readonly panelId: number;
}

const MINUTE = 'toStartOfMinute(timestamp)';

/** An attempt that ended in one of these did not help. */
const NOT_HELPED = [
  'ineffective',
  'inconclusive',
  'worse',
  'failed',
  'undiagnosed',
  'expired',
  'rolled_back',
  'relapsed',
  'escalated',
];

const alerts: readonly Alert[] = [
  {
    uid: 'errata-critical-error',
    title: 'Critical error',
    summary:
      '{{ $labels.service }} of company {{ $labels.company }} reported {{ $values.A.Value }} critical errors in five minutes',
    severity: 'critical',
    rangeSeconds: 300,
    sql: `SELECT toString(company_id) AS company, service, count() AS errors FROM errors
WHERE severity = 'critical' AND $__timeFilter(received_at) GROUP BY company, service ORDER BY company, service LIMIT 1000`,
    above: 0,
    holds: '0s',
    dashboardUid: 'errata-error-feed',
    panelId: 4,
  },
  {
    uid: 'errata-rate-jump',
    title: 'Error rate above its baseline',
    summary:
      '{{ $labels.service }} of company {{ $labels.company }} fails {{ printf "%.1f" $values.A.Value }} times as often as in the last seven days',
    severity: 'warning',
    rangeSeconds: 900,
    // 672 quarters of an hour are seven days. From 20 errors on: twice nothing is nothing.
    sql: `SELECT company, service, recent / greatest(earlier / 672, 1) AS times FROM (
  SELECT toString(company_id) AS company, service, countIf(${MINUTE} >= $__fromTime) AS recent, countIf(${MINUTE} < $__fromTime) AS earlier
  FROM errors WHERE ${MINUTE} >= $__fromTime - INTERVAL 7 DAY AND ${MINUTE} <= $__toTime GROUP BY company, service)
WHERE recent >= 20 ORDER BY company, service LIMIT 1000`,
    above: 3,
    holds: '5m',
    dashboardUid: 'errata-health-trends',
    panelId: 4,
  },
  {
    uid: 'errata-fix-failed',
    title: 'Fix failed',
    summary:
      'Rule {{ $labels.rule }} did not help {{ $labels.service }} of company {{ $labels.company }}: {{ $labels.outcome }}',
    severity: 'warning',
    rangeSeconds: 900,
    sql: `SELECT toString(company_id) AS company, rule, service, outcome, count() AS attempts FROM (
  SELECT company_id, any(rule_id) AS rule, argMax(outcome, seq) AS outcome, max(at) AS last,
    JSONExtractString(argMax(attempt, seq), 'cause', 'service') AS service
  FROM attempt_events WHERE at >= $__fromTime GROUP BY company_id, attempt_id)
WHERE last <= $__toTime AND outcome IN (${NOT_HELPED.map((outcome) => `'${outcome}'`).join(', ')})
GROUP BY company, rule, service, outcome ORDER BY company, rule, service, outcome LIMIT 1000`,
    above: 0,
    holds: '0s',
    dashboardUid: 'errata-auto-fix-log',
    panelId: 9,
  },
  {
    uid: 'errata-breaker-open',
    title: 'Breaker open',
    summary:
      'Rule {{ $labels.rule }} failed too often and is held back for {{ $labels.service }} of company {{ $labels.company }}',
    severity: 'critical',
    rangeSeconds: 3_600,
    sql: `SELECT toString(company_id) AS company, rule_id AS rule, JSONExtractString(attempt, 'cause', 'service') AS service, uniqExact(attempt_id) AS attempts
FROM attempt_events WHERE suppression = 'breaker_open' AND $__timeFilter(at)
GROUP BY company, rule, service ORDER BY company, rule, service LIMIT 1000`,
    above: 0,
    holds: '0s',
    dashboardUid: 'errata-auto-fix-log',
    panelId: 9,
  },
  {
    uid: 'errata-pipeline-silent',
    title: 'Pipeline silent',
    summary:
      'Nothing was received for company {{ $labels.company }} for {{ $values.A.Value }} minutes, although it is heard in most hours',
    severity: 'critical',
    rangeSeconds: 90_000,
    // A company with few errors is often silent: only who was heard in 20 of the 24 hours before the last one counts.
    sql: `SELECT toString(company_id) AS company, dateDiff('minute', max(minute), $__toTime) AS minutes FROM ingest_outcomes
WHERE $__timeFilter(minute) AND company_id > 0 GROUP BY company
HAVING uniqExactIf(toStartOfHour(minute), minute < $__toTime - INTERVAL 1 HOUR) >= 20 ORDER BY company LIMIT 1000`,
    above: 30,
    holds: '5m',
    dashboardUid: 'errata-pipeline',
    panelId: 5,
  },
];

/** File of Grafana's provisioning, where `$` begins a variable of the environment and `$$` is a dollar. */
export function alertRules(): string {
  const file = {
    apiVersion: 1,
    groups: [{ orgId: 1, name: 'errata', folder: 'Errata', interval: '1m', rules: alerts.map(toRule) }],
  };
  return `# Made by \`npm run dashboards\` from dashboards/alerts.ts. \`$$\` is a dollar: Grafana reads \`$\` as a variable.\n${stringify(file, { lineWidth: 0 }).replaceAll('$', '$$$$')}`;
}

function toRule(alert: Alert): object {
  return {
    uid: alert.uid,
    title: alert.title,
    condition: 'C',
    for: alert.holds,
    // Nothing is wrong when no row comes back; that the question failed is a trouble of its own.
    noDataState: 'OK',
    execErrState: 'Error',
    labels: { severity: alert.severity, source: 'errata' },
    annotations: { summary: alert.summary },
    dashboardUid: alert.dashboardUid,
    panelId: alert.panelId,
    notification_settings: { receiver: 'errata', group_by: ['grafana_folder', 'alertname', 'company'] },
    data: [
      {
        refId: 'A',
        relativeTimeRange: { from: alert.rangeSeconds, to: 0 },
        datasourceUid: CLICKHOUSE.uid,
        model: {
          refId: 'A',
          editorType: 'sql',
          queryType: 'table',
          format: 1,
          rawSql: alert.sql,
          intervalMs: 60_000,
          maxDataPoints: 1_000,
        },
      },
      {
        refId: 'C',
        relativeTimeRange: { from: alert.rangeSeconds, to: 0 },
        datasourceUid: '__expr__',
        model: {
          refId: 'C',
          type: 'threshold',
          expression: 'A',
          datasource: { type: '__expr__', uid: '__expr__' },
          conditions: [{ evaluator: { type: 'gt', params: [alert.above] } }],
        },
      },
    ],
  };
}
