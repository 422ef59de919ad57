// The files that Grafana reads: made from the sources, complete, and naming only what exists.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesOf, PLACES } from '../../dashboards/files.ts';
import { readSources } from '../architecture/source-files.ts';
import { dashboardNames, folder, readDashboard, readProvisioning, readRules } from './grafana.ts';

const dashboards = dashboardNames.map((name) => readDashboard(name));
const panels = dashboards.flatMap((dashboard) => dashboard.panels.map((panel) => ({ ...panel, of: dashboard })));
const named = panels.map((panel) => [`${panel.of.title}: ${panel.title}`, panel] as const);

describe('committed files', () => {
  test.each([...filesOf(PLACES)])('%s is what `npm run dashboards` writes', (path, text) => {
    expect(readFileSync(join(folder, path), 'utf8')).toBe(text);
  });

  test('there is no other dashboard', () => {
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort(),
    ).toEqual(dashboardNames.map((name) => `${name}.json`).sort());
  });

  test('another address of the admin page is in every dashboard', () => {
    const files = filesOf({ adminUrl: 'https://errata.example/admin', traceUrl: 'https://traces.example/' });
    for (const name of dashboardNames) {
      expect(files.get(`${name}.json`)).toContain('https://errata.example/admin');
      expect(files.get(`${name}.json`)).not.toContain('localhost');
    }
  });
});

describe('dashboards', () => {
  test('are the five that were asked for', () => {
    expect(dashboards.map(({ uid, title }) => [uid, title])).toEqual([
      ['errata-health-trends', 'Health trends'],
      ['errata-error-feed', 'Error feed'],
      ['errata-auto-fix-log', 'Auto-fix log'],
      ['errata-agent-activity', 'Agent activity'],
      ['errata-pipeline', 'Pipeline'],
    ]);
  });

  test.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))(
    '%s can be narrowed to a company, services, environments and severities',
    (_, { templating, description }) => {
      const names = templating.list.map(({ name }) => name);
      expect(names.slice(0, 5)).toEqual(['datasource', 'company', 'service', 'environment', 'severity']);
      expect(names.slice(-2)).toEqual(['admin_url', 'trace_url']);
      expect(templating.list.filter((variable) => (variable.description ?? '') === '')).toEqual([]);
      expect(description).not.toBe('');
    },
  );

  test.each(named)(
    '%s has a title of its own, a description, a unit, a threshold, a data source and a legend',
    (_, panel) => {
      expect(panel.title).not.toMatch(/^(?:Panel Title|New panel|)$/i);
      expect(panel.description).toMatch(/\.$/);
      expect(panel.fieldConfig.defaults.unit ?? '').not.toBe('');
      expect(panel.datasource).toEqual(
        panel.title.endsWith('(Prometheus)')
          ? { type: 'prometheus', uid: '${prometheus}' }
          : { type: 'grafana-clickhouse-datasource', uid: '${datasource}' },
      );
      if (panel.datasource.type !== 'prometheus')
        expect(panel.fieldConfig.defaults.thresholds?.steps.length ?? 0).toBeGreaterThan(0);
      if (panel.type === 'timeseries') expect(panel.options.legend?.showLegend).toBe(true);
    },
  );

  test.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))(
    '%s has each id, title and place once',
    (_, { panels: all }) => {
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
      expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
    },
  );

  test.each(named)(
    '%s names in its overrides only columns that it has, and in its links only variables',
    (_, panel) => {
      const sql = panel.targets.map(({ rawSql }) => rawSql ?? '').join('\n');
      const variables = panel.of.templating.list.map(({ name }) => name);
      const columns = panel.type === 'table' ? panel.fieldConfig.overrides.map(({ matcher }) => matcher.options) : [];
      for (const column of columns) expect(sql).toContain(` AS "${column}"`);
      const links = JSON.stringify(panel.fieldConfig.overrides);
      for (const [, name = ''] of links.matchAll(/\$\{(\w+)(?::\w+)?\}/g))
        expect(['__url_time_range', ...variables]).toContain(name);
      for (const [, column] of links.matchAll(/__data\.fields\[\\+"([^"\\]+)/g))
        expect(sql).toContain(` AS "${column ?? ''}"`);
      for (const [, uid] of links.matchAll(/\/d\/([\w-]+)/g)) expect(dashboards.map((one) => one.uid)).toContain(uid);
    },
  );

  test.each(named)(
    '%s can be asked on a cluster, where a table in a sub-query must be asked once for all',
    (_, panel) => {
      for (const { rawSql = '' } of panel.targets) expect(rawSql).not.toMatch(/(?<!GLOBAL) IN \(SELECT/);
    },
  );

  const marks = dashboards.flatMap((dashboard) =>
    (dashboard.annotations.list ?? []).map((one) => [`${dashboard.title}: ${one.name}`, one, dashboard] as const),
  );
  test.each(marks)(
    '%s is on, has a switch in sight, and asks the data source for what its dashboard knows',
    (_, { enable, hide, placement, datasource, target }, { templating }) => {
      expect([enable, hide, placement]).toEqual([true, false, undefined]);
      expect(datasource).toEqual({ type: 'grafana-clickhouse-datasource', uid: '${datasource}' });
      expect(target).toMatchObject({ editorType: 'sql', format: 1, refId: 'Anno' });
      expect(target.rawSql).toContain('LIMIT');
      expect(target.rawSql).not.toMatch(/(?<!GLOBAL) IN \(SELECT/);
      const variables = templating.list.map(({ name }) => name);
      for (const [, name = ''] of target.rawSql.matchAll(/\$\{?((?!__)\w+)/g)) expect(variables).toContain(name);
    },
  );

  test('marks of one name have one colour', () => {
    expect([...new Set(marks.map(([, { name, iconColor }]) => `${name}: ${iconColor}`))].sort()).toEqual([
      'Deploys: blue',
      'Fixes that did not help: red',
      'Fixes that helped: green',
    ]);
  });

  test('errors, fixes and traces lead to where the admin page and the tools put them', () => {
    const urls = new Set(
      [...JSON.stringify(panels).matchAll(/"url":"((?:[^"\\]|\\.)*)"/g)].map(
        ([, url]) => JSON.parse(`"${url ?? ''}"`) as string,
      ),
    );
    expect([...urls].filter((url) => url.includes('#') || url.includes('trace_url')).sort()).toEqual([
      '${admin_url:raw}#/errors/${__data.fields["Error id"]}',
      '${admin_url:raw}#/fixes/${__data.fields["Attempt id"]}',
      '${trace_url:raw}${__value.raw}',
    ]);
    const tools = [...readSources('src/mcp', '.ts'), ...readSources('src/mcp/tools', '.ts')]
      .map(({ text }) => text)
      .join('');
    expect(tools).toContain('#/errors/${');
    expect(tools).toContain('#/fixes/${');
  });

  test('what Prometheus is asked for is what the processor and the collector count', () => {
    const code = readSources('src', '.ts')
      .map(({ text }) => text)
      .join('');
    const asked = panels.flatMap(({ targets }) =>
      targets.flatMap(({ expr = '' }) => expr.match(/\b(?:errata|otelcol)_\w+/g) ?? []),
    );
    const metrics = [...new Set(asked)].sort();
    expect(metrics).toEqual([
      'errata_insert_seconds_bucket',
      'errata_otlp_requests_total',
      'otelcol_exporter_queue_capacity',
      'otelcol_exporter_queue_size',
    ]);
    for (const name of metrics.filter((metric) => metric.startsWith('errata')))
      expect(code).toContain(`'${name.replace(/_bucket$/, '')}'`);
  });
});

