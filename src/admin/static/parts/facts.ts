// Names and values in two columns: details of an error, facts of probes, evidence. Deep values are indented text.
import { html } from '../html.ts';
import { Untrusted } from './untrusted.ts';

export function Facts({ facts }: { readonly facts: Readonly<Record<string, unknown>> }) {
  const rows = Object.entries(facts);
  if (rows.length === 0) return html`<p class="quiet">none</p>`;
  return html`<dl class="facts">
    ${rows.map(
      ([name, value]) =>
        html`<div key=${name}>
          <dt><${Untrusted} text=${name} /></dt>
          <dd><${Untrusted} text=${valueText(value)} /></dd>
        </div>`,
    )}
  </dl>`;
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, undefined, 2) ?? '');
}
