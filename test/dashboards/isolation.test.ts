// One company's viewer sees one company. The server's users and row policies are not part of the embedded engine, so the
// policies are read from company-viewer.sql and put into force as `additional_table_filters`, which filter the tables likewise.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Asked, openSeeded } from './ask.ts';
import { type Variables, expand } from './expand.ts';
import { dashboardNames, folder, readDashboard, readRules } from './grafana.ts';
import { NOW, ago } from './seed.ts';

const viewerSql = readFileSync(join(folder, 'clickhouse/company-viewer.sql'), 'utf8');
const grafanaXml = readFileSync(join(folder, 'clickhouse/grafana.xml'), 'utf8');
const views = readFileSync(join(folder, 'clickhouse/views.sql'), 'utf8');

/** Without comments; none of them holds a `;` in a string. */
const statementsOf = (sql: string): readonly string[] =>
  sql
    .replaceAll(/^--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');

const policy =
  statementsOf(viewerSql).find((statement) => statement.includes('POLICY IF NOT EXISTS errata_company_1 ')) ?? '';
const covered = [...policy.matchAll(/errata\.(\w+)/g)].map((match) => match[1] ?? '').sort();
const condition = /USING (.+) TO errata_company_1$/.exec(policy)?.[1] ?? '';
const filters = `{${covered.map((table) => `'${table}': '${condition}'`).join(', ')}}`;

const RANGE = { fromMs: ago(7 * 24 * 60), toMs: NOW, intervalMs: 3_600_000 };
const ALL = { value: '$__all' };
const chosen = (company: string): Variables => ({
  company: { value: company },
  service: ALL,
  environment: ALL,
  severity: ALL,
  rule: ALL,
  agent: ALL,
  slo: { value: '99' },
  state: { value: 'all' },
  search: { value: '' },
  trace: { value: '' },
});

const queries = dashboardNames.flatMap((name) => {
  const { panels, templating, annotations } = readDashboard(name);
  return [
    ...panels.flatMap(({ title, targets }) => targets.map(({ rawSql }) => ({ name, title, sql: rawSql ?? '' }))),
    ...(annotations.list ?? []).map(({ name: title, target }) => ({ name, title, sql: target.rawSql })),
    ...templating.list.map(({ name: variable, type, query }) => ({
      name,
      title: `$${variable}`,
      sql: type === 'query' ? (query ?? '') : '',
    })),
  ].filter(({ sql }) => sql !== '');
});
const alerts = readRules().map(({ title, data }) => ({ name: 'alerts', title, sql: data[0]?.model.rawSql ?? '' }));

let store: Asked;
beforeAll(async () => {
  store = await openSeeded();
});
afterAll(async () => {
  await store.close();
});

const rowsOf = async (sql: string, company: string, filters?: string) =>
  (await store.ask(expand(sql, chosen(company), RANGE), filters)).rows;

describe('what is asked about one company', () => {
  test.each(queries)('$name: $title for company 1 holds nothing of company 2', async ({ sql }) => {
    expect(JSON.stringify(await rowsOf(sql, '1'))).not.toContain('leak');
  });

  test('and would be noticed: for company 2 the same questions are full of it', async () => {
    const answers = await Promise.all(queries.map(async ({ sql }) => JSON.stringify(await rowsOf(sql, '2'))));
    expect(answers.filter((answer) => answer.includes('leak')).length).toBeGreaterThan(15);
  });
});

describe('a viewer of company 1', () => {
  test('is offered its own company only', async () => {
    const sql = queries.find(({ title }) => title === '$company')?.sql ?? '';
    expect(await rowsOf(sql, '1', filters)).toEqual([['1']]);
  });

  test.each(queries.filter(({ title }) => title !== '$company'))(
    '$name: $title answers about company 2 as about one that does not exist',
    async ({ sql }) => {
      expect(await rowsOf(sql, '2', filters)).toEqual(await rowsOf(sql, '77', filters));
    },
  );

  test.each(alerts)('$title is told of its own company only', async ({ sql }) => {
    const rows = await rowsOf(sql, '1', filters);
    expect(rows.filter(([company]) => company !== '1')).toEqual([]);
  });

  test('and still gets its own numbers', async () => {
    const sql = queries.find(({ title }) => title === 'Errors in the time range')?.sql ?? '';
    // In seven days: 22 of the last, 5 of the day before, 4 of 100 hours ago.
    expect((await rowsOf(sql, '1', filters))[0]?.[0]).toBe(31);
  });

  test.each([
    ['company_errors', 31 + 10],
    ['company_attempts', 40],
    ['company_groups', 6],
  ])('the view %s is of one company, whoever asks', async (view, count) => {
    for (const statement of statementsOf(views)) await store.command(statement.replaceAll('errata.', ''));
    const countOf = async (company: number, only?: string) =>
      (await store.ask(`SELECT count() FROM ${view}(company = ${company})`, only)).rows[0]?.[0];
    expect(await countOf(1)).toBe(count);
    expect(await countOf(77)).toBe(0);
    expect(await countOf(2)).toBeGreaterThan(0);
    expect(await countOf(2, filters)).toBe(0);
  });

  test('the view of errors knows what is resolved', async () => {
    const sql = 'SELECT countIf(resolved), countIf(NOT resolved) FROM company_errors(company = 1)';
    // Open: 27 of group 1 (10, 5 and 12) but one, 3 of group 2, 1 of group 4.
    expect((await store.ask(sql)).rows).toEqual([[41 - 30, 30]]);
  });
});

describe('users of the server', () => {
  test('the policy covers every table that is asked and that has a company', async () => {
    const { rows } = await store.ask(
      "SELECT table FROM system.columns WHERE database = currentDatabase() AND name = 'company_id' AND table NOT LIKE 'company_%' ORDER BY table",
    );
    const withCompany = rows.map(([table]) => String(table));
    // A twin is shown by the admin page only; nobody may read it here.
    expect(covered).toEqual(withCompany.filter((table) => table !== 'error_twins'));
  });

  test.each([
    ['grafana.xml', grafanaXml],
    ['company-viewer.sql', viewerSql],
  ])('%s grants reading of these tables and nothing else', (_, text) => {
    const grants = [...text.matchAll(/GRANT (.+?) ON errata\.(\w+|\*)/g)];
    expect(new Set(grants.map(([, right]) => right))).toEqual(new Set(['SELECT']));
    expect(grants.map(([, , table]) => table ?? '').sort()).toEqual(covered);
  });

  test('whoever is no viewer of one company loses nothing by the policies', () => {
    const others = statementsOf(viewerSql).find((statement) => statement.includes('errata_everybody_else')) ?? '';
    expect([...others.matchAll(/errata\.(\w+)/g)].map((match) => match[1] ?? '').sort()).toEqual(covered);
    expect(others).toMatch(/USING 1 TO ALL EXCEPT errata_company_viewer$/);
  });

  test.each(statementsOf(viewerSql).map((statement) => [statement.slice(0, 60), statement] as const))(
    'ClickHouse understands: %s',
    async (_, statement) => {
      const text = statement.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
      await expect(store.ask(`SELECT formatQuerySingleLine('${text}')`)).resolves.toBeDefined();
    },
  );

  test('both users have the same limits', () => {
    const limits = [
      'readonly',
      'max_execution_time',
      'max_memory_usage',
      'max_threads',
      'max_result_rows',
      'max_result_bytes',
    ];
    const inXml = limits.map((name) => new RegExp(`<${name}>(\\d+)</${name}>`).exec(grafanaXml)?.[1]);
    const inSql = limits.map((name) => new RegExp(`\\b${name} = (\\d+)`).exec(viewerSql)?.[1]);
    expect(inXml).toEqual(['2', '60', '2000000000', '4', '100000', '100000000']);
    expect(inSql).toEqual(inXml);
  });

  test('every limit is a setting of the server', async () => {
    const names = [
      'readonly',
      'max_execution_time',
      'max_memory_usage',
      'max_threads',
      'max_result_rows',
      'max_result_bytes',
      'result_overflow_mode',
    ];
    const { rows } = await store.ask(
      `SELECT name FROM system.settings WHERE name IN ('${names.join("','")}') ORDER BY name`,
    );
    expect(rows.flat()).toEqual(names.toSorted());
  });
});
