// Attempts, newest first. It renews itself, quickly while one of them runs.
import { useEffect, useRef } from 'preact/hooks';
import { get } from '../../api-client.ts';
import type { FixItem, FixPage, RuleList } from '../../answers.ts';
import { html } from '../../html.ts';
import { useEvery, useLoad } from '../../load.ts';
import { Choice } from '../../parts/choice.ts';
import { FixMark } from '../../parts/mark.ts';
import { Rows } from '../../parts/rows.ts';
import { Empty, Show } from '../../parts/states.ts';
import { Ago } from '../../parts/time.ts';
import { Untrusted, nameHidden } from '../../parts/untrusted.ts';
import { linkTo, refine, route } from '../../route.ts';
import { company } from '../../session.ts';
import { useCursor } from '../errors/use-cursor.ts';
import { isNarrowed, isRunning, outcomeOptions, shows, toQuery } from './attempt-filters.ts';
import { moved } from './moved.ts';

const PAGE = 100;
/** What one answer holds; what is older is found by its rule, outcome or group. */
const MOST = 1_000;
const ROW_HEIGHT = 50;

const RENEW_MS = 10_000;
const RENEW_RUNNING_MS = 2_000;

export function AttemptList() {
  const { query } = route.value;
  const wanted = useRef(PAGE);
  const { state, reload } = useLoad(`${company.value} ${JSON.stringify(toQuery(query))}`, (signal) =>
    get<FixPage>('/api/fixes', { ...toQuery(query), limit: wanted.current }, signal),
  );
  const fixes = state.kind === 'ready' ? state.value.fixes : [];
  useEvery(fixes.some(isRunning) ? RENEW_RUNNING_MS : RENEW_MS, reload);
  useEffect(() => {
    if (moved.value > 0) reload();
  }, [moved.value]);
  const selected = useCursor(
    fixes.map(({ id }) => id),
    'fixes',
  );
  const more = () => {
    // The page before is there, and it was full.
    if (fixes.length < wanted.current || wanted.current >= MOST) return;
    wanted.current = Math.min(MOST, wanted.current + PAGE * 2);
    reload();
  };
  return html`<${AttemptFilters} />
    <div class="fill">
      <${Show}
        what="fixes"
        state=${state}
        retry=${reload}
        show=${({ fixes: shown }: FixPage) =>
          shown.length === 0
            ? html`<${NoAttempts} />`
            : html`<${Rows}
                items=${shown}
                keyOf=${({ id }: FixItem) => id}
                rowHeight=${ROW_HEIGHT}
                render=${renderAttempt}
                selected=${selected}
                label="Fixes, newest first"
                total=${shown.length}
                onEnd=${more}
              />`}
      />
    </div>`;
}

function AttemptFilters() {
  const { query } = route.value;
  const rules = useLoad(`${company.value}`, (signal) => get<RuleList>('/api/rules', {}, signal)).state;
  const names = rules.kind === 'ready' ? rules.value.rules.map(({ id }) => id).sort() : [];
  return html`<form class="bar" aria-label="Narrow the list" onSubmit=${(event: Event) => event.preventDefault()}>
    <${Choice}
      label="State"
      value=${query['show'] ?? ''}
      options=${shows}
      onPick=${(show: string) => refine({ show })}
    />
    <${Choice}
      label="Outcome"
      value=${query['outcome'] ?? ''}
      options=${outcomeOptions}
      onPick=${(outcome: string) => refine({ outcome })}
    />
    <${Choice}
      label="Rule"
      value=${query['rule'] ?? ''}
      options=${[['', 'all rules'], ...names.map((name) => [name, name])]}
      onPick=${(rule: string) => refine({ rule })}
    />
    ${
      query['group'] === undefined
        ? null
        : html`<button type="button" class="small" title="Show all groups" onClick=${() => refine({ group: '' })}>
            one group ✕
          </button>`
    }
  </form>`;
}

function renderAttempt(fix: FixItem) {
  const { id, query } = route.value;
  return html`<a
    class="fix-row"
    href=${linkTo('fixes', fix.id, query)}
    aria-current=${id === fix.id ? 'true' : undefined}
  >
    <span class="fix-row-mark"><${FixMark} fix=${fix} /></span>
    <span class="fix-row-what cut">
      <b><${Untrusted} text=${fix.target === '' ? 'no target' : fix.target} /></b>
      <span class="mono"> <${Untrusted} text=${fix.finding} /></span>
      ${fix.joined === 0 ? null : html`<span class="quiet"> +${fix.joined} more alike</span>`}
    </span>
    <span class="fix-row-time quiet"><${Ago} at=${fix.started_at} words /></span>
    <span class="fix-row-why">
      <span class="fix-row-rule quiet cut"><${Untrusted} text=${fix.rule_id} /></span>
      <span class="fix-row-note quiet cut" title=${nameHidden(fix.note)}><${Untrusted} text=${fix.note} /></span>
    </span>
  </a>`;
}

function NoAttempts() {
  return isNarrowed(route.value.query)
    ? html`<${Empty} title="No fix is like that">
        <p>Widen what the list is narrowed to, or <a href=${linkTo('fixes')}>see all</a>.</p>
      <//>`
    : html`<${Empty} title="Nothing was fixed yet, and nothing held back">
        <p>
          When errors fulfil a rule, the attempt stands here with what was found, done and proven. See which
          <a href=${linkTo('fixes', undefined, { see: 'rules' })}>rules</a> there are.
        </p>
      <//>`;
}
