// Where toasts are shown and changes of the page are read out. The places are always there: a screen reader listens to them.
import { html } from './html.ts';
import { Icon } from './parts/icon.ts';
import { spoken, toast } from './toast.ts';

export function Toasts() {
  const shown = toast.value;
  return html`
    <div class="toasts" role="status" aria-live="polite">
      ${
        shown === undefined
          ? null
          : html`<div class="toast" data-kind=${shown.kind}><${Icon} name=${shown.kind} />${shown.text}</div>`
      }
    </div>
    <div class="unseen" aria-live="polite">${spoken.value}</div>
  `;
}
