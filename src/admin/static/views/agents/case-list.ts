// Delegations under the trouble they are about, newest first.
import { delegationStates } from '../../../../agents/case.ts';
import { get } from '../../api-client.ts';
import type { DelegationItem, DelegationPage } from '../../answers.ts';
import { html } from '../../html.ts';
import { useEvery, useLoad } from '../../load.ts';
import { Countdown } from '../../parts/countdown.ts';
import { Mark, SeverityIcon } from '../../parts/mark.ts';
import { Empty, Show } from '../../parts/states.ts';
import { Ago } from '../../parts/time.ts';
import { Untrusted, nameHidden } from '../../parts/untrusted.ts';
import { linkTo, route } from '../../route.ts';
import { company } from '../../session.ts';
import { lookOfCase, lookOfDelegation, lookOfReport } from './looks.ts';
import { Pages } from './pages.ts';

const RENEW_MS = 5_000;
const PAGE = 100;

export function CaseList() {
  const { agent, state: wanted, after: cursor } = route.value.query;
  const query = { agent, state: delegationStates.find((known) => known === wanted), cursor, limit: PAGE };
  const { state, reload } = useLoad(`${company.value} ${JSON.stringify(query)}`, (signal) =>
    get<DelegationPage>('/api/delegations', query, signal),
  );
  useEvery(RENEW_MS, reload);
  return html`<${Show}
    what="delegations"
    state=${state}
    retry=${reload}
    show=${({ delegations, next_cursor: next }: DelegationPage) => html`
      ${
        delegations.length === 0
          ? html`<${Empty}
              title=${agent === undefined && wanted === undefined ? 'Nobody was asked anything yet' : 'No delegation is like that'}
            >
              <p>
                Agents are asked about critical errors that no fix deals with, and about fixes that failed; or by hand,
                at an
                <a href=${linkTo('errors')}>error</a>.
              </p>
            <//>`
          : html`<ul class="cases" aria-label="Cases, newest first">
              ${byCase(delegations).map((group) => html`<${CaseBlock} key=${group[0]?.id} delegations=${group} />`)}
            </ul>`
      }
      <${Pages} next=${next} />
    `}
  />`;
}

/** They come case by case. */
function byCase(delegations: readonly DelegationItem[]): readonly (readonly DelegationItem[])[] {
  const groups = new Map<string, DelegationItem[]>();
  for (const delegation of delegations) {
    const key = `${delegation.case.error_id} ${delegation.case.opened_at}`;
    groups.set(key, [...(groups.get(key) ?? []), delegation]);
  }
  return [...groups.values()];
}

function CaseBlock({ delegations }: { readonly delegations: readonly DelegationItem[] }) {
  const about = delegations[0]?.case;
  if (about === undefined) return null;
  const isPressing = about.priority === 'high' || about.priority === 'urgent';
  return html`<li class="case">
    <p class="case-head">
      <${SeverityIcon} severity=${about.severity} />
      <strong><${Untrusted} text=${about.service} /></strong>
      ${about.finding === '' ? null : html`<span class="mono"><${Untrusted} text=${about.finding} /></span>`}
      <${Mark} ...${lookOfCase(about.state)} text=${about.state} />
      ${isPressing ? html`<${Mark} tone="warning" icon="warning" text=${about.priority} />` : null}
      <span class="case-time quiet">
        <${Ago} at=${about.opened_at} words />${
          about.state === 'open' ? html`, ends in <${Countdown} until=${about.deadline_at} />` : null
        }
      </span>
    </p>
    <p class="quiet cut" title=${nameHidden(about.message)}><${Untrusted} text=${about.message} /></p>
    <ul class="asks">
      ${delegations.map((one) => html`<li key=${one.id}><${Ask} delegation=${one} /></li>`)}
    </ul>
  </li>`;
}

function Ask({ delegation }: { readonly delegation: DelegationItem }) {
  const { id, query } = route.value;
  const { agent, state, report } = delegation;
  return html`<a
    class="ask"
    href=${linkTo('delegations', delegation.id, query)}
    aria-current=${id === delegation.id ? 'true' : undefined}
  >
    <b class="cut">${agent}</b>
    <span>
      ${
        report === null
          ? html`<${Mark} ...${lookOfDelegation(state)} text=${state} />`
          : html`<${Mark} ...${lookOfReport(report.status)} text=${report.status.replaceAll('_', ' ')} />`
      }
    </span>
    <span class="cut"><${AskText} delegation=${delegation} /></span>
  </a>`;
}

function AskText({ delegation }: { readonly delegation: DelegationItem }) {
  const { state, report, due_at: due, held_by: holder, questions, note, offers } = delegation;
  if (report !== null) return html`<${Untrusted} text=${report.summary} />`;
  if (state === 'open' && due !== null) {
    return html`<span class="quiet"
      >${questions.length === 0 ? '' : `${questions.length} ${questions.length === 1 ? 'question' : 'questions'}, `}to
      be taken within <${Countdown} until=${due} />${offers > 1 ? `, offered ${offers} times` : ''}</span
    >`;
  }
  if (state === 'acknowledged') {
    return html`<span class="quiet"
      >held by <${Untrusted} text=${holder ?? 'nobody'} />${
        due === null ? null : html`, for another <${Countdown} until=${due} />`
      }</span
    >`;
  }
  return html`<span class="quiet"><${Untrusted} text=${note} /></span>`;
}
