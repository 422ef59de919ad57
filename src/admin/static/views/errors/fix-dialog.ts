// A fix in two looks: first what would be done and what stands in the way, and nothing is changed; then, when somebody says
// so, the fix itself, followed until it is known whether it helped.
import { useState } from 'preact/hooks';
import { post } from '../../api-client.ts';
import type { Problem } from '../../api-client.ts';
import type { ErrorAnswer, FixStarted } from '../../answers.ts';
import { html } from '../../html.ts';
import { toProblem, useLoad } from '../../load.ts';
import { Dialog } from '../../parts/dialog.ts';
import { Facts } from '../../parts/facts.ts';
import { Icon } from '../../parts/icon.ts';
import { Failed, Show } from '../../parts/states.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { asked } from './changes.ts';
import { FollowFix } from './follow-fix.ts';
import { suppressionText } from './suppression-text.ts';

interface FixDialogFields {
  readonly error: ErrorAnswer;
  readonly onShut: () => void;
  /** A fix has ended. */
  readonly onDone: () => void;
}

export function FixDialog({ error, onShut, onDone }: FixDialogFields) {
  const [answer, setAnswer] = useState<FixStarted | Problem | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const path = `/api/errors/${error.id}/fix`;
  const dryRun = useLoad(error.id, () => post<FixStarted>(path, { dry_run: true }));
  const fix = () => {
    setBusy(true);
    post<FixStarted>(path)
      .then(setAnswer, (cause: unknown) => setAnswer(toProblem(cause)))
      .finally(() => {
        asked.value += 1;
        setBusy(false);
      });
  };
  return html`<${Dialog} title="Fix" onClose=${onShut}>
    ${
      answer === undefined
        ? html`<${Show}
            what="what would be done; the service is being looked at"
            state=${dryRun.state}
            retry=${dryRun.reload}
            show=${(rehearsal: FixStarted) =>
              html`<${Rehearsal} answer=${rehearsal} busy=${busy} onFix=${fix} onShut=${onShut} />`}
          />`
        : html`<${Answer} answer=${answer} onDone=${onDone} />
            <div class="dialog-end"><button type="button" onClick=${onShut}>Close</button></div>`
    }
  <//>`;
}

interface RehearsalFields {
  readonly answer: FixStarted;
  readonly busy: boolean;
  readonly onFix: () => void;
  readonly onShut: () => void;
}

function Rehearsal({ answer, busy, onFix, onShut }: RehearsalFields) {
  const { plan, reason } = answer;
  const canAct = plan !== undefined && reason === undefined;
  return html`
    <p class="quiet">This is a dry run: nothing was changed.</p>
    ${plan === undefined ? null : html`<${Plan} plan=${plan} />`} <${Obstacle} answer=${answer} />
    <div class="dialog-end">
      <button type="button" onClick=${onShut}>Cancel</button>
      ${
        canAct
          ? html`<button type="button" class="primary" disabled=${busy} onClick=${onFix}>
              ${plan.steps.length === 0 ? 'Go on' : 'Do it'}
            </button>`
          : null
      }
    </div>
  `;
}

function Plan({ plan }: { readonly plan: NonNullable<FixStarted['plan']> }) {
  return html`
    <p>
      <strong><${Untrusted} text=${plan.rule_title} /></strong>
      <span class="quiet"> <${Untrusted} text=${plan.rule_id} /></span>
      ${plan.target === '' ? null : html` on <code><${Untrusted} text=${plan.target} /></code>`}
    </p>
    ${plan.finding === '' ? null : html`<p>Found: <${Untrusted} text=${plan.finding} /></p>`}
    <h3>What would be done</h3>
    ${
      plan.steps.length === 0
        ? html`<p>Nothing would be changed.</p>`
        : html`<ol class="steps">
            ${plan.steps.map(
              (step) => html`<li key=${step.id}><code>${step.action}</code><${Facts} facts=${step.with} /></li>`,
            )}
          </ol>`
    }
    <details>
      <summary>What was seen (${Object.keys(plan.facts).length})</summary>
      <${Facts} facts=${plan.facts} />
    </details>
  `;
}

function Obstacle({ answer: { status, reason, note } }: { readonly answer: FixStarted }) {
  if (status === 'no_rule') {
    return html`<p class="obstacle">
      <${Icon} name="info" /> No rule knows this error. Ask an agent, or write a rule for it: see docs/rules.md.
    </p>`;
  }
  if (reason === undefined) return null;
  return html`<p class="obstacle" data-tone="warning">
    <${Icon} name="warning" />
    <span
      ><strong>It would be held back: ${reason.replaceAll('_', ' ')}.</strong> ${suppressionText[reason]}
      ${note === undefined ? null : html` <${Untrusted} text=${note} />`}</span
    >
  </p>`;
}

function Answer({ answer, onDone }: { readonly answer: FixStarted | Problem; readonly onDone: () => void }) {
  if (answer instanceof Error) return html`<${Failed} what="The fix" failure=${answer} />`;
  if (answer.status !== 'attempt' || answer.attempt === undefined) return html`<${Obstacle} answer=${answer} />`;
  return html`<${FollowFix} id=${answer.attempt.id} onEnd=${onDone} />`;
}
