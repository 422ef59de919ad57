// A line at the foot of the page that says what happened, for eyes and for screen readers.
import { signal } from '@preact/signals';

export interface Toast {
  readonly kind: 'done' | 'failed';
  readonly text: string;
}

export const toast = signal<Toast | undefined>(undefined);

/** Read out, not shown: what changed on the page by itself. */
export const spoken = signal('');

const SHOWN_MS = 6_000;

let hiding: ReturnType<typeof setTimeout> | undefined;

export function say(kind: Toast['kind'], text: string): void {
  clearTimeout(hiding);
  toast.value = { kind, text };
  hiding = setTimeout(() => {
    toast.value = undefined;
  }, SHOWN_MS);
}

/** In a storm a screen reader is told how many, and not more often than this. */
const TELL_EVERY_MS = 3_000;

let untold = 0;
let telling: ReturnType<typeof setTimeout> | undefined;

/** Tells of errors that arrived by themselves. */
export function tellArrived(count: number): void {
  untold += count;
  telling ??= setTimeout(() => {
    spoken.value = untold === 1 ? 'One new error' : `${untold} new errors`;
    untold = 0;
    telling = undefined;
  }, TELL_EVERY_MS);
}
