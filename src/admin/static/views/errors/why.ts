// Why an error is in its group: what the fingerprint was made from.
import type { GroupAnswer } from '../../answers.ts';
import { html } from '../../html.ts';
import { Untrusted } from '../../parts/untrusted.ts';

type Reasons = GroupAnswer['why'];

const BECAUSE: Readonly<Record<Reasons['kind'], string>> = {
  custom: 'The sender chose the fingerprint.',
  stack: 'Same service, root cause, own frames and shape of message.',
  message: 'There are no frames: same service, type and shape of message.',
  location: 'There is neither type nor frames: same service and place.',
  unknown: 'Nothing is known but the service.',
};

export function Why({ why }: { readonly why: Reasons }) {
  return html`
    <p>${BECAUSE[why.kind]} Errors with all of this in common are one group:</p>
    <dl class="facts">
      <${Fact} name="service" text=${why.service} />
      <${Fact} name="root cause" text=${why.root_type} />
      ${why.outer_type === why.root_type ? null : html`<${Fact} name="thrown as" text=${why.outer_type} />`}
      ${why.frames.length === 0 ? null : html`<${Fact} name="own frames" text=${why.frames.join('\n')} />`}
      <${Fact} name="message" text=${why.template} />
      <${Fact} name="fingerprint" text="${why.strict} (${why.version})" />
    </dl>
  `;
}

function Fact({ name, text }: { readonly name: string; readonly text: string }) {
  if (text === '') return null;
  return html`<div>
    <dt>${name}</dt>
    <dd><${Untrusted} text=${text} /></dd>
  </div>`;
}
