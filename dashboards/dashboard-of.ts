// What all dashboards have alike: the tag that links them, the variables, the time range.
import {
  DashboardCursorSync,
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { AnnotationQuery, Panel, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { variablesOf } from './variables.ts';
import type { Places } from './variables.ts';

interface Described {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Beside those that all have. */
  readonly variables?: readonly VariableModel[];
  /** What is marked over its charts. */
  readonly annotations?: readonly Builder<AnnotationQuery>[];
  readonly places: Places;
  readonly from?: string;
}

export function dashboardOf(
  { uid, title, description, variables, annotations = [], places, from = 'now-24h' }: Described,
  panels: readonly Builder<Panel>[],
): DashboardBuilder {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['errata'])
    .timezone('browser')
    .time({ from, to: 'now' })
    .refresh('1m')
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .variables(variablesOf(places, variables).map((model) => ({ build: () => model })))
    .link(
      new DashboardLinkBuilder('Errata')
        .type(DashboardLinkType.Dashboards)
        .tags(['errata'])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
    .link(
      new DashboardLinkBuilder('Admin page')
        .type(DashboardLinkType.Link)
        .url('${admin_url:raw}')
        .icon('external link')
        .targetBlank(true),
    );
  for (const annotation of annotations) dashboard.annotation(annotation);
  for (const [index, panel] of panels.entries())
    dashboard.withPanel({ build: () => ({ ...panel.build(), id: index + 1 }) });
  return dashboard;
}
