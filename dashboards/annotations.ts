// What happened, as marks over every chart of a dashboard, each kind with a switch of its own. Grafana takes the columns by
// their names: `time`, `text`, and `tags` with commas between them.
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { AnnotationQuery } from '@grafana/grafana-foundation-sdk/dashboard';
import { SOURCE, clickhouse } from './panels.ts';
import { PROVEN, RELEASES } from './sql.ts';

/** More would hide the charts. */
const MOST = 300;

/** A deploy is known by the first error of its release; one that brought none is not seen. */
export function deploys(): Builder<AnnotationQuery> {
  return marks(
    'Deploys',
    'blue',
    `SELECT first_seen AS time, concat(service, ' ', release, ' was first seen', if(environment = '', '', concat(' in ', environment))) AS text,
  concat(service, ',', release, if(environment = '', '', concat(',', environment))) AS tags
FROM (${RELEASES}) WHERE $__timeFilter(first_seen)`,
  );
}

/** Where they acted. `attempts`: those of the dashboard. */
export function fixes(attempts: string): readonly Builder<AnnotationQuery>[] {
  const those = (condition: string) => `SELECT acted AS time,
  concat(rule, ' on ', JSONExtractString(json, 'targetName'), ': ', replaceAll(ended_as, '_', ' ')) AS text, concat(service, ',', rule) AS tags
FROM (${attempts}) WHERE ${PROVEN} AND ended_as ${condition} 'succeeded'`;
  return [marks('Fixes that helped', 'green', those('=')), marks('Fixes that did not help', 'red', those('!='))];
}

function marks(name: string, color: string, sql: string): Builder<AnnotationQuery> {
  const target = clickhouse(
    `SELECT time, text, tags FROM (${sql} ORDER BY time DESC LIMIT ${MOST}) ORDER BY time, text`,
    'table',
    'Anno',
  ).build();
  // Not the SDK's builder: it would put the switch into a menu.
  return { build: () => ({ name, datasource: SOURCE, enable: true, hide: false, iconColor: color, target }) };
}
