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
import { Questions } from '../../parts/questions.ts';
import { Failed, Show } from '../../parts/states.ts';
import { Steps } from '../../parts/steps.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { linkTo } from '../../route.ts';
import { asked } from './changes.ts';
import { FollowFix } from './follow-fix.ts';
import { suppressionText } from './suppression-text.ts';

type PlanAnswer = NonNullable<FixStarted['plan']>;

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
          ? html`<button type="button" class="primary" disabled=${busy} onClick=${onFix}>${verbOf(plan)}</button>`
          : null
      }
    </div>
  `;
}

function verbOf({ steps, hands_over: handsOver }: PlanAnswer): string {
  if (steps.length > 0) return 'Do it';
  return handsOver === null ? 'Go on' : 'Hand over';
}

function Plan({ plan }: { readonly plan: PlanAnswer }) {
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
        ? html`<p>Nothing would be changed${plan.hands_over === null ? ', and nobody told' : ''}.</p>`
        : html`<${Steps}
            steps=${plan.steps.map(({ id, action, with: values }) => ({ id, action, values }))}
            verify=${plan.verify}
          />`
    }
    <${HandOver} plan=${plan} />
    ${
      plan.mode === 'approve' && plan.steps.length > 0
        ? html`<p class="quiet">The mode is approve: it then waits for a person’s yes, in the auto-fix log.</p>`
        : null
    }
    <details>
      <summary>What was seen (${Object.keys(plan.facts).length})</summary>
      <${Facts} facts=${plan.facts} />
    </details>
  `;
}

function HandOver({ plan: { steps, hands_over: handsOver } }: { readonly plan: PlanAnswer }) {
  if (handsOver === null) return null;
  const { to, questions } = handsOver;
  return html`
    <p>
      ${steps.length === 0 ? 'Would be handed to ' : 'Then handed to '}<b><${Untrusted} text=${to.join(', ')} /></b>${
        questions.length === 0 ? '.' : ', with'
      }
    </p>
    <${Questions} questions=${questions} />
  `;
}

function Obstacle({ answer: { status, reason, note, unavailable } }: { readonly answer: FixStarted }) {
  if (unavailable !== undefined) return html`<${Unavailable} rules=${unavailable} />`;
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

/** There is a rule, but it lacks something here: Docker, or an entry of the catalogue. */
function Unavailable({ rules }: { readonly rules: NonNullable<FixStarted['unavailable']> }) {
  return html`<div class="obstacle" data-tone="warning">
    <${Icon} name="warning" />
    <div>
      <strong
        >${rules.length === 1 ? 'A rule knows this error, but can’t work here.' : 'Rules know this error, but can’t work here.'}</strong
      >
      <ul class="bullets">
        ${rules.map(
          (rule) =>
            html`<li key=${rule.rule_id}>
              <${Untrusted} text=${rule.rule_title} /> (<a href=${linkTo('fixes', undefined, { see: 'rules' })}
                ><${Untrusted} text=${rule.rule_id} /></a
              >): <${Untrusted} text=${rule.unavailable} />
            </li>`,
        )}
      </ul>
      <p>Give it what it lacks, or ask an agent.</p>
    </div>
  </div>`;
}

function Answer({ answer, onDone }: { readonly answer: FixStarted | Problem; readonly onDone: () => void }) {
  if (answer instanceof Error) return html`<${Failed} what="The fix" failure=${answer} />`;
  if (answer.status !== 'attempt' || answer.attempt === undefined) return html`<${Obstacle} answer=${answer} />`;
  return html`<${FollowFix} id=${answer.attempt.id} onEnd=${onDone} />`;
}
