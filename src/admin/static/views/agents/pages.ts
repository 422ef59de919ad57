// The way to older ones, and back to the newest: each page has an address.
import { html } from '../../html.ts';
import { linkTo, route } from '../../route.ts';

export function Pages({ next }: { readonly next: string | null }) {
  const { query } = route.value;
  if (next === null && query['after'] === undefined) return null;
  return html`<nav class="pages" aria-label="Pages">
    ${query['after'] === undefined ? null : html`<a href=${linkTo('agents', undefined, { ...query, after: undefined })}>Newest</a>`}
    ${next === null ? null : html`<a href=${linkTo('agents', undefined, { ...query, after: next })}>Older</a>`}
  </nav>`;
}
