// The committed files as Grafana reads them: dashboards with their panels' queries and variables, and the alert rules.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../architecture/source-files.ts';

export const folder = join(root, 'dashboards');

export const dashboardNames = ['health-trends', 'error-feed', 'auto-fix-log', 'agent-activity', 'pipeline'] as const;

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly targets: readonly {
    readonly refId: string;
    readonly rawSql?: string;
    readonly expr?: string;
    readonly format?: number;
  }[];
  readonly options: { readonly legend?: { readonly showLegend: boolean } };
  readonly fieldConfig: {
    readonly defaults: { readonly unit?: string; readonly thresholds?: { readonly steps: readonly unknown[] } };
    readonly overrides: readonly {
      readonly matcher: { readonly options: string };
      readonly properties: readonly Property[];
    }[];
  };
}

interface Property {
  readonly id: string;
  readonly value: unknown;
}

export interface VariableModel {
  readonly name: string;
  readonly type: string;
  readonly description?: string;
  readonly query?: string;
  readonly current?: { readonly value: string | readonly string[] };
}

/** Something marked over every chart of a dashboard. */
export interface Annotation {
  readonly name: string;
  readonly enable: boolean;
  /** true: there is no switch for it. */
  readonly hide?: boolean;
  /** Where the switch is, when not above the charts. */
  readonly placement?: string;
  readonly iconColor: string;
  readonly datasource: Panel['datasource'];
  readonly target: {
    readonly refId: string;
    readonly rawSql: string;
    readonly editorType: string;
    readonly format: number;
  };
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list?: readonly Annotation[] };
  readonly templating: { readonly list: readonly VariableModel[] };
}

export function readDashboard(name: string): Dashboard {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Dashboard;
}

export interface Rule {
  readonly uid: string;
  readonly title: string;
  readonly condition: string;
  readonly dashboardUid: string;
  readonly panelId: number;
  readonly annotations: { readonly summary: string };
  readonly notification_settings: { readonly receiver: string };
  readonly data: readonly {
    readonly refId: string;
    readonly datasourceUid: string;
    readonly relativeTimeRange: { readonly from: number; readonly to: number };
    readonly model: {
      readonly rawSql?: string;
      readonly expression?: string;
      readonly conditions?: readonly {
        readonly evaluator: { readonly type: string; readonly params: readonly number[] };
      }[];
    };
  }[];
}

/** As Grafana reads a file of its provisioning: `$$` is a dollar, `$NAME` and `${NAME}` come from its environment. */
export function readProvisioning(path: string): unknown {
  return fillIn(parse(readFileSync(join(folder, 'provisioning', path), 'utf8')));
}

function fillIn(value: unknown): unknown {
  if (typeof value === 'string') {
    return value
      .split('$$')
      .map((part) => part.replaceAll(/\$(?!__file\{)\{?\w+\}?/g, ''))
      .join('$');
  }
  if (Array.isArray(value)) return value.map(fillIn);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillIn(inner)]));
  return value;
}

export function readRules(): readonly Rule[] {
  const file = readProvisioning('alerting/rules.yaml') as { groups: readonly { rules: readonly Rule[] }[] };
  return file.groups.flatMap((group) => group.rules);
}
