// Runs what the committed files ask, on a store whose content is known, and holds the answers against numbers worked out by hand.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type Asked, openSeeded } from './ask.ts';
import { expected, expectedAnnotations } from './expected.ts';
import { type TimeRange, type Variables, expand } from './expand.ts';
import { dashboardNames, readDashboard, readRules } from './grafana.ts';
import { NOW, ago } from './seed.ts';

const DAY: TimeRange = { fromMs: ago(24 * 60), toMs: NOW, intervalMs: 6 * 3_600_000 };
const ALL = { value: '$__all' };
const CHOSEN: Variables = {
  company: { value: '1' },
  service: ALL,
  environment: ALL,
  severity: ALL,
  rule: ALL,
  agent: ALL,
  slo: { value: '99' },
  state: { value: 'all' },
  search: { value: '' },
  trace: { value: '' },
};

const dashboards = dashboardNames.map((name) => [name, readDashboard(name)] as const);
const panels = dashboards.flatMap(([name, { panels: all }]) =>
  all.flatMap((panel) =>
    panel.targets.flatMap(({ rawSql }) =>
      rawSql === undefined ? [] : [{ name, title: panel.title, type: panel.type, sql: rawSql }],
    ),
  ),
);
const queried = dashboards.flatMap(([name, { templating }]) =>
  templating.list.flatMap((variable) =>
    variable.type === 'query' ? [{ name, title: variable.name, sql: variable.query ?? '' }] : [],
  ),
);
const annotations = dashboards.flatMap(
  ([
    name,
    {
      annotations: { list = [] },
    },
  ]) => list.map((annotation) => ({ name, title: annotation.name, sql: annotation.target.rawSql })),
);
const rules = readRules();

let store: Asked;
beforeAll(async () => {
  store = await openSeeded();
});
afterAll(async () => {
  await store.close();
});

const ask = (sql: string, change: Variables = {}, range: TimeRange = DAY): Promise<Answer> =>
  store.ask(expand(sql, { ...CHOSEN, ...change }, range));

function sqlOf(dashboard: string, title: string): string {
  const found = panels.find((panel) => panel.name === dashboard && panel.title === title);
  if (found === undefined) throw new Error(`no panel ${title}`);
  return found.sql;
}

const rounded = (rows: Answer['rows']) =>
  rows.map((row) => row.map((value) => (typeof value === 'number' ? Number(value.toFixed(6)) : value)));

