// One error with everything there is about it.
import { get } from '../../api-client.ts';
import type { ErrorAnswer } from '../../answers.ts';
import { html } from '../../html.ts';
import { useLoad } from '../../load.ts';
import { CopyButton } from '../../parts/copy-button.ts';
import { Show } from '../../parts/states.ts';
import { linkTo } from '../../route.ts';
import { Actions } from './actions.ts';
import { ErrorBody } from './error-body.ts';
import { PaneBar, PaneHead } from './pane-head.ts';
import { StateMarks } from './state-marks.ts';

interface ErrorPaneFields {
  readonly id: string;
  readonly onShut: () => void;
}

export function ErrorPane({ id, onShut }: ErrorPaneFields) {
  const { state, reload } = useLoad<ErrorAnswer>(id, (signal) =>
    get(`/api/errors/${encodeURIComponent(id)}`, {}, signal),
  );
  return html`
    <${PaneBar} onShut=${onShut}>
      <span class="mono cut">${id}</span>
      <${CopyButton} text=${id} what="id" />
    <//>
    <${Show}
      what="the error"
      state=${state}
      retry=${reload}
      show=${(error: ErrorAnswer) => html`
        <${PaneHead}
          error=${error}
          marks=${html`<${StateMarks}
              resolved=${error.resolved}
              regressed=${error.group?.regressed === true}
              fixed=${error.auto_fix_successful}
            />${
              error.group === null
                ? null
                : html`<a href=${linkTo('groups', error.fingerprint)}
                    >one of ${error.group.count.toLocaleString('en')} in its group</a
                  >`
            }`}
        >
          <${Actions} error=${error} onChange=${reload} />
        <//>
        <${ErrorBody} error=${error} />
      `}
    />
  `;
}
