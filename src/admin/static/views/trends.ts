// Health trends: how many errors over time, against the time before, by what one asks for, with deploys and fixes.
import { useMemo, useState } from 'preact/hooks';
import { get } from '../api-client.ts';
import type { FixPage, GroupPage, ReleasePage, Trends } from '../answers.ts';
import { html } from '../html.ts';
import { useEvery, useLoad } from '../load.ts';
import { Segments } from '../parts/segments.ts';
import { Empty, Show } from '../parts/states.ts';
import { durationText } from '../parts/time.ts';
import { linkTo, refine, route } from '../route.ts';
import { company } from '../session.ts';
import { Chart } from './trends/chart.ts';
import type { Line } from './trends/chart.ts';
import { DeployMarks, ReleaseList, newReleases } from './trends/deploys.ts';
import { FixMarks, actedFixes } from './trends/fix-marks.ts';
import { GroupLists, changedGroups } from './trends/group-lists.ts';
import { DEFAULT_PERIOD, periodOf, periods, windowOf } from './trends/period.ts';
import type { Period, Window } from './trends/period.ts';
import { startsOf, sum, toSeries, totals } from './trends/series.ts';
import type { Series } from './trends/series.ts';
import { Tiles } from './trends/tiles.ts';
import { TrendTable } from './trends/trend-table.ts';

const RENEW_MS = 15_000;
/** What one answer may hold. */
const MANY = 1_000;

const SPLITS = { severity: 'severity', service: 'service', error_type: 'type' } as const;
type Split = keyof typeof SPLITS;

interface Answers extends Window {
  readonly now: Trends;
  readonly before: Trends;
  readonly fixes: FixPage;
  readonly groups: GroupPage;
  readonly releases: ReleasePage;
}

export function TrendsView() {
  const { query } = route.value;
  const period = periodOf(query['since']);
  const split = splitOf(query['by']);
  const { state, reload } = useLoad(`${company.value} ${period.text} ${split}`, (signal) =>
    ask({ period, split, signal }),
  );
  useEvery(RENEW_MS, reload);
  const isTable = query['as'] === 'table';
  return html`<div class="trends">
    <h1 class="unseen">Health trends</h1>
    <div class="bar">
      <${Segments}
        label="Period"
        segments=${Object.entries(periods).map(([name, { text }]) => ({
          text,
          href: linkTo('trends', undefined, { ...query, since: name === DEFAULT_PERIOD ? undefined : name }),
          isOn: periodOf(name) === period,
        }))}
      />
      <${Segments}
        label="Split by"
        segments=${Object.entries(SPLITS).map(([name, text]) => ({
          text: `by ${text}`,
          href: linkTo('trends', undefined, { ...query, by: name === 'severity' ? undefined : name }),
          isOn: name === split,
        }))}
      />
      <button
        type="button"
        class="bar-end"
        aria-pressed=${isTable ? 'true' : 'false'}
        onClick=${() => refine({ as: isTable ? '' : 'table' })}
      >
        Table
      </button>
    </div>
    <${Show}
      what="trends"
      state=${state}
      retry=${reload}
      show=${(answers: Answers) => html`<${Shown} answers=${answers} period=${period} isTable=${isTable} />`}
    />
  </div>`;
}

interface Asking {
  readonly period: Period;
  readonly split: Split;
  readonly signal: AbortSignal;
}

async function ask({ period, split, signal }: Asking): Promise<Answers> {
  const { sinceMs, untilMs } = windowOf(period, Date.now());
  const trends = (shiftMs: number) => ({
    since: new Date(sinceMs - shiftMs).toISOString(),
    until: new Date(untilMs - shiftMs).toISOString(),
    interval: period.interval,
  });
  const [now, before, fixes, groups, releases] = await Promise.all([
    get<Trends>('/api/trends', { ...trends(0), group_by: split }, signal),
    get<Trends>('/api/trends', trends(period.shiftMs), signal),
    get<FixPage>('/api/fixes', { state: ['ended', 'verifying', 'acting', 'rolling_back'], limit: MANY }, signal),
    get<GroupPage>('/api/groups', { since: new Date(sinceMs).toISOString(), limit: MANY }, signal),
    get<ReleasePage>('/api/releases', { since: new Date(sinceMs).toISOString(), limit: MANY }, signal),
  ]);
  return { sinceMs, untilMs, now, before, fixes, groups, releases };
}

