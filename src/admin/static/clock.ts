// The time that relative times are told by. It ticks for the whole page at once, and not while nobody looks.
import { signal } from '@preact/signals';

const TICK_MS = 5_000;

export const nowMs = signal(Date.now());

export function startClock(): void {
  const tick = () => {
    if (!document.hidden) nowMs.value = Date.now();
  };
  setInterval(tick, TICK_MS);
  document.addEventListener('visibilitychange', tick);
}
