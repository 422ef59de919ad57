// A small bar for each part of a period: the shape, not the numbers; those are told in words to who can't see it.
import { html } from '../html.ts';

interface SparklineFields {
  /** Oldest first. */
  readonly counts: readonly number[];
  /** `errors by the hour over 24 hours`. */
  readonly label: string;
}

const BAR = 4;
const HEIGHT = 20;

export function Sparkline({ counts, label }: SparklineFields) {
  const most = Math.max(1, ...counts);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return html`<svg
    class="sparkline"
    role="img"
    aria-label="${total} ${label}, at most ${Math.max(0, ...counts)} at once"
    viewBox="0 0 ${counts.length * BAR} ${HEIGHT}"
    preserveAspectRatio="none"
  >
    ${counts.map((count, index) => {
      const height = count === 0 ? 1 : Math.max(2, (count / most) * HEIGHT);
      return html`<rect
        key=${index}
        class=${count === 0 ? 'none' : undefined}
        x=${index * BAR}
        y=${HEIGHT - height}
        width=${BAR - 1}
        height=${height}
      />`;
    })}
  </svg>`;
}
