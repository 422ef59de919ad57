// What a step found before it acted, and what was seen afterwards, side by side where both have a value.
import { html } from '../../html.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import type { Step } from './timeline.ts';

export function BeforeAfter({ step: { before, after } }: { readonly step: Step }) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  if (names.length === 0) return null;
  return html`<table class="before-after">
    <thead>
      <tr>
        <td></td>
        <th scope="col">before</th>
        <th scope="col">after</th>
      </tr>
    </thead>
    <tbody>
      ${names.map((name) => {
        const [was, is] = [before[name], after[name]];
        return html`<tr
          key=${name}
          data-changed=${was !== undefined && is !== undefined && was !== is ? '' : undefined}
        >
          <th scope="row"><${Untrusted} text=${name} /></th>
          <td><${Value} value=${was} /></td>
          <td><${Value} value=${is} /></td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}

function Value({ value }: { readonly value: string | number | boolean | undefined }) {
  return value === undefined ? html`<span class="quiet">–</span>` : html`<${Untrusted} text=${String(value)} />`;
}
