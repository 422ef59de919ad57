// Does what services report arrive, and how fast?
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { LegendDisplayMode, LegendPlacement, VizLegendOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { DatasourceVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DashboardBuilder, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { dashboardOf } from './dashboard-of.ts';
import { PROMETHEUS } from './datasource.ts';
import { risingIsBad, toFeed, unit } from './fields.ts';
import { bars, lines, ranking, stat, table } from './panels.ts';
import { CHOSEN, COMPANY, PER_MINUTE } from './sql.ts';
import type { Places } from './variables.ts';

/** Sums: rows of one key become one only when parts merge. The services of a record that was refused are not known. */
const COUNTED = `${COMPANY} AND $__timeFilter(minute)`;
const REFUSED = `outcome IN ('rejected', 'limited', 'oversized')`;

/** By when they came in. What a sender's fast clock dates ahead has no lag. */
const ARRIVED = `${CHOSEN} AND $__timeFilter(received_at)`;
const LAG = `greatest(dateDiff('millisecond', timestamp, received_at), 0)`;

export function pipeline(places: Places): DashboardBuilder {
  const prometheus = new DatasourceVariableBuilder('prometheus')
    .label('Prometheus')
    .description('That scrapes /metrics of Errata and of the collector; the lowest row alone needs it')
    .type(PROMETHEUS.type)
    .build();
  return dashboardOf(
    {
      uid: 'errata-pipeline',
      title: 'Pipeline',
      description: 'Does what services report arrive, how fast, and what is refused and why?',
      variables: [prometheus],
      places,
    },
    [
      stat({
        title: 'Records',
        description:
          'Records that report an error: all, stored as a new error, met as one already stored, joined into another of the same request, and refused.',
        sql: `SELECT sum(count) AS "received", sumIf(count, outcome = 'stored') AS "stored", sumIf(count, outcome = 'duplicate') AS "duplicate",
  sumIf(count, outcome = 'folded') AS "folded", sumIf(count, ${REFUSED}) AS "refused" FROM ingest_outcomes WHERE ${COUNTED}`,
        unit: 'short',
        width: 12,
      }),
      stat({
        title: 'Refused share',
        description: 'Of all records, those that were rejected, over a rate, or too large.',
        sql: `SELECT if(sum(count) = 0, NULL, sumIf(count, ${REFUSED}) / sum(count)) AS refused FROM ingest_outcomes WHERE ${COUNTED}`,
        unit: 'percentunit',
        width: 4,
        decimals: 2,
        thresholds: risingIsBad(0.001, 0.01),
      }),
      stat({
        title: 'Lag',
        description: 'From the time of an error until it was stored and readable: median and slowest hundredth.',
        sql: `SELECT if(count() = 0, NULL, quantileExact(0.5)(${LAG})) AS "median", if(count() = 0, NULL, quantileExact(0.99)(${LAG})) AS "slowest hundredth" FROM errors WHERE ${ARRIVED}`,
        unit: 'ms',
        width: 5,
        thresholds: risingIsBad(60_000, 600_000),
      }),
      stat({
        title: 'Silent for',
        description: 'Since the last minute with a record, up to the end of the time range.',
        sql: `SELECT if(count() = 0, NULL, dateDiff('second', max(minute), $__toTime)) AS silent FROM ingest_outcomes WHERE ${COMPANY} AND minute <= $__toTime`,
        unit: 's',
        width: 3,
        thresholds: risingIsBad(3_600, 86_400),
      }),
      bars({
        title: 'Records by outcome',
        description: 'What became of records that report an error, per minute.',
        sql: `SELECT $__timeInterval(minute) AS time, outcome AS series, sum(count) / ${PER_MINUTE} AS per_minute FROM ingest_outcomes WHERE ${COUNTED} GROUP BY time, series ORDER BY time, series`,
        unit: 'cpm',
        width: 12,
      }),
      bars({
        title: 'Records by signal',
        description: 'Whether records came as traces, as logs or through the API, per minute.',
        sql: `SELECT $__timeInterval(minute) AS time, signal AS series, sum(count) / ${PER_MINUTE} AS per_minute FROM ingest_outcomes WHERE ${COUNTED} GROUP BY time, series ORDER BY time, series`,
        unit: 'cpm',
        width: 12,
      }),
      ranking({
        title: 'Refused, by reason',
        description: 'Records that were not stored, and why.',
        sql: `SELECT if(reason = '', outcome, concat(outcome, ' · ', reason)) AS "Reason", sum(count) AS "Records" FROM ingest_outcomes
WHERE ${COUNTED} AND ${REFUSED} GROUP BY "Reason" ORDER BY "Records" DESC, "Reason" LIMIT 30`,
        unit: 'short',
        width: 12,
        thresholds: [{ value: null, color: 'red' }],
      }),
      lines({
        title: 'Lag over time',
        description:
          'From the time of an error until it was stored, by when it was stored. It rises while a collector works off its queue.',
        sql: `SELECT $__timeInterval(received_at) AS time, quantileExact(0.5)(${LAG}) AS "median", quantileExact(0.95)(${LAG}) AS "slowest twentieth", max(${LAG}) AS "slowest"
FROM errors WHERE ${ARRIVED} GROUP BY time ORDER BY time`,
        unit: 'ms',
        width: 12,
      }),
      table({
        title: 'Arrivals by service',
        description: 'Errors stored in the time range, when the last one came, and how late they were.',
        sql: `SELECT service AS "Service", count() AS "Errors", max(received_at) AS "Last arrival", quantileExact(0.5)(${LAG}) AS "Median lag", max(${LAG}) AS "Longest lag"
FROM errors WHERE ${ARRIVED} GROUP BY service ORDER BY "Errors" DESC, service LIMIT 200`,
        unit: 'short',
        width: 12,
        height: 8,
        columns: { Service: [toFeed('service')], 'Median lag': [unit('ms')], 'Longest lag': [unit('ms')] },
      }),
      lines({
        title: 'Stored errors',
        description: 'Errors stored per minute, by when they came in.',
        sql: `SELECT $__timeInterval(received_at) AS time, count() / ${PER_MINUTE} AS "stored per minute" FROM errors WHERE ${ARRIVED} GROUP BY time ORDER BY time`,
        unit: 'cpm',
        width: 12,
      }),
      scraped({
        title: 'Insert time (Prometheus)',
        description: 'Time of one insert into the store, for all companies. Needs a Prometheus that scrapes /metrics.',
        unit: 's',
        queries: [0.5, 0.95, 0.99].map((share) => ({
          legend: share === 0.5 ? 'median' : `${share * 100} %`,
          expr: `histogram_quantile(${share}, sum by (le) (rate(errata_insert_seconds_bucket[$__rate_interval])))`,
        })),
      }),
      scraped({
        title: 'Collector queue (Prometheus)',
        description:
          'How full the queue on disk is. It fills while the processor is away, and senders wait when it is full.',
        unit: 'percentunit',
        queries: [
          {
            legend: '{{exporter}}',
            expr: 'max by (exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)',
          },
        ],
      }),
      scraped({
        title: 'OTLP requests (Prometheus)',
        description: 'Requests per minute by HTTP status: 503 means that senders keep their data and try again.',
        unit: 'cpm',
        queries: [
          { legend: '{{status}}', expr: 'sum by (status) (rate(errata_otlp_requests_total[$__rate_interval])) * 60' },
        ],
      }),
    ],
  );
}

interface Scraped {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly queries: readonly { readonly legend: string; readonly expr: string }[];
}

function scraped({ title, description, unit, queries }: Scraped): Builder<Panel> {
  const panel = new TimeSeries()
    .title(title)
    .description(description)
    .datasource({ type: PROMETHEUS.type, uid: '${prometheus}' })
    .unit(unit)
    .min(0)
    .noValue('no Prometheus')
    .span(8)
    .height(8)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom),
    );
  for (const [index, { legend, expr }] of queries.entries())
    panel.withTarget(new DataqueryBuilder().refId('ABC'.charAt(index)).expr(expr).legendFormat(legend).range());
  return panel;
}
