// Agent activity: who is on what, what was asked and answered, who called what, and who could not be told.
import { html } from '../html.ts';
import { Split } from '../parts/split.ts';
import { goTo, route } from '../route.ts';
import { ActivityTable } from './agents/activity-table.ts';
import { AgentTabs } from './agents/agent-tabs.ts';
import { CaseList } from './agents/case-list.ts';
import { DelegationPane } from './agents/delegation-pane.ts';
import { MessageTable } from './agents/message-table.ts';
import { Roster } from './agents/roster.ts';

export function AgentsView() {
  const { view, id: openId, query } = route.value;
  const id = view === 'delegations' ? openId : undefined;
  const { see = 'delegations' } = query;
  return html`<h1 class="unseen">Agent activity</h1>
    <${Split}
      label="Agents"
      onShut=${() => goTo('agents', undefined, query)}
      pane=${id === undefined ? undefined : html`<${DelegationPane} key=${id} id=${id} />`}
    >
      <div class="scroll" tabindex="0" role="region" aria-label="Agents and their work, scrolls">
        <${Roster} />
        <${AgentTabs} see=${see} />
        ${see === 'activity' ? html`<${ActivityTable} />` : null}
        ${see === 'messages' ? html`<${MessageTable} />` : null} ${see === 'delegations' ? html`<${CaseList} />` : null}
      </div>
    <//>`;
}
