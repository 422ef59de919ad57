// A plan that waits for a person: what it would do, how long there is, yes or no.
import { useRef, useState } from 'preact/hooks';
import { post } from '../../api-client.ts';
import type { FixAnswer } from '../../answers.ts';
import { readPause } from '../../healing-state.ts';
import { html } from '../../html.ts';
import { toProblem } from '../../load.ts';
import { Countdown } from '../../parts/countdown.ts';
import { Dialog } from '../../parts/dialog.ts';
import { Steps } from '../../parts/steps.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { may } from '../../session.ts';
import { say } from '../../toast.ts';
import { moved } from './moved.ts';

interface DecisionFields {
  readonly fix: FixAnswer;
  readonly onDecided: () => void;
}

export function Decision({ fix, onDecided }: DecisionFields) {
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState<'nothing' | 'approve' | 'reject'>('nothing');
  const shut = () => setAsking('nothing');
  const refusal = may('approve') ? undefined : 'This takes a token with the scope approve';
  const decide = async (path: 'approve' | 'reject', body: Readonly<Record<string, string>>) => {
    setBusy(true);
    try {
      await post(`/api/fixes/${fix.id}/${path}`, body);
      say('done', path === 'approve' ? `Approved: ${fix.target} is being fixed` : 'Rejected');
    } catch (cause) {
      say('failed', toProblem(cause).message);
    } finally {
      setBusy(false);
      shut();
      moved.value += 1;
      // The header says how many wait.
      void readPause().catch(() => undefined);
      onDecided();
    }
  };
  return html`<section class="note-box" data-tone="warning" aria-label="Your decision">
    <p>
      <strong>Waits for your yes</strong>${', to act on '}
      <b><${Untrusted} text=${fix.target} /></b
      >.${fix.due_at === null ? null : html` There is <b><${Countdown} until=${fix.due_at} /></b> left.`}
    </p>
    <${PlannedSteps} fix=${fix} />
    <p class="quiet">When approved it is diagnosed again first; if it is another case by then, nothing is done.</p>
    <div class="actions">
      <button
        type="button"
        class="primary"
        disabled=${busy || refusal !== undefined}
        title=${refusal}
        onClick=${() => setAsking('approve')}
      >
        Approve…
      </button>
      <button
        type="button"
        disabled=${busy || refusal !== undefined}
        title=${refusal}
        onClick=${() => setAsking('reject')}
      >
        Reject…
      </button>
    </div>
    ${
      asking === 'approve'
        ? html`<${Dialog} title="Approve the fix" onClose=${shut}>
            <p>
              ${'On '}<b><${Untrusted} text=${fix.target} /></b>${' because of '}
              <b class="mono"><${Untrusted} text=${fix.finding} /></b>:
            </p>
            <${PlannedSteps} fix=${fix} />
            <div class="dialog-end">
              <button type="button" onClick=${shut}>Cancel</button>
              <button type="button" class="primary" disabled=${busy} onClick=${() => void decide('approve', {})}>
                Approve
              </button>
            </div>
          <//>`
        : null
    }
    ${
      asking === 'reject'
        ? html`<${RejectDialog}
            busy=${busy}
            onReject=${(reason: string) => void decide('reject', { reason })}
            onClose=${shut}
          />`
        : null
    }
  </section>`;
}

function PlannedSteps({ fix: { planned, verify } }: { readonly fix: FixAnswer }) {
  return html`<${Steps}
    steps=${planned.map(({ id, action, params: values }) => ({ id, action, values }))}
    verify=${verify}
  />`;
}

interface RejectFields {
  readonly busy: boolean;
  readonly onReject: (reason: string) => void;
  readonly onClose: () => void;
}

function RejectDialog({ busy, onReject, onClose }: RejectFields) {
  const reason = useRef<HTMLInputElement>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    const text = reason.current?.value.trim() ?? '';
    if (text !== '') onReject(text);
  };
  return html`<${Dialog} title="Reject the fix" onClose=${onClose}>
    <form class="dialog-form" onSubmit=${submit}>
      <label class="field">Why <input ref=${reason} required maxlength="1024" autofocus /></label>
      <div class="dialog-end">
        <button type="button" onClick=${onClose}>Cancel</button>
        <button type="submit" class="primary" disabled=${busy}>Reject</button>
      </div>
    </form>
  <//>`;
}
