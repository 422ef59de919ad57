// How many fixes wait for a person's yes: on every view, because they wait for minutes only.
import { html } from './html.ts';
import { pauseState } from './healing-state.ts';
import { Mark } from './parts/mark.ts';
import { linkTo } from './route.ts';

export function waitingApprovals(): number {
  return pauseState.value?.awaiting_approval ?? 0;
}

export function ApprovalMark() {
  const count = waitingApprovals();
  if (count === 0) return null;
  const text = html`<span>${count}<span class="mark-more"> to approve</span></span>`;
  return html`<a
    class="approvals"
    href=${linkTo('fixes', undefined, { show: 'approval' })}
    title=${count === 1 ? 'One fix waits for a person’s yes' : `${count} fixes wait for a person’s yes`}
    ><${Mark} tone="warning" icon="waiting" text=${text}
  /></a>`;
}
