// Agent activity.
import { html } from '../html.ts';
import { Empty } from '../parts/states.ts';

export function AgentsView() {
  return html`<h1 class="unseen">Agent activity</h1>
    <${Empty} title="Nothing here yet" />`;
}
