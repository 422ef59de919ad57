// Messages to people and agents: those that failed or are held back, unless others are asked for.
import { notificationStates } from '../../../../agents/notice.ts';
import { get } from '../../api-client.ts';
import type { MessageList } from '../../answers.ts';
import { html } from '../../html.ts';
import { useEvery, useLoad } from '../../load.ts';
import { Mark, SeverityIcon } from '../../parts/mark.ts';
import { Empty, Show } from '../../parts/states.ts';
import { Ago, In } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { route } from '../../route.ts';
import { company } from '../../session.ts';
import { lookOfMessage } from './looks.ts';

type Message = MessageList['notifications'][number];

const RENEW_MS = 5_000;

export function MessageTable() {
  const { state: asked, agent } = route.value.query;
  const wanted = notificationStates.find((known) => known === asked);
  const { state, reload } = useLoad(`${company.value} ${wanted}`, (signal) =>
    get<MessageList>('/api/notifications', { state: wanted ?? ['failed', 'held'], limit: 200 }, signal),
  );
  useEvery(RENEW_MS, reload);
  return html`<${Show}
    what="messages"
    state=${state}
    retry=${reload}
    show=${({ notifications }: MessageList) => {
      const shown = notifications.filter((message) => agent === undefined || message.agent === agent);
      return shown.length === 0
        ? html`<${Empty}
            title=${wanted === undefined ? 'No message failed, and none is held back' : `No message is ${wanted}`}
          />`
        : html`<table class="table">
            <caption class="unseen">
              Messages, newest first
            </caption>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">State</th>
                <th scope="col">Message</th>
                <th scope="col">To</th>
                <th scope="col" class="number">Tries</th>
                <th scope="col">What the receiver said</th>
              </tr>
            </thead>
            <tbody>
              ${shown.map(renderMessage)}
            </tbody>
          </table>`;
    }}
  />`;
}

function renderMessage(message: Message) {
  const { id, state, title, channel, agent, tries, note, next_try_at: nextTry } = message;
  return html`<tr key=${`${id} ${channel}`}>
    <td class="quiet"><${Ago} at=${message.created_at} words /></td>
    <td><${Mark} ...${lookOfMessage(state)} text=${state} /></td>
    <td>
      <${SeverityIcon} severity=${message.severity} /> <${Untrusted} text=${title} />
      <span class="quiet below clip"><${Untrusted} text=${message.message} /></span>
    </td>
    <td>
      <${Untrusted} text=${channel} />
      ${agent === null || agent === channel ? null : html`<span class="quiet below">for <${Untrusted} text=${agent} /></span>`}
    </td>
    <td class="number">${tries}</td>
    <td class="quiet">
      <${Untrusted} text=${note} />
      ${nextTry === null ? null : html`<span class="below">again <${In} at=${nextTry} /></span>`}
    </td>
  </tr>`;
}
