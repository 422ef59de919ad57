// Error feed.
import { html } from '../html.ts';
import { Empty } from '../parts/states.ts';

export function ErrorsView() {
  return html`<h1 class="unseen">Error feed</h1>
    <${Empty} title="Nothing here yet" />`;
}
