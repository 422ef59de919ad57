// What can be done about an error: resolve, open again, fix, ask an agent.
import { useState } from 'preact/hooks';
import { post } from '../../api-client.ts';
import type { ErrorAnswer } from '../../answers.ts';
import { html } from '../../html.ts';
import { toProblem } from '../../load.ts';
import { may } from '../../session.ts';
import type { Scope } from '../../session.ts';
import { say } from '../../toast.ts';
import { resolution } from './changes.ts';
import { DelegateDialog } from './delegate-dialog.ts';
import { FixDialog } from './fix-dialog.ts';
import { ResolveDialog } from './resolve-dialog.ts';

interface ActionsFields {
  readonly error: ErrorAnswer;
  /** The error is another one now. */
  readonly onChange: () => void;
}

type Shown = 'nothing' | 'resolve' | 'fix' | 'delegate';

export function Actions({ error, onChange }: ActionsFields) {
  const [shown, setShown] = useState<Shown>('nothing');
  const [busy, setBusy] = useState(false);
  const shut = () => setShown('nothing');
  const reopen = () => {
    setBusy(true);
    post(`/api/errors/${error.id}/reopen`)
      .then(
        () => {
          resolution.value = { of: { fingerprint: error.fingerprint }, resolved: false };
          say('done', 'The group is open again');
          onChange();
        },
        (cause: unknown) => say('failed', toProblem(cause).message),
      )
      .finally(() => setBusy(false));
  };
  return html`
    <${Button} scope="fix" text="Fix…" onPick=${() => setShown('fix')} isFirst=${!error.resolved} />
    ${
      error.resolved
        ? html`<${Button} scope="write" text="Open again" onPick=${reopen} busy=${busy} />`
        : html`<${Button} scope="write" text="Resolve…" onPick=${() => setShown('resolve')} />`
    }
    <${Button} scope="write" text="Ask an agent…" onPick=${() => setShown('delegate')} />
    ${shown === 'resolve' ? html`<${ResolveDialog} error=${error} onShut=${shut} onDone=${onChange} />` : null}
    ${shown === 'fix' ? html`<${FixDialog} error=${error} onShut=${shut} onDone=${onChange} />` : null}
    ${shown === 'delegate' ? html`<${DelegateDialog} error=${error} onShut=${shut} />` : null}
  `;
}

interface ButtonFields {
  readonly scope: Scope;
  readonly text: string;
  readonly onPick: () => void;
  readonly busy?: boolean;
  readonly isFirst?: boolean;
}

function Button({ scope, text, onPick, busy = false, isFirst = false }: ButtonFields) {
  const allowed = may(scope);
  return html`<button
    type="button"
    class=${isFirst ? 'primary' : undefined}
    disabled=${busy || !allowed}
    title=${allowed ? undefined : `Your token lacks the scope ${scope}`}
    onClick=${onPick}
  >
    ${text}
  </button>`;
}
