// What a fix would do, step by step with its values, and what must hold for it to have helped.
import { html } from '../html.ts';
import { Facts } from './facts.ts';
import { Untrusted } from './untrusted.ts';

export interface PlannedStep {
  readonly id: string;
  readonly action: string;
  readonly values: Readonly<Record<string, unknown>>;
}

interface StepsFields {
  readonly steps: readonly PlannedStep[];
  /** Empty: not known. */
  readonly verify: string;
}

export function Steps({ steps, verify }: StepsFields) {
  return html`<ol class="steps">
      ${steps.map(
        ({ id, action, values }) =>
          html`<li key=${id}>
            <code><${Untrusted} text=${action} /></code>
            ${Object.keys(values).length === 0 ? null : html`<${Facts} facts=${values} />`}
          </li>`,
      )}
    </ol>
    ${verify === '' ? null : html`<p>Counts as a success when <${Untrusted} text=${verify} />.</p>`}`;
}
