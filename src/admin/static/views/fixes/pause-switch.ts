// The switch that stops every change: who turned it last, when and why, and the way to turn it.
import { useRef, useState } from 'preact/hooks';
import { pauseState, setPause } from '../../healing-state.ts';
import { html } from '../../html.ts';
import { toProblem } from '../../load.ts';
import { Dialog } from '../../parts/dialog.ts';
import { Icon } from '../../parts/icon.ts';
import { Ago } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { may, session } from '../../session.ts';
import { say } from '../../toast.ts';

/** While it is on the banner tells of it, and has the way back. */
export function PauseSwitch() {
  const [asking, setAsking] = useState(false);
  const state = pauseState.value;
  if (state === undefined || state.paused) return null;
  const refusal = refusalOf();
  return html`<div class="pause-switch">
    ${
      state.by === null || state.at === null
        ? null
        : html`<span class="quiet cut"
            >switched on by <${Untrusted} text=${state.by} /> <${Ago} at=${state.at} words />${
              state.reason === null ? null : html` “<${Untrusted} text=${state.reason} />”`
            }</span
          >`
    }
    <button type="button" disabled=${refusal !== undefined} title=${refusal} onClick=${() => setAsking(true)}>
      <${Icon} name="paused" /> Pause fixes
    </button>
    ${asking ? html`<${PauseDialog} onClose=${() => setAsking(false)} />` : null}
  </div>`;
}

function PauseDialog({ onClose }: { readonly onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  const reason = useRef<HTMLInputElement>(null);
  const pause = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setPause(true, reason.current?.value.trim() ?? '').then(
      () => {
        say('done', 'Fixes are paused');
        onClose();
      },
      (cause: unknown) => {
        say('failed', toProblem(cause).message);
        setBusy(false);
      },
    );
  };
  return html`<${Dialog} title="Pause fixes" onClose=${onClose}>
    <form class="dialog-form" onSubmit=${pause}>
      <p>Nothing is changed any more, for all companies and over restarts, until somebody lets fixes go on.</p>
      <label class="field">Why <input ref=${reason} required maxlength="1024" autofocus /></label>
      <div class="dialog-end">
        <button type="button" onClick=${onClose}>Cancel</button>
        <button type="submit" class="primary" disabled=${busy}>Pause fixes</button>
      </div>
    </form>
  <//>`;
}

function refusalOf(): string | undefined {
  if (!may('admin')) return 'This takes a token with the scope admin';
  const { value } = session;
  return value.kind === 'in' && value.caller.company !== '*'
    ? 'The switch is that of all companies: it takes a token that serves all'
    : undefined;
}
