// What is shown below the roster, and what it is narrowed to.
import { delegationStates } from '../../../../agents/case.ts';
import { notificationStates } from '../../../../agents/notice.ts';
import { get } from '../../api-client.ts';
import type { MessageList } from '../../answers.ts';
import { html } from '../../html.ts';
import { useEvery, useLoad } from '../../load.ts';
import { Choice } from '../../parts/choice.ts';
import type { Options } from '../../parts/choice.ts';
import { Segments } from '../../parts/segments.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { linkTo, refine, route } from '../../route.ts';
import { company } from '../../session.ts';

const RENEW_MS = 15_000;

const STATES: Readonly<Record<string, Options>> = {
  delegations: [['', 'any state'], ...delegationStates.map((state) => [state, state] as const)],
  messages: [['', 'not delivered'], ...notificationStates.map((state) => [state, state] as const)],
};

export function AgentTabs({ see }: { readonly see: string }) {
  const { query } = route.value;
  const { state, reload } = useLoad(`${company.value}`, (signal) =>
    get<MessageList>('/api/notifications', { state: 'failed', limit: 100 }, signal),
  );
  useEvery(RENEW_MS, reload);
  const failed = state.kind === 'ready' ? state.value.notifications.length : 0;
  const states = STATES[see];
  const to = (name: string) => linkTo('agents', undefined, { agent: query['agent'], see: name });
  return html`<div class="bar">
    <${Segments}
      label="See"
      segments=${[
        { text: 'Delegations', href: to(''), isOn: see === 'delegations' },
        { text: 'Activity', href: to('activity'), isOn: see === 'activity' },
        { text: 'Messages', href: to('messages'), isOn: see === 'messages', count: failed },
      ]}
    />
    ${
      states === undefined
        ? null
        : html`<${Choice}
            label="State"
            value=${query['state'] ?? ''}
            options=${states}
            onPick=${(value: string) => refine({ state: value, after: '' })}
          />`
    }
    ${
      query['agent'] === undefined
        ? null
        : html`<button
            type="button"
            class="small"
            title="Show all agents"
            onClick=${() => refine({ agent: '', after: '' })}
          >
            <${Untrusted} text=${query['agent']} /> ✕
          </button>`
    }
  </div>`;
}
