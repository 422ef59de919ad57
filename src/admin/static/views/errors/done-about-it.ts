// What was done about an error: fixes of its group, and what agents were asked.
import { get } from '../../api-client.ts';
import type { DelegationPage, FixPage } from '../../answers.ts';
import { html } from '../../html.ts';
import { useEvery, useLoad } from '../../load.ts';
import { Fold } from '../../parts/fold.ts';
import { FixMark, Mark } from '../../parts/mark.ts';
import { Ago } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { linkTo } from '../../route.ts';
import { asked } from './changes.ts';

/** The last ones; all of them stand in the auto-fix log. */
const SHOWN = 10;

/** A fix moves on by itself. */
const RENEW_MS = 5_000;

export function Fixes({ fingerprint }: { readonly fingerprint: string }) {
  const { state, reload } = useLoad(`${fingerprint} ${asked.value}`, (signal) =>
    get<FixPage>('/api/fixes', { fingerprint, limit: SHOWN }, signal),
  );
  useEvery(RENEW_MS, reload);
  if (state.kind !== 'ready' || state.value.fixes.length === 0) return null;
  return html`<${Fold} name="fixes" title="Fixes" note=${state.value.fixes.length}>
    <ul class="cards">
      ${state.value.fixes.map(
        (fix) =>
          html`<li key=${fix.id}>
            <p class="card-head">
              <${FixMark} fix=${fix} />
              <a href=${linkTo('fixes', fix.id)}><${Untrusted} text=${fix.rule_id} /></a>
              <span class="quiet"><${Ago} at=${fix.started_at} words /></span>
            </p>
            ${fix.finding === '' ? null : html`<p><${Untrusted} text=${fix.finding} /></p>`}
            ${fix.note === '' ? null : html`<p class="quiet"><${Untrusted} text=${fix.note} /></p>`}
          </li>`,
      )}
    </ul>
  <//>`;
}

export function Delegations({ errorId }: { readonly errorId: string }) {
  const { state, reload } = useLoad(`${errorId} ${asked.value}`, (signal) =>
    get<DelegationPage>('/api/delegations', { error_id: errorId, limit: SHOWN }, signal),
  );
  useEvery(RENEW_MS, reload);
  if (state.kind !== 'ready' || state.value.delegations.length === 0) return null;
  return html`<${Fold} name="delegations" title="Agents" note=${state.value.delegations.length}>
    <ul class="cards">
      ${state.value.delegations.map(
        ({ id, agent, state: how, opened_at: openedAt, report }) =>
          html`<li key=${id}>
            <p class="card-head">
              <${Mark}
                ...${lookOf(how)}
                text=${report === null ? how : `${how}: ${report.status.replaceAll('_', ' ')}`}
              />
              <a href=${linkTo('delegations', id)}><${Untrusted} text=${agent} /></a>
              <span class="quiet">asked <${Ago} at=${openedAt} words /></span>
            </p>
            ${report === null ? null : html`<p><${Untrusted} text=${report.summary} /></p>`}
          </li>`,
      )}
    </ul>
  <//>`;
}

function lookOf(state: DelegationPage['delegations'][number]['state']) {
  switch (state) {
    case 'open':
      return { tone: 'warning', icon: 'waiting' } as const;
    case 'acknowledged':
      return { tone: 'info', icon: 'running' } as const;
    case 'reported':
      return { tone: 'good', icon: 'done' } as const;
    case 'expired':
      return { tone: 'error', icon: 'failed' } as const;
    case 'withdrawn':
      return { tone: 'quiet', icon: 'quiet' } as const;
  }
}
