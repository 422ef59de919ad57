// One attempt: how it stands, what can be decided about it, and how it went. It renews itself while it runs.
import { useEffect, useRef } from 'preact/hooks';
import { get } from '../../api-client.ts';
import type { DelegationPage, FixAnswer } from '../../answers.ts';
import { html } from '../../html.ts';
import { useEvery, useLoad } from '../../load.ts';
import { FixMark, Mark } from '../../parts/mark.ts';
import { Questions } from '../../parts/questions.ts';
import { Show } from '../../parts/states.ts';
import { Ago, durationText, zoneText } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { linkTo } from '../../route.ts';
import { spoken } from '../../toast.ts';
import { lookOfDelegation } from '../agents/looks.ts';
import { isRunning } from './attempt-filters.ts';
import { Decision } from './decision.ts';
import { TimelineEntry } from './entry.ts';
import { moved } from './moved.ts';
import { RollBack } from './roll-back.ts';
import { toTimeline } from './timeline.ts';

const RENEW_MS = 1_000;
/** A relapse, or an undoing elsewhere, changes one that has ended. */
const RENEW_ENDED_MS = 15_000;

export function AttemptPane({ id }: { readonly id: string }) {
  const { state, reload } = useLoad(id, (signal) => get<FixAnswer>(`/api/fixes/${encodeURIComponent(id)}`, {}, signal));
  const fix = state.kind === 'ready' ? state.value : undefined;
  useEvery(fix === undefined || !isRunning(fix) ? RENEW_ENDED_MS : RENEW_MS, reload);
  useSpoken(fix);
  return html`<${Show}
    what="the fix"
    state=${state}
    retry=${reload}
    show=${(shown: FixAnswer) => html`<${Attempt} fix=${shown} onDecided=${reload} />`}
  />`;
}

function Attempt({ fix, onDecided }: { readonly fix: FixAnswer; readonly onDecided: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [fix.id]);
  const { timings_ms: timings, escalated_to: to, questions } = fix;
  return html`<article class="fix">
    <header class="pane-top">
      <div class="pane-title">
        <${FixMark} fix=${fix} />
        <h2 ref=${heading} tabindex="-1">
          <${Untrusted} text=${fix.target === '' ? fix.cause.key : fix.target} />
          ${fix.finding === '' ? null : html`: <span class="mono"><${Untrusted} text=${fix.finding} /></span>`}
        </h2>
      </div>
      <p class="quiet">
        <a href=${linkTo('fixes', undefined, { rule: fix.rule_id })}><${Untrusted} text=${fix.rule_id} /></a>
        ${` · mode ${fix.mode} · `}${fix.requested_by === 'rule' ? 'by its rule' : html`asked by <${Untrusted} text=${fix.requested_by} />`}
        ${' · started '}<${Ago} at=${fix.started_at} words />${
          timings.ended === null || fix.suppression !== null
            ? null
            : ` · over ${durationText(timings.ended, { precise: true })} after the first error`
        }${fix.joined === 0 ? null : ` · ${fix.joined} later firings joined it`}
      </p>
      ${fix.note === '' || fix.state === 'awaiting_approval' ? null : html`<p><${Untrusted} text=${fix.note} /></p>`}
      <${RollBack} fix=${fix} onDone=${onDecided} />
    </header>
    ${fix.state === 'awaiting_approval' ? html`<${Decision} fix=${fix} onDecided=${onDecided} />` : null}
    ${to === null ? null : html`<${Escalation} to=${to} questions=${questions} errorId=${fix.error_id} />`}
    <h3 class="unseen">How it went</h3>
    <ol class="timeline">
      ${toTimeline(fix).map((entry, index) => html`<${TimelineEntry} key=${index} entry=${entry} fix=${fix} />`)}
    </ol>
    <p class="quiet pane-foot">
      times in ${zoneText()} · <span class="mono">fix ${fix.id}, rule as of ${fix.rule_hash}</span>
    </p>
  </article>`;
}

interface EscalationFields {
  readonly to: string;
  readonly questions: readonly string[];
  readonly errorId: string;
}

function Escalation({ to, questions, errorId }: EscalationFields) {
  const { state } = useLoad(errorId, (signal) =>
    get<DelegationPage>('/api/delegations', { error_id: errorId }, signal),
  );
  const asked = state.kind === 'ready' ? state.value.delegations : [];
  return html`<section class="note-box" data-tone="warning" aria-label="Handed over">
    <p>
      <strong>Handed to <${Untrusted} text=${to} /></strong>
    </p>
    <${Questions} questions=${questions} />
    ${
      asked.length === 0
        ? null
        : html`<p>
            ${asked.map(
              ({ id, agent, state: how }) =>
                html`<a key=${id} class="asked" href=${linkTo('delegations', id)}
                  ><${Untrusted} text=${agent} /> <${Mark} ...${lookOfDelegation(how)} text=${how}
                /></a> `,
            )}
          </p>`
    }
  </section>`;
}

/** Who can't see hears how it goes on. */
function useSpoken(fix: FixAnswer | undefined): void {
  const word = fix === undefined ? undefined : (fix.outcome ?? fix.suppression ?? fix.state).replaceAll('_', ' ');
  const before = useRef(word);
  useEffect(() => {
    if (before.current !== undefined && word !== undefined && before.current !== word) {
      spoken.value = `The fix: ${word}`;
      moved.value += 1;
    }
    before.current = word;
  }, [word]);
}
