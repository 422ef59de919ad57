// How long there is left, by the second.
import { useState } from 'preact/hooks';
import { html } from '../html.ts';
import { useEvery } from '../load.ts';

/** `until`: ISO-8601. */
export function Countdown({ until }: { readonly until: string }) {
  const [now, setNow] = useState(Date.now());
  useEvery(1_000, () => setNow(Date.now()));
  return html`<time datetime=${until} title=${new Date(until).toLocaleString()}
    >${leftText(Date.parse(until) - now)}</time
  >`;
}

/** `9 min 05 s`, `1 h 10 min`, `no time`. */
function leftText(ms: number): string {
  if (ms <= 0) return 'no time';
  const seconds = Math.ceil(ms / 1_000);
  const two = (count: number) => String(count).padStart(2, '0');
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3_600)} h ${two(Math.floor((seconds % 3_600) / 60))} min`;
}
