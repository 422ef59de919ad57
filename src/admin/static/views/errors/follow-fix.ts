// A fix as it goes: each move with how long it took, until its outcome is known.
import { useEffect } from 'preact/hooks';
import { get } from '../../api-client.ts';
import type { FixAnswer } from '../../answers.ts';
import { html } from '../../html.ts';
import { useEvery, useLoad } from '../../load.ts';
import { Facts } from '../../parts/facts.ts';
import { FixMark } from '../../parts/mark.ts';
import { Show } from '../../parts/states.ts';
import { Moment, durationText } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { linkTo } from '../../route.ts';
import { asked } from './changes.ts';

const LOOK_MS = 1_000;

interface FollowFixFields {
  readonly id: string;
  readonly onEnd: () => void;
}

export function FollowFix({ id, onEnd }: FollowFixFields) {
  const { state, reload } = useLoad<FixAnswer>(id, (signal) => get(`/api/fixes/${id}`, {}, signal));
  const hasEnded = state.kind === 'ready' && (state.value.state === 'ended' || state.value.state === 'suppressed');
  useEvery(LOOK_MS, () => {
    if (!hasEnded) reload();
  });
  useEffect(() => {
    if (!hasEnded) return;
    asked.value += 1;
    onEnd();
  }, [hasEnded]);
  return html`<${Show}
    what="the fix"
    state=${state}
    retry=${reload}
    show=${(fix: FixAnswer) => html`
      <p class="card-head" role="status">
        <${FixMark} fix=${fix} />
        <a href=${linkTo('fixes', fix.id)}><${Untrusted} text=${fix.rule_id} /></a>
        ${hasEnded ? null : html`<span class="state-wait"></span>`}
      </p>
      ${fix.note === '' ? null : html`<p><${Untrusted} text=${fix.note} /></p>`}
      ${
        fix.state === 'awaiting_approval'
          ? html`<p>It waits for a person’s yes: <a href=${linkTo('fixes', fix.id)}>look at it and decide</a>.</p>`
          : null
      }
      <ol class="moves">
        ${fix.timeline.map(
          (move, index) =>
            html`<li key=${index}>
              <span class="line-time"><${Moment} at=${move.at} /></span>
              <span>
                ${(move.outcome ?? move.state).replaceAll('_', ' ')}
                ${move.step === null ? null : html` <span class="quiet">${move.step} ${move.step_state}</span>`}
              </span>
              <span class="quiet number"
                >${move.lasted_ms === null ? '' : durationText(move.lasted_ms, { precise: true })}</span
              >
            </li>`,
        )}
      </ol>
      ${
        Object.keys(fix.verification).length === 0
          ? null
          : html`<h3>What was seen afterwards</h3>
              <${Facts} facts=${fix.verification} />`
      }
    `}
  />`;
}
