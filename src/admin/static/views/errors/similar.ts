// Past groups that look alike, what put them right, and whether that held.
import { get } from '../../api-client.ts';
import type { Similar as SimilarGroup } from '../../answers.ts';
import { html } from '../../html.ts';
import { useLoad } from '../../load.ts';
import { Fold } from '../../parts/fold.ts';
import { Mark } from '../../parts/mark.ts';
import { Ago } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { linkTo } from '../../route.ts';

export function Similar({ errorId }: { readonly errorId: string }) {
  const { state } = useLoad(errorId, (signal) =>
    get<{ readonly similar: readonly SimilarGroup[] }>(
      `/api/errors/${encodeURIComponent(errorId)}/similar`,
      {},
      signal,
    ),
  );
  if (state.kind !== 'ready' || state.value.similar.length === 0) return null;
  return html`<${Fold} name="similar" title="Seen before, alike" note=${state.value.similar.length}>
    <ul class="cards">
      ${state.value.similar.map((group) => html`<${Alike} key=${group.fingerprint} group=${group} />`)}
    </ul>
  <//>`;
}

function Alike({ group }: { readonly group: SimilarGroup }) {
  return html`<li>
    <p class="card-head">
      <span class="quiet">${Math.round(group.score * 100)} % alike</span>
      <strong><${Untrusted} text=${group.service} /></strong>
      ${
        group.held === null
          ? null
          : group.held
            ? html`<${Mark} tone="good" icon="done" text="put right, and held" />`
            : html`<${Mark} tone="error" icon="back" text="came back" />`
      }
      <span class="quiet"><${Ago} at=${group.last_seen} words /></span>
    </p>
    <p class="cut">
      <a href=${linkTo('groups', group.fingerprint)}
        ><${Untrusted} text=${`${group.exception_type} ${group.message}`.trim()}
      /></a>
    </p>
    ${
      group.fix === null
        ? null
        : html`<p>
            <a href=${linkTo('fixes', group.fix.id)}><${Untrusted} text=${group.fix.rule_id} /></a>:
            <${Untrusted} text=${group.fix.finding} />
          </p>`
    }
    ${group.resolution_notes === null ? null : html`<p>“<${Untrusted} text=${group.resolution_notes} />”</p>`}
  </li>`;
}
