// Every file that is made from these sources, by its path under dashboards/.
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { agentActivity } from './agent-activity.ts';
import { alertRules } from './alerts.ts';
import { autoFixLog } from './auto-fix-log.ts';
import { errorFeed } from './error-feed.ts';
import { healthTrends } from './health-trends.ts';
import { pipeline } from './pipeline.ts';
import type { Places } from './variables.ts';

/** As a checkout is started on one machine. */
export const PLACES: Places = {
  adminUrl: 'http://localhost:8080/admin',
  traceUrl: 'http://localhost:16686/trace/',
};

const DASHBOARDS: Readonly<Record<string, (places: Places) => DashboardBuilder>> = {
  'health-trends': healthTrends,
  'error-feed': errorFeed,
  'auto-fix-log': autoFixLog,
  'agent-activity': agentActivity,
  pipeline,
};

export function filesOf(places: Places): ReadonlyMap<string, string> {
  const dashboards = Object.entries(DASHBOARDS).map(
    ([name, make]) => [`${name}.json`, `${JSON.stringify(make(places).build(), undefined, 2)}\n`] as const,
  );
  return new Map([...dashboards, ['provisioning/alerting/rules.yaml', alertRules()]]);
}
