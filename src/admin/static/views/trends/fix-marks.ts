// Fixes over a chart, where they acted: each a link, several at one place together.
import type { FixItem } from '../../answers.ts';
import { html } from '../../html.ts';
import { Icon } from '../../parts/icon.ts';
import { linkTo } from '../../route.ts';

interface Placed {
  readonly left: number;
  readonly fixes: readonly FixItem[];
}

/** Two marks nearer than this could not be told apart, nor met with a finger. */
const APART_PX = 24;

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
  return html`<ul class="fix-marks" aria-label="Fixes that acted">
    ${place(fixes, toPixels).map(({ left, fixes: here }) => {
      const [fix] = here;
      if (fix === undefined) return null;
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

function place(fixes: readonly FixItem[], toPixels: (ms: number) => number | undefined): readonly Placed[] {
  const placed: { left: number; fixes: FixItem[] }[] = [];
  const inOrder = fixes.toSorted((one, other) => Date.parse(one.acted_at ?? '') - Date.parse(other.acted_at ?? ''));
  for (const fix of inOrder) {
    const left = toPixels(Date.parse(fix.acted_at ?? ''));
    const last = placed.at(-1);
    if (left === undefined) continue;
    if (last !== undefined && left - last.left < APART_PX) last.fixes.push(fix);
    else placed.push({ left, fixes: [fix] });
  }
  return placed;
}