describe('panels', () => {
  test('every panel has its expected answer, and every answer a panel', () => {
    const has = panels.map(({ name, title }) => `${name}: ${title}`);
    const wanted = Object.entries(expected).flatMap(([name, of]) =>
      Object.keys(of).map((title) => `${name}: ${title}`),
    );
    expect(has.sort()).toEqual(wanted.sort());
    console.log(
      `${panels.length} panels, ${queried.length} variables, ${rules.length} alerts and ${annotations.length} annotations are run`,
    );
    expect([panels.length, queried.length, rules.length, annotations.length]).toEqual([45, 17, 5, 6]);
  });

  test.each(panels)('$name: $title answers with the numbers of the seed', async ({ name, title, sql }) => {
    const answer = await ask(sql);
    const wanted = expected[name]?.[title];
    expect(answer.columns).toEqual(wanted?.columns);
    if (wanted?.rows !== undefined) expect(rounded(answer.rows)).toEqual(wanted.rows);
    else {
      expect(answer.rows).toHaveLength(wanted?.count ?? -1);
      expect(rounded(answer.rows)).toEqual(expect.arrayContaining([...(wanted?.some ?? [])]));
    }
  });

  test.each(panels.filter(({ type }) => type === 'timeseries'))(
    '$name: $title is a time series as the plugin wants it',
    async ({ sql }) => {
      const { columns, types, rows } = await ask(sql);
      expect(columns[0]).toBe('time');
      expect(types[0]).toMatch(/^DateTime/);
      const times = rows.map(([time]) => String(time));
      expect(times).toEqual(times.toSorted());
      const texts = columns.filter((_, index) => types[index]?.includes('String'));
      expect(texts.length === 0 || texts.join() === 'series').toBe(true);
    },
  );

  test.each(panels)('$name: $title answers in a store without a company', async ({ sql }) => {
    await expect(ask(sql, { company: { value: '' } })).resolves.toBeDefined();
  });

  test.each([
    ['service', { service: { value: ['checkout'] } }, [16, 0, 11, 1]],
    ['two services', { service: { value: ['checkout', 'billing'] } }, [19, 3, 14, 2]],
    ['severity', { severity: { value: ['critical'] } }, [3, 3, 3, 1]],
    ['environment', { environment: { value: ['staging'] } }, [4, 0, 0, 1]],
    ['no environment', { environment: { value: ['(none)'] } }, [1, 0, 1, 1]],
    ['text', { search: { value: 'DEADLOCK' } }, [3, 3, 3, 1]],
    ['trace', { trace: { value: 'a'.repeat(32) } }, [6, 0, 6, 1]],
    ['open ones', { state: { value: 'open' } }, [15, 3, 15, 3]],
    ['resolved ones', { state: { value: 'resolved' } }, [7, 0, 0, 2]],
  ] satisfies readonly (readonly [string, Variables, readonly number[]])[])(
    'the feed is narrowed by %s',
    async (_, change, numbers) => {
      expect((await ask(sqlOf('error-feed', 'Errors in the time range'), change)).rows).toEqual([numbers]);
    },
  );

  test.each([
    ['rule', { rule: { value: ['raise-memory'] } }, [4, 1, 0, 3, 0]],
    ['service', { service: { value: ['billing'] } }, [1, 1, 1, 0, 0]],
    ['severity of the error', { severity: { value: ['critical'] } }, [1, 1, 1, 0, 0]],
    ['environment of the error', { environment: { value: ['staging'] } }, [0, 0, 0, 0, 0]],
  ] satisfies readonly (readonly [string, Variables, readonly number[]])[])(
    'attempts are narrowed by %s',
    async (_, change, numbers) => {
      expect((await ask(sqlOf('auto-fix-log', 'Attempts'), change)).rows).toEqual([numbers]);
    },
  );

  test.each([
    ['agent', { agent: { value: ['morgan'] } }, [2, 0, 1], [2, 0, 0, 1, 1]],
    ['service', { service: { value: ['billing'] } }, [1, 0, 1], [2, 1, 0, 1, 1]],
    ['severity', { severity: { value: ['critical'] } }, [1, 0, 1], [2, 1, 0, 1, 1]],
  ] satisfies readonly (readonly [string, Variables, readonly number[], readonly number[]])[])(
    'calls and delegations are narrowed by %s',
    async (_, change, calls, delegations) => {
      expect((await ask(sqlOf('agent-activity', 'Calls'), change)).rows).toEqual([calls]);
      expect((await ask(sqlOf('agent-activity', 'Delegations'), change)).rows).toEqual([delegations]);
    },
  );

  test('the error budget follows the objective', async () => {
    const { rows } = await ask(sqlOf('health-trends', 'Error budget by service'), { slo: { value: '99.9' } });
    expect(rounded(rows)[0]).toEqual(['checkout', 2, 1.44, -0.388889]);
  });
});

describe('annotations', () => {
  test('every annotation has its expected answer, and every answer an annotation', () => {
    const has = annotations.map(({ name, title }) => `${name}: ${title}`);
    const wanted = Object.entries(expectedAnnotations).flatMap(([name, of]) =>
      Object.keys(of).map((title) => `${name}: ${title}`),
    );
    expect(has.toSorted()).toEqual(wanted.toSorted());
  });

  test.each(annotations)('$name: $title marks what the seed has, as Grafana takes it', async ({ name, title, sql }) => {
    const answer = await ask(sql);
    expect(answer.columns).toEqual(['time', 'text', 'tags']);
    expect(answer.types).toEqual(["DateTime64(3, 'UTC')", 'String', 'String']);
    expect(answer.rows).toEqual(expectedAnnotations[name]?.[title]);
    await expect(ask(sql, { company: { value: '' } })).resolves.toMatchObject({ rows: [] });
  });

  test.each([
    ['Deploys', { service: { value: ['search'] } }, 1],
    ['Deploys', { environment: { value: ['staging'] } }, 1],
    // A release is as old as its first error, whichever severities are looked at.
    ['Deploys', { severity: { value: ['critical'] } }, 3],
    ['Fixes that helped', { service: { value: ['billing'] } }, 1],
    ['Fixes that helped', { severity: { value: ['critical'] } }, 1],
    ['Fixes that did not help', { service: { value: ['billing'] } }, 0],
    ['Fixes that did not help', { environment: { value: ['staging'] } }, 0],
  ] satisfies readonly (readonly [string, Variables, number])[])(
    '%s are narrowed by %j',
    async (title, change, count) => {
      for (const { sql } of annotations.filter((annotation) => annotation.title === title))
        expect((await ask(sql, change)).rows).toHaveLength(count);
    },
  );

  test('the fixes of the auto-fix log are those of its rules', async () => {
    const sql =
      annotations.find(({ name, title }) => name === 'auto-fix-log' && title === 'Fixes that helped')?.sql ?? '';
    expect((await ask(sql, { rule: { value: ['restart-db'] } })).rows).toHaveLength(2);
  });
});