interface ShownFields {
  readonly answers: Answers;
  readonly period: Period;
  readonly isTable: boolean;
}

function Shown({ answers, period, isTable }: ShownFields) {
  const [toPixels, setToPixels] = useState<((ms: number) => number | undefined) | undefined>(undefined);
  // Each drawing tells where the marks go; that must not draw again.
  const { starts, now, before, series, fixes, changed, releases, all, split } = useMemo(
    () => toShown(answers, period),
    [answers, period],
  );
  const [total, totalBefore] = [sum(now), sum(before)];
  const tiles = html`<${Tiles}
    total=${total}
    totalBefore=${totalBefore}
    period=${period}
    changed=${changed}
    fixes=${fixes}
  />`;
  if (total === 0 && totalBefore === 0 && fixes.length === 0) {
    return html`${tiles}<${Empty} title="No error in this time">
        <p>Choose a longer period, or see how to <a href=${linkTo('errors')}>send errors</a>.</p>
      <//>`;
  }
  if (isTable) {
    return html`${tiles}<${TrendTable}
        starts=${starts}
        series=${series}
        now=${now}
        before=${before}
        beforeText=${period.before}
      />
      <${GroupLists} changed=${changed}><${ReleaseList} releases=${releases} /><//>`;
  }
  return html`${tiles}
    <section aria-label="All errors">
      <h2>All errors <span class="quiet">in each ${durationText(period.intervalMs)}</span></h2>
      <div class="chart-marked">
        <${Chart}
          label=${`${total} errors in ${period.text}, ${totalBefore} ${period.before}. The table has the numbers.`}
          starts=${starts}
          lines=${all}
          height=${220}
          onDrawn=${(to: (ms: number) => number | undefined) => setToPixels(() => to)}
        />
        ${toPixels === undefined || fixes.length === 0 ? null : html`<${FixMarks} fixes=${fixes} toPixels=${toPixels} />`}
        ${toPixels === undefined || releases.length === 0 ? null : html`<${DeployMarks} releases=${releases} toPixels=${toPixels} />`}
      </div>
    </section>
    <section aria-label="Split">
      <h2>By ${SPLITS[splitOf(route.value.query['by'])]}</h2>
      <${Chart}
        label=${`${series.map(({ key, total: of }) => `${key}: ${of}`).join(', ')}. The table has the numbers.`}
        starts=${starts}
        lines=${split}
        height=${200}
      />
    </section>
    <${GroupLists} changed=${changed}><${ReleaseList} releases=${releases} /><//>`;
}

function toShown(answers: Answers, period: Period) {
  const starts = startsOf(answers, period);
  const now = totals(answers.now.points, starts);
  const before = totals(answers.before.points, starts, period.shiftMs);
  const series = toSeries(answers.now.points, starts);
  const all: readonly Line[] = [
    { label: period.before, counts: before, token: '--quiet', isFaint: true },
    { label: 'now', counts: now, token: '--info', isFilled: true },
  ];
  return {
    starts,
    now,
    before,
    series,
    all,
    split: toLines(series),
    fixes: actedFixes(answers.fixes.fixes, answers.sinceMs),
    changed: changedGroups(answers.groups, answers.sinceMs),
    releases: newReleases(answers.releases.releases, answers.sinceMs),
  };
}

/** Severities have colours of their own; other keys take the next. */
function toLines(series: readonly Series[]): readonly Line[] {
  return series.map(({ key, counts }, index) => ({
    label: key.replaceAll('_', ' '),
    counts,
    token: /^(?:critical|error|warning|info)$/.test(key) ? `--line-${key}` : `--series-${index + 1}`,
  }));
}

function splitOf(name: string | undefined): Split {
  return name === 'service' || name === 'error_type' ? name : 'severity';
}
