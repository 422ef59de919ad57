// Auto-fix log.
import { html } from '../html.ts';
import { Empty } from '../parts/states.ts';

export function FixesView() {
  return html`<h1 class="unseen">Auto-fix log</h1>
    <${Empty} title="Nothing here yet" />`;
}