describe('provisioning', () => {
  const sources = readProvisioning('datasources/errata.yaml') as {
    datasources: readonly { uid: string; type: string; jsonData: Record<string, unknown> }[];
  };
  const providers = readProvisioning('dashboards/errata.yaml') as {
    providers: readonly { folder: string; folderUid: string; options: { path: string } }[];
  };
  const contacts = readProvisioning('alerting/contact-points.yaml') as {
    contactPoints: readonly { name: string; receivers: readonly { settings: { url: string } }[] }[];
  };
  const groups = (readProvisioning('alerting/rules.yaml') as { groups: readonly { folder: string }[] }).groups;
  const rules = readRules();

  test('the data source is the one that rules and dashboards ask, as the read-only user', () => {
    expect(sources.datasources.map(({ uid, type }) => [uid, type])).toEqual([
      ['errata-clickhouse', 'grafana-clickhouse-datasource'],
    ]);
    expect(readFileSync(join(folder, 'clickhouse/grafana.xml'), 'utf8')).toContain(
      `<${String(sources.datasources[0]?.jsonData['username'])}>`,
    );
    for (const { templating } of dashboards)
      expect(templating.list.find(({ name }) => name === 'datasource')?.current?.value).toBe('errata-clickhouse');
    for (const { data } of rules)
      for (const { datasourceUid } of data) expect(['errata-clickhouse', '__expr__']).toContain(datasourceUid);
  });

  test('rules go to the folder of the dashboards, to a contact point that is there, and name panels that are', () => {
    expect(groups.map(({ folder: name }) => name)).toEqual([providers.providers[0]?.folder]);
    for (const rule of rules) {
      expect(contacts.contactPoints.map(({ name }) => name)).toContain(rule.notification_settings.receiver);
      const dashboard = dashboards.find(({ uid }) => uid === rule.dashboardUid);
      expect(dashboard?.panels.map(({ id }) => id)).toContain(rule.panelId);
    }
    expect(rules.map(({ uid }) => uid)).toEqual([
      'errata-critical-error',
      'errata-rate-jump',
      'errata-fix-failed',
      'errata-breaker-open',
      'errata-pipeline-silent',
    ]);
  });

  test('a rule shows the panel that it is about', () => {
    const shown = rules.map(
      ({ dashboardUid, panelId }) =>
        panels.find((panel) => panel.of.uid === dashboardUid && panel.id === panelId)?.title,
    );
    expect(shown).toEqual([
      'Errors, newest first',
      'Error rate against the day and the week before',
      'Attempts, newest first',
      'Attempts, newest first',
      'Records by outcome',
    ]);
  });

  test('a summary names only what its query answers with', () => {
    for (const { annotations, data } of rules)
      for (const [, label = ''] of annotations.summary.matchAll(/\$labels\.(\w+)/g))
        expect(data[0]?.model.rawSql).toMatch(new RegExp(`\\b${label}\\b`));
  });

  test('a contact point has an address, without which Grafana would not start', () => {
    for (const { receivers } of contacts.contactPoints)
      for (const { settings } of receivers) expect(URL.canParse(settings.url)).toBe(true);
  });

  test('every file of dashboards/ that a document or a provisioning file names exists', () => {
    const texts = [
      readFileSync(join(folder, '../docs/dashboards.md'), 'utf8'),
      ...readSources('dashboards', '.yaml').map(({ text }) => text),
    ].join('\n');
    const paths = [...texts.matchAll(/(?<![\w/])dashboards\/[\w./-]+\w/g)].map(([path]) => path);
    expect(paths.filter((path) => !existsSync(join(folder, '..', path)))).toEqual([]);
  });
});