describe('variables', () => {
  const OFFERED: Readonly<Record<string, readonly string[]>> = {
    company: ['1', '2', '3', '4'],
    service: ['billing', 'checkout', 'search'],
    environment: ['(none)', 'production', 'staging'],
    rule: ['every-outcome', 'every-reason', 'raise-memory', 'restart-db'],
    agent: ['alex', 'devon', 'morgan'],
  };

  test.each(queried)('$name offers for $title what there is in the time range', async ({ title, sql }) => {
    expect((await ask(sql)).rows.flat()).toEqual(OFFERED[title]);
  });

  test('a name with a quote is found, one with a backslash is not offered', async () => {
    const company = { value: '4' };
    const services = queried.find(({ title }) => title === 'service')?.sql ?? '';
    expect((await ask(services, { company })).rows).toEqual([["it's"]]);
    const sql = sqlOf('error-feed', 'Errors in the time range');
    expect((await ask(sql, { company })).rows).toEqual([[2, 0, 2, 2]]);
    expect((await ask(sql, { company, service: { value: ["it's"] } })).rows).toEqual([[1, 0, 1, 1]]);
  });
});

describe('alerts', () => {
  /** When each is looked at, and what it must say then: names, and the number that is held against the threshold. */
  const CASES = [
    ['errata-critical-error', ago(59), [['1', 'billing', 3]]],
    ['errata-critical-error', NOW, []],
    [
      'errata-rate-jump',
      ago(115),
      [
        ['2', 'leak', 40],
        ['3', 'chatty', 15],
      ],
    ],
    ['errata-rate-jump', ago(175), []],
    [
      'errata-fix-failed',
      ago(175),
      [
        ['1', 'restart-db', 'checkout', 'ineffective', 1],
        ['2', 'leak', 'leak', 'failed', 1],
      ],
    ],
    ['errata-fix-failed', NOW, []],
    [
      'errata-breaker-open',
      NOW,
      [
        ['1', 'raise-memory', 'checkout', 1],
        ['2', 'leak', 'leak', 1],
      ],
    ],
    ['errata-breaker-open', ago(360), []],
    ['errata-pipeline-silent', NOW, [['3', 120]]],
    ['errata-pipeline-silent', ago(110), [['3', 10]]],
  ] as const;

  test.each(CASES)('%s, looked at %d', async (uid, at, rows) => {
    const query = rules.find((rule) => rule.uid === uid)?.data.find(({ refId }) => refId === 'A');
    const fromMs = at - (query?.relativeTimeRange.from ?? 0) * 1_000;
    const answer = await store.ask(expand(query?.model.rawSql ?? '', {}, { fromMs, toMs: at, intervalMs: 60_000 }));
    expect(rounded(answer.rows)).toEqual(rows);
    // Grafana takes the one number as the value, and each text as a label.
    expect(answer.types.filter((type) => !type.includes('String'))).toHaveLength(1);
  });

  test.each([
    ['errata-critical-error', 0],
    ['errata-rate-jump', 3],
    ['errata-fix-failed', 0],
    ['errata-breaker-open', 0],
    ['errata-pipeline-silent', 30],
  ])('%s fires above %d', (uid, above) => {
    const rule = rules.find((one) => one.uid === uid);
    const condition = rule?.data.find(({ refId }) => refId === rule.condition)?.model;
    expect(condition?.expression).toBe('A');
    expect(condition?.conditions?.[0]?.evaluator).toEqual({ type: 'gt', params: [above] });
  });
});
