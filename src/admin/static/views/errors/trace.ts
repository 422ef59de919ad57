// The error among the others of its trace, oldest first: what came before it may be the cause.
import type { ErrorAnswer } from '../../answers.ts';
import { html } from '../../html.ts';
import { Fold } from '../../parts/fold.ts';
import { SeverityIcon } from '../../parts/mark.ts';
import { durationText } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { linkTo } from '../../route.ts';

export function Trace({ error }: { readonly error: ErrorAnswer }) {
  const atMs = Date.parse(error.timestamp);
  const all = [...error.trace, { ...error, isSelf: true }].sort(
    (one, other) => Date.parse(one.timestamp) - Date.parse(other.timestamp),
  );
  return html`<${Fold} name="trace" title="Same trace" note="${error.trace.length} other">
    <ol class="lines">
      ${all.map(
        (one) =>
          html`<li key=${one.id} data-self=${'isSelf' in one ? '' : undefined}>
            <${SeverityIcon} severity=${one.severity} />
            <span class="line-time">${offsetText(Date.parse(one.timestamp) - atMs)}</span>
            <span class="line-service cut"><${Untrusted} text=${one.service} /></span>
            ${
              'isSelf' in one
                ? html`<span class="cut"><${Untrusted} text=${one.message} /></span>`
                : html`<a class="cut" href=${linkTo('errors', one.id)}><${Untrusted} text=${one.message} /></a>`
            }
          </li>`,
      )}
    </ol>
  <//>`;
}

function offsetText(ms: number): string {
  if (ms === 0) return '0';
  return `${ms < 0 ? '−' : '+'}${durationText(Math.abs(ms), { precise: true })}`;
}
