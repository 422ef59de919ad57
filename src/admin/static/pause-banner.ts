// While fixes are paused nobody must wait for one: it is said on every view.
import { useState } from 'preact/hooks';
import { pauseState, setPause } from './healing-state.ts';
import { html } from './html.ts';
import { toProblem } from './load.ts';
import { Icon } from './parts/icon.ts';
import { Ago } from './parts/time.ts';
import { Untrusted } from './parts/untrusted.ts';
import { may } from './session.ts';
import { say } from './toast.ts';

export function PauseBanner() {
  const [busy, setBusy] = useState(false);
  const state = pauseState.value;
  if (state === undefined || !state.paused) return null;
  const goOn = () => {
    setBusy(true);
    setPause(false, '')
      .then(
        () => say('done', 'Fixes may act again'),
        (cause: unknown) => say('failed', toProblem(cause).message),
      )
      .finally(() => setBusy(false));
  };
  return html`<aside class="banner" aria-label="Fixes are paused">
    <${Icon} name="paused" />
    <p>
      <strong>Fixes are paused.</strong> Rules look, and change nothing.
      ${state.reason === null ? null : html` “<${Untrusted} text=${state.reason} />”`}
      ${state.by === null ? null : html` By <${Untrusted} text=${state.by} />`}
      ${state.at === null ? null : html`, <${Ago} at=${state.at} words />.`}
    </p>
    ${may('admin') ? html`<button type="button" disabled=${busy} onClick=${goOn}>Let fixes go on</button>` : null}
  </aside>`;
}
