// One delegation: what was asked, by when, what was answered, and what the others say about the same case.
import { useEffect, useRef } from 'preact/hooks';
import { get } from '../../api-client.ts';
import type { DelegationAnswer } from '../../answers.ts';
import { html } from '../../html.ts';
import { useEvery, useLoad } from '../../load.ts';
import { Countdown } from '../../parts/countdown.ts';
import { Mark, SeverityIcon } from '../../parts/mark.ts';
import { Questions } from '../../parts/questions.ts';
import { Show } from '../../parts/states.ts';
import { Ago, Moment } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { linkTo } from '../../route.ts';
import { lookOfCase, lookOfDelegation, lookOfReport } from './looks.ts';

const RENEW_MS = 5_000;

export function DelegationPane({ id }: { readonly id: string }) {
  const { state, reload } = useLoad(id, (signal) =>
    get<DelegationAnswer>(`/api/delegations/${encodeURIComponent(id)}`, {}, signal),
  );
  useEvery(RENEW_MS, reload);
  return html`<${Show}
    what="the delegation"
    state=${state}
    retry=${reload}
    show=${(shown: DelegationAnswer) => html`<${DelegationDetail} delegation=${shown} />`}
  />`;
}

function DelegationDetail({ delegation }: { readonly delegation: DelegationAnswer }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [delegation.id]);
  const { agent, state, questions, note, report, others, case: about } = delegation;
  return html`<article>
    <header class="pane-top">
      <div class="pane-title">
        <${Mark} ...${lookOfDelegation(state)} text=${state} />
        <h2 ref=${heading} tabindex="-1">${agent}: <${Untrusted} text=${about.service} /></h2>
      </div>
      <p><${SeverityIcon} severity=${about.severity} /> <${Untrusted} text=${about.message} /></p>
      <p class="quiet">
        <a href=${linkTo('errors', about.error_id)}>the error</a>${
          about.fix_id === null ? null : html`, <a href=${linkTo('fixes', about.fix_id)}>the fix</a>`
        }${delegation.fingerprints.map(
          (fingerprint) => html`, <a key=${fingerprint} href=${linkTo('groups', fingerprint)}>its group</a>`,
        )}
      </p>
    </header>
    <div class="pane-parts">
      <section>
        <h3>Asked</h3>
        <p><${Untrusted} text=${about.reason} /></p>
        ${
          questions.length === 0
            ? html`<p class="quiet">No question beyond what is wrong.</p>`
            : html`<${Questions} questions=${questions} />`
        }
        <${Deadlines} delegation=${delegation} />
      </section>
      <section>
        <h3>Answered</h3>
        ${
          report === null
            ? html`<p class="quiet">${note === '' ? 'Nothing yet.' : html`<${Untrusted} text=${note} />`}</p>`
            : html`<${ReportText} report=${report} />`
        }
      </section>
      ${
        others.length === 0
          ? null
          : html`<section>
              <h3>The others</h3>
              <ul class="others">
                ${others.map(
                  (other) =>
                    html`<li key=${other.id}>
                      <p>
                        <a href=${linkTo('delegations', other.id)}>${other.agent}</a>
                        ${' '}<${Mark} ...${lookOfDelegation(other.state)} text=${other.state} />
                      </p>
                      ${other.report === null ? null : html`<${ReportText} report=${other.report} />`}
                    </li>`,
                )}
              </ul>
            </section>`
      }
      <section>
        <h3>Case <${Mark} ...${lookOfCase(about.state)} text=${about.state} /></h3>
        ${about.summary === '' ? null : html`<p class="lines"><${Untrusted} text=${about.summary} /></p>`}
        <dl class="facts">
          <div>
            <dt>opened by</dt>
            <dd><${Untrusted} text=${about.opened_by} />, <${Ago} at=${about.opened_at} words /></dd>
          </div>
          <div>
            <dt>because of</dt>
            <dd>${about.kind.replaceAll('_', ' ')}</dd>
          </div>
          ${
            about.finding === ''
              ? null
              : html`<div>
                  <dt>finding</dt>
                  <dd><${Untrusted} text=${about.finding} /></dd>
                </div>`
          }
          <div>
            <dt>priority</dt>
            <dd>${about.priority}</dd>
          </div>
          <div>
            <dt>is over when</dt>
            <dd>${about.join === 'all' ? 'all have reported' : 'one resolves or finds'}</dd>
          </div>
          <div>
            <dt>${about.closed_at === null ? 'ends at the latest' : 'ended'}</dt>
            <dd><${Moment} at=${about.closed_at ?? about.deadline_at} /></dd>
          </div>
          ${
            delegation.joined === 0
              ? null
              : html`<div>
                  <dt>joined</dt>
                  <dd>${delegation.joined} later fixes</dd>
                </div>`
          }
        </dl>
      </section>
    </div>
  </article>`;
}

function Deadlines({ delegation }: { readonly delegation: DelegationAnswer }) {
  const { state, due_at: due, opened_at: opened, acknowledged_at: taken, held_by: holder, offers } = delegation;
  return html`<p class="quiet">
    asked <${Ago} at=${opened} words />${offers > 1 ? `, offered ${offers} times` : ''}${
      taken === null ? null : html`, taken <${Ago} at=${taken} words />`
    }${holder === null ? null : html` by <${Untrusted} text=${holder} />`}${
      due === null || state === 'reported'
        ? null
        : html`, ${state === 'open' ? 'to be taken within' : 'held for another'} <${Countdown} until=${due} />`
    }
  </p>`;
}

function ReportText({ report }: { readonly report: NonNullable<DelegationAnswer['report']> }) {
  const { status, summary, evidence, by, at } = report;
  return html`<p>
      <${Mark} ...${lookOfReport(status)} text=${status.replaceAll('_', ' ')} />
      <span class="quiet"> by <${Untrusted} text=${by} /> <${Ago} at=${at} words /></span>
    </p>
    <p class="lines"><${Untrusted} text=${summary} /></p>
    ${
      evidence.length === 0
        ? null
        : html`<ul class="bullets evidence">
            ${evidence.map((line, index) => html`<li key=${index}><${Untrusted} text=${line} /></li>`)}
          </ul>`
    }`;
}
