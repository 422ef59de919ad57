// One group: how often, since when, where; then its newest error with all that is known of it.
import { get } from '../../api-client.ts';
import type { ErrorAnswer, GroupAnswer } from '../../answers.ts';
import { html } from '../../html.ts';
import { useLoad } from '../../load.ts';
import { CopyButton } from '../../parts/copy-button.ts';
import { Show } from '../../parts/states.ts';
import { Sparkline } from '../../parts/sparkline.ts';
import { Ago } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { linkTo } from '../../route.ts';
import { Actions } from './actions.ts';
import { ErrorBody } from './error-body.ts';
import { PaneBar, PaneHead } from './pane-head.ts';
import { StateMarks } from './state-marks.ts';

interface GroupPaneFields {
  readonly fingerprint: string;
  readonly onShut: () => void;
}

interface Opened {
  readonly group: GroupAnswer;
  /** undefined: all its errors are past their retention. */
  readonly error: ErrorAnswer | undefined;
}

export function GroupPane({ fingerprint, onShut }: GroupPaneFields) {
  const { state, reload } = useLoad<Opened>(fingerprint, (signal) => ask(fingerprint, signal));
  return html`
    <${PaneBar} onShut=${onShut}>
      <span class="mono cut">${fingerprint}</span>
      <${CopyButton} text=${fingerprint} what="fingerprint" />
    <//>
    <${Show}
      what="the group"
      state=${state}
      retry=${reload}
      show=${({ group, error }: Opened) => html`
        <${PaneHead}
          error=${group}
          marks=${html`<${StateMarks}
            resolved=${group.resolved}
            regressed=${group.regressed}
            fixed=${group.auto_fix_successful}
          />`}
        >
          ${error === undefined ? undefined : html`<${Actions} error=${error} onChange=${reload} />`}
        <//>
        <${GroupFacts} group=${group} />
        ${
          error === undefined
            ? null
            : html`<h3 class="pane-part">The newest error</h3>
                <${ErrorBody} error=${error} />`
        }
      `}
    />
  `;
}

async function ask(fingerprint: string, signal: AbortSignal): Promise<Opened> {
  const group = await get<GroupAnswer>(`/api/groups/${encodeURIComponent(fingerprint)}`, {}, signal);
  const error = group.error_id === '' ? undefined : await get<ErrorAnswer>(`/api/errors/${group.error_id}`, {}, signal);
  return { group, error };
}

function GroupFacts({ group }: { readonly group: GroupAnswer }) {
  return html`<div class="group-facts">
    <div class="figure">
      <span class="figure-number">${group.count.toLocaleString('en')}</span>
      <span class="quiet">errors</span>
    </div>
    <div class="figure">
      <${Sparkline} counts=${group.trend.map(({ count }) => count)} label="in the last 24 hours" />
      <span class="quiet">last 24 h, by the hour</span>
    </div>
    <div class="figure">
      <span><${Ago} at=${group.first_seen} words /></span>
      <span class="quiet">first seen</span>
    </div>
    <div class="figure">
      <span><${Ago} at=${group.last_seen} words /></span>
      <span class="quiet">last seen</span>
    </div>
    ${
      group.releases.length === 0
        ? null
        : html`<div class="figure">
            <span><${Untrusted} text=${group.releases.join(', ')} /></span>
            <span class="quiet">releases</span>
          </div>`
    }
    ${
      group.environments.length === 0
        ? null
        : html`<div class="figure">
            <span><${Untrusted} text=${group.environments.join(', ')} /></span>
            <span class="quiet">environments</span>
          </div>`
    }
    <a href=${linkTo('errors', undefined, { group: group.fingerprint, state: 'all', since: '30d' })}>
      All its errors
    </a>
  </div>`;
}
