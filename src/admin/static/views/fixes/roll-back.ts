// Undoes what an ended attempt changed, after a question: it is a change as well.
import { useState } from 'preact/hooks';
import { post } from '../../api-client.ts';
import type { FixAnswer } from '../../answers.ts';
import { html } from '../../html.ts';
import { toProblem } from '../../load.ts';
import { Dialog } from '../../parts/dialog.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { may } from '../../session.ts';
import { say } from '../../toast.ts';
import { moved } from './moved.ts';

/** Of docs/rules.md, actions: "can be undone". */
const UNDOABLE = new Set(['check.correct', 'container.stop', 'container.memory.raise']);

export function RollBack({ fix, onDone }: { readonly fix: FixAnswer; readonly onDone: () => void }) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const steps = fix.steps.filter(({ action, state }) => state === 'done' && UNDOABLE.has(action));
  if (fix.state !== 'ended' || steps.length === 0) return null;
  const undo = () => {
    setBusy(true);
    post(`/api/fixes/${fix.id}/rollback`)
      .then(
        () => say('done', 'It is being undone'),
        (cause: unknown) => say('failed', toProblem(cause).message),
      )
      .finally(() => {
        setBusy(false);
        setAsking(false);
        moved.value += 1;
        onDone();
      });
  };
  const refusal = may('fix') ? undefined : 'This takes a token with the scope fix';
  return html`<div class="actions">
    <button type="button" disabled=${refusal !== undefined} title=${refusal} onClick=${() => setAsking(true)}>
      Roll back…
    </button>
    ${
      asking
        ? html`<${Dialog} title="Roll the fix back" onClose=${() => setAsking(false)}>
            <p>
              Undoes <b>${steps.map(({ action }) => action).join(', ')}</b> on
              <b><${Untrusted} text=${fix.target} /></b>. What somebody else changed meanwhile stays as it is.
            </p>
            <div class="dialog-end">
              <button type="button" onClick=${() => setAsking(false)}>Cancel</button>
              <button type="button" class="primary" disabled=${busy} onClick=${undo}>Roll back</button>
            </div>
          <//>`
        : null
    }
  </div>`;
}
