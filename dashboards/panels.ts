// The kinds of panels there are here, each with the settings that make it legible: a unit, a legend, a description. The
// order of a dashboard's panels and their widths place them.
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type DynamicConfigValue,
  type Panel,
  type Threshold,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { CLICKHOUSE } from './datasource.ts';
import { COLORS } from './fields.ts';

export interface PanelOptions {
  readonly title: string;
  /** What it answers, and how its numbers come about. */
  readonly description: string;
  readonly sql: string;
  /** Of Grafana's units: `short`, `ms`, `percentunit`, ... */
  readonly unit: string;
  /** Of 24. */
  readonly width: number;
  readonly height?: number;
  readonly decimals?: number;
  readonly thresholds?: readonly Threshold[];
}

export const SOURCE = { type: CLICKHOUSE.type, uid: '${datasource}' };

/** As the plugin numbers them. */
const FORMATS = { timeseries: 0, table: 1 } as const;

export function clickhouse(rawSql: string, queryType: keyof typeof FORMATS, refId = 'A'): Builder<Dataquery> {
  const query = { refId, datasource: SOURCE, editorType: 'sql', queryType, format: FORMATS[queryType], rawSql };
  return { build: () => ({ ...query, _implementsDataqueryVariant: () => undefined }) };
}

/** Columns of the one row are its numbers, each with its name. */
export function stat(options: PanelOptions): Builder<Panel> {
  return new Stat()
    .title(options.title)
    .description(options.description)
    .datasource(SOURCE)
    .withTarget(clickhouse(options.sql, 'table'))
    .unit(options.unit)
    .decimals(options.decimals ?? 0)
    .noValue('none')
    .span(options.width)
    .height(options.height ?? 4)
    .thresholds(steps(options.thresholds ?? [{ value: null, color: 'text' }]))
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('/.*/').values(false));
}

/** A column of times, then numbers; with a column `series` one line for each of its values. */
export function lines(options: PanelOptions & { readonly overrides?: Overrides }): Builder<Panel> {
  return chart(options).drawStyle(GraphDrawStyle.Line).fillOpacity(8).lineWidth(2).showPoints(VisibilityMode.Never);
}

/** Stacked: what is missing in an interval is nothing, which a line would draw over. */
export function bars(options: PanelOptions & { readonly overrides?: Overrides }): Builder<Panel> {
  return chart(options)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(70)
    .lineWidth(0)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

/** One bar a row: a name, then numbers. */
export function ranking(options: PanelOptions): Builder<Panel> {
  return new BarChart()
    .title(options.title)
    .description(options.description)
    .datasource(SOURCE)
    .withTarget(clickhouse(options.sql, 'table'))
    .unit(options.unit)
    .span(options.width)
    .height(options.height ?? 8)
    .noValue('none')
    .thresholds(steps(options.thresholds ?? [{ value: null, color: 'blue' }]))
    .orientation(VizOrientation.Horizontal)
    .showValue(VisibilityMode.Always)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(false)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom),
    );
}

export type Overrides = Readonly<Record<string, readonly DynamicConfigValue[]>>;

/** `columns`: what is special about a column, by its name. */
export function table(options: PanelOptions & { readonly columns: Overrides }): Builder<Panel> {
  const panel = new Table()
    .title(options.title)
    .description(options.description)
    .datasource(SOURCE)
    .withTarget(clickhouse(options.sql, 'table'))
    .unit(options.unit)
    .span(options.width)
    .height(options.height ?? 10)
    .noValue('none')
    .filterable(true)
    .thresholds(steps(options.thresholds ?? [{ value: null, color: 'text' }]));
  for (const [name, properties] of Object.entries(options.columns)) panel.overrideByName(name, [...properties]);
  return panel;
}

function chart(options: PanelOptions & { readonly overrides?: Overrides }): TimeSeries {
  const panel = new TimeSeries()
    .title(options.title)
    .description(options.description)
    .datasource(SOURCE)
    .withTarget(clickhouse(options.sql, 'timeseries'))
    .unit(options.unit)
    .min(0)
    .interval('1m')
    .span(options.width)
    .height(options.height ?? 8)
    .noValue('none')
    .thresholds(steps(options.thresholds ?? [{ value: null, color: 'green' }]))
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .calcs(['mean', 'max']),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
  if (/ AS series\b/.test(options.sql)) panel.displayName('${__field.labels.series}');
  if (options.decimals !== undefined) panel.decimals(options.decimals);
  for (const [name, properties] of Object.entries({ ...COLORS, ...options.overrides }))
    panel.overrideByName(name, [...properties]);
  return panel;
}

function steps(thresholds: readonly Threshold[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...thresholds]);
}
