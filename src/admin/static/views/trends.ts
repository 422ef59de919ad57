// Health trends.
import { html } from '../html.ts';
import { Empty } from '../parts/states.ts';

export function TrendsView() {
  return html`<h1 class="unseen">Health trends</h1>
    <${Empty} title="Nothing here yet" />`;
}
