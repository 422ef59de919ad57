// The agents: what each works on and since when, what waits for it, and how it did in the last 30 days.
import { get } from '../../api-client.ts';
import type { AgentList } from '../../answers.ts';
import { html } from '../../html.ts';
import { useEvery, useLoad } from '../../load.ts';
import { Mark } from '../../parts/mark.ts';
import { Empty, Show } from '../../parts/states.ts';
import { Ago, durationText } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { linkTo, route } from '../../route.ts';
import { company } from '../../session.ts';

type Agent = AgentList['agents'][number];

const RENEW_MS = 5_000;

export function Roster() {
  const { state, reload } = useLoad(`${company.value}`, (signal) => get<AgentList>('/api/agents', {}, signal));
  useEvery(RENEW_MS, reload);
  return html`<${Show}
    what="agents"
    state=${state}
    retry=${reload}
    show=${({ agents }: AgentList) =>
      agents.length === 0
        ? html`<${Empty} title="There is no agent in errata.yaml" />`
        : html`<ul class="roster" aria-label="Agents">
            ${agents.map((agent) => html`<${Card} key=${agent.name} agent=${agent} />`)}
          </ul>`}
  />`;
}

function Card({ agent }: { readonly agent: Agent }) {
  const { query } = route.value;
  const { works_on: works, waiting } = agent;
  const isChosen = query['agent'] === agent.name;
  return html`<li class="agent" data-chosen=${isChosen ? '' : undefined}>
    <p class="agent-head">
      <a
        href=${linkTo('agents', undefined, { ...query, agent: isChosen ? undefined : agent.name, after: undefined })}
        aria-current=${isChosen ? 'true' : undefined}
        title=${isChosen ? 'Show all agents' : 'Show only what is theirs'}
        ><strong>${agent.name}</strong></a
      >
      ${
        works.length > 0
          ? html`<${Mark} tone="info" icon="running" text="works on ${works.length}" />`
          : html`<${Mark} tone="quiet" icon="quiet" text="idle" />`
      }
      ${waiting === 0 ? null : html`<${Mark} tone="warning" icon="waiting" text="${waiting} waiting" />`}
    </p>
    <p class="quiet cut" title=${agent.role}>${agent.role}</p>
    <ul class="agent-work">
      ${works.map(
        (held) =>
          html`<li key=${held.delegation_id} class="cut">
            <a href=${linkTo('delegations', held.delegation_id, query)}><${Untrusted} text=${held.service} /></a>
            ${held.finding === '' ? null : html`<span class="mono"> <${Untrusted} text=${held.finding} /></span>`}
            <span class="quiet"> since <${Ago} at=${held.since} /></span>
          </li>`,
      )}
    </ul>
    <p class="agent-foot quiet">
      <span title="In the last 30 days">${recordOf(agent)}</span>
      <${Seen} agent=${agent} />
    </p>
  </li>`;
}

/** Reports are made by whoever has a token that may: for an agent that never called, others did it. */
function Seen({ agent: { last_seen_at: seen, last_30_days: record, works_on: works } }: { readonly agent: Agent }) {
  if (seen !== null) return html`<span>seen <${Ago} at=${seen} words /></span>`;
  return record.reported === 0 && works.length === 0
    ? html`<span>never seen</span>`
    : html`<span title="No call of its own is on record: somebody else took and reported its work"
        >through others</span
      >`;
}

function recordOf({ last_30_days: record }: Agent): string {
  const { reported, resolved, expired, median_report_ms: medianMs } = record;
  const parts = [
    reported === 0 ? 'no reports' : `${reported} reported, ${resolved} resolved`,
    expired === 0 ? '' : `${expired} expired`,
    medianMs === null ? '' : `median ${durationText(medianMs)}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
