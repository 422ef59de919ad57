// An address that leads nowhere: of another version, or mistyped.
import { html } from '../html.ts';
import { Empty } from '../parts/states.ts';
import { linkTo } from '../route.ts';

export function NoView() {
  return html`<h1 class="unseen">No such view</h1>
    <${Empty} title="There is no such view">
      <p>
        The address names none of those that there are: <a href=${linkTo('errors')}>Errors</a>,${' '}
        <a href=${linkTo('fixes')}>Fixes</a>, <a href=${linkTo('agents')}>Agents</a>,${' '}
        <a href=${linkTo('trends')}>Trends</a>.
      </p>
    <//>`;
}
