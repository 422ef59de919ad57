// Fixes over a chart, where they acted: each a link, several at one place together.
import type { FixItem } from '../../answers.ts';
import { html } from '../../html.ts';
import { Icon } from '../../parts/icon.ts';
import { linkTo } from '../../route.ts';
import { placeMarks } from './place-marks.ts';

/** When something was done; of what did nothing there is nothing to see in a chart. */
export function actedFixes(fixes: readonly FixItem[], sinceMs: number): readonly FixItem[] {
  return fixes.filter(({ acted_at: at }) => at !== null && Date.parse(at) >= sinceMs);
}

export function FixMarks({
  fixes,
  toPixels,
}: {
  readonly fixes: readonly FixItem[];
  readonly toPixels: (ms: number) => number | undefined;
}) {
  return html`<ul class="chart-marks" aria-label="Fixes that acted">
    ${placeMarks(fixes, ({ acted_at: at }) => Date.parse(at ?? ''), toPixels).map(({ left, items: here }) => {
      const [fix] = here;
      const isGood = here.every(({ outcome }) => outcome === 'succeeded');
      const label = here
        .map(({ target, outcome, state }) => `${target}: ${(outcome ?? state).replaceAll('_', ' ')}`)
        .join(', ');
      return html`<li key=${fix.id} style=${{ left: `${left}px` }}>
        <a
          href=${linkTo('fixes', fix.id)}
          data-tone=${isGood ? 'good' : 'warning'}
          title="Fix of ${label}"
          aria-label="Fix of ${label}"
          ><${Icon}
            name=${isGood ? 'done' : 'warning'}
          />${here.length > 1 ? html`<span>${here.length}</span>` : null}</a
        >
      </li>`;
    })}
  </ul>`;
}
