// What a dashboard can be narrowed to. `company` comes first: everything below it is asked within it.
import type { VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableHide,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { CLICKHOUSE } from './datasource.ts';
import { COMPANY, MINUTE } from './sql.ts';

/** With a backslash a name could end the quotes that Grafana puts around it; it counts under All only. */
const QUOTABLE = (column: string) => `position(${column}, '\\\\') = 0`;

export interface Places {
  /** Address of the admin page. */
  readonly adminUrl: string;
  /** What stands before the trace id in the address of a trace. */
  readonly traceUrl: string;
}

const ALL = { text: 'All', value: '$__all' };

export function variablesOf(places: Places, more: readonly VariableModel[] = []): readonly VariableModel[] {
  return [
    new DatasourceVariableBuilder('datasource')
      .label('Data source')
      .description('The ClickHouse that Errata writes to')
      .type(CLICKHOUSE.type)
      .current({ text: CLICKHOUSE.name, value: CLICKHOUSE.uid, selected: true })
      .build(),
    company(),
    chosen('service', 'Service', namesOf('service', 'service')),
    chosen('environment', 'Environment', namesOf("if(environment = '', '(none)', environment)", 'environment')),
    severity(),
    ...more,
    hidden('admin_url', 'Address of the admin page, for links', places.adminUrl),
    hidden('trace_url', 'What stands before the trace id in the address of a trace, for links', places.traceUrl),
  ];
}

/** Several values, or all. */
function chosen(name: string, label: string, sql: string): VariableModel {
  return {
    ...query(name, label, sql).multi(true).includeAll(true).current(ALL).build(),
    description: `Which ones are shown`,
  };
}

export function textBox(name: string, label: string, description: string): VariableModel {
  return new TextBoxVariableBuilder(name).label(label).description(description).defaultValue('').build();
}

export function choice(
  name: string,
  label: string,
  { values, current }: { values: readonly string[]; current: string },
): VariableModel {
  return new CustomVariableBuilder(name)
    .label(label)
    .description(`One of ${values.join(', ')}`)
    .values(values.join(','))
    .options(values.map((value) => ({ text: value, value, selected: value === current })))
    .current({ text: current, value: current, selected: true })
    .build();
}

function company(): VariableModel {
  return query(
    'company',
    'Company',
    `SELECT toString(company_id) AS company FROM (
  SELECT company_id FROM errors GROUP BY company_id UNION DISTINCT SELECT company_id FROM ingest_outcomes GROUP BY company_id)
WHERE company_id > 0 ORDER BY company_id LIMIT 1000`,
  )
    .description('Whose errors; a viewer of one company is offered only that one')
    .build();
}

function severity(): VariableModel {
  const values = ['critical', 'error', 'warning', 'info'];
  return new CustomVariableBuilder('severity')
    .label('Severity')
    .description('Which severities are shown')
    .values(values.join(','))
    .options(values.map((value) => ({ text: value, value })))
    .multi(true)
    .includeAll(true)
    .current(ALL)
    .build();
}

function query(name: string, label: string, sql: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource({ type: CLICKHOUSE.type, uid: '${datasource}' })
    .query(sql)
    .refresh(VariableRefresh.OnTimeRangeChanged);
}

function namesOf(column: string, alias: string): string {
  return `SELECT DISTINCT ${column} AS name FROM errors
WHERE ${COMPANY} AND $__timeFilter(${MINUTE}) AND ${QUOTABLE(alias)} ORDER BY name LIMIT 1000`;
}

function hidden(name: string, description: string, value: string): VariableModel {
  return new TextBoxVariableBuilder(name)
    .description(description)
    .hide(VariableHide.HideVariable)
    .defaultValue(value)
    .current({ text: value, value })
    .build();
}

export const ruleVariable = (): VariableModel =>
  chosen(
    'rule',
    'Rule',
    `SELECT DISTINCT rule_id AS name FROM attempt_events WHERE ${COMPANY} AND $__timeFilter(started_at) ORDER BY name LIMIT 1000`,
  );

export const agentVariable = (): VariableModel =>
  chosen(
    'agent',
    'Agent',
    `SELECT DISTINCT name FROM (
  SELECT agent AS name FROM activity WHERE ${COMPANY} AND $__timeFilter(at)
  UNION ALL SELECT arrayJoin(delegation_agents) FROM case_events WHERE ${COMPANY} AND $__timeFilter(opened_at))
WHERE name != '' AND ${QUOTABLE('name')} ORDER BY name LIMIT 1000`,
  );
