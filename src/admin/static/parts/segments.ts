// Ways to see the same view, side by side: one of them is on. Each is an address.
import { html } from '../html.ts';

export interface Segment {
  readonly text: string;
  readonly href: string;
  readonly isOn: boolean;
  /** How many there are; left out when there are none. */
  readonly count?: number;
}

export function Segments({ label, segments }: { readonly label: string; readonly segments: readonly Segment[] }) {
  return html`<nav class="segments" aria-label=${label}>
    ${segments.map(
      ({ text, href, isOn, count = 0 }) =>
        html`<a key=${text} href=${href} aria-current=${isOn ? 'true' : undefined}
          >${text}${count === 0 ? null : html` <span class="count">${count}</span>`}</a
        >`,
    )}
  </nav>`;
}
