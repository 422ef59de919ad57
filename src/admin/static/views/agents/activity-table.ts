// Calls of agents, and changes that anybody asked for, newest first.
import { get } from '../../api-client.ts';
import type { ActivityPage } from '../../answers.ts';
import { html } from '../../html.ts';
import { useEvery, useLoad } from '../../load.ts';
import { Empty, Show } from '../../parts/states.ts';
import { Moment, durationText, zoneText } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { linkTo, route } from '../../route.ts';
import { company } from '../../session.ts';
import { Pages } from './pages.ts';

type Activity = ActivityPage['activities'][number];

const RENEW_MS = 5_000;
const PAGE = 100;

export function ActivityTable() {
  const { agent, after: cursor } = route.value.query;
  const query = { agent, cursor, limit: PAGE };
  const { state, reload } = useLoad(`${company.value} ${JSON.stringify(query)}`, (signal) =>
    get<ActivityPage>('/api/activity', query, signal),
  );
  useEvery(RENEW_MS, reload);
  return html`<${Show}
    what="activity"
    state=${state}
    retry=${reload}
    show=${({ activities, next_cursor: next }: ActivityPage) => html`
      ${
        activities.length === 0
          ? html`<${Empty} title="Nobody called anything yet">
              <p>Calls of agents stand here, and every change that anybody asked for.</p>
            <//>`
          : html`<table class="table">
              <caption class="unseen">
                Calls, newest first
              </caption>
              <thead>
                <tr>
                  <th scope="col">When (${zoneText()})</th>
                  <th scope="col">Who</th>
                  <th scope="col">Call</th>
                  <th scope="col">About</th>
                  <th scope="col">How it ended</th>
                  <th scope="col" class="number">Took</th>
                  <th scope="col" class="number">Answer</th>
                </tr>
              </thead>
              <tbody>
                ${activities.map(renderActivity)}
              </tbody>
            </table>`
      }
      <${Pages} next=${next} />
    `}
  />`;
}

function renderActivity(activity: Activity, index: number) {
  const { actor, agent, via, call, outcome, chars } = activity;
  return html`<tr key=${`${activity.at} ${index}`}>
    <td class="quiet"><${Moment} at=${activity.at} /></td>
    <td>
      ${agent === null ? html`<${Untrusted} text=${actor} />` : html`<b><${Untrusted} text=${agent} /></b>`}
      <span class="quiet"> ${via === 'mcp' ? 'MCP' : 'REST'}</span>
    </td>
    <td class="mono"><${Untrusted} text=${call} /></td>
    <td><${About} activity=${activity} /></td>
    <td data-tone=${outcome === 'OK' ? 'good' : 'error'}>${outcome}</td>
    <td class="number">${durationText(activity.took_ms, { precise: true })}</td>
    <td class="number quiet">
      ${chars === 0 ? '–' : `${chars.toLocaleString('en')} chars${activity.truncated ? ', cut' : ''}`}
    </td>
  </tr>`;
}

function About({ activity }: { readonly activity: Activity }) {
  const { error_id: errorId, fix_id: fixId, delegation_id: delegationId } = activity;
  const links = [
    errorId === null ? undefined : html`<a href=${linkTo('errors', errorId)}>error</a>`,
    fixId === null ? undefined : html`<a href=${linkTo('fixes', fixId)}>fix</a>`,
    delegationId === null ? undefined : html`<a href=${linkTo('delegations', delegationId)}>delegation</a>`,
  ].filter((link) => link !== undefined);
  return links.length === 0
    ? html`<span class="quiet">–</span>`
    : links.map((link, index) => html`${index === 0 ? '' : ' · '}${link}`);
}
