// Auto-fix log: what was attempted or held back, the one that is open as a timeline, and the rules with what they brought.
import { html } from '../html.ts';
import { Segments } from '../parts/segments.ts';
import { Split } from '../parts/split.ts';
import { goTo, linkTo, route } from '../route.ts';
import { AttemptList } from './fixes/attempt-list.ts';
import { AttemptPane } from './fixes/attempt-pane.ts';
import { PauseSwitch } from './fixes/pause-switch.ts';
import { RuleTable } from './fixes/rule-table.ts';

export function FixesView() {
  const { id, query } = route.value;
  const isRules = query['see'] === 'rules';
  return html`<h1 class="unseen">Auto-fix log</h1>
    <${Split}
      label=${isRules ? 'Rules' : 'Fixes'}
      onShut=${() => goTo('fixes', undefined, query)}
      pane=${id === undefined ? undefined : html`<${AttemptPane} key=${id} id=${id} />`}
    >
      <div class="bar">
        <${Segments}
          label="See"
          segments=${[
            { text: 'Attempts', href: linkTo('fixes', undefined, { ...query, see: undefined }), isOn: !isRules },
            { text: 'Rules', href: linkTo('fixes', undefined, { see: 'rules' }), isOn: isRules },
          ]}
        />
        <${PauseSwitch} />
      </div>
      ${isRules ? html`<${RuleTable} />` : html`<${AttemptList} />`}
    <//>`;
}
