// When Errata was last heard, and what it answered last: while it is away a view that was seen before is shown as it was
// then, and the banner says since when. Forgotten when somebody signs out.
import { signal } from '@preact/signals';

/** When the last answer came, once none comes any more; undefined: it answers. */
export const silentSinceMs = signal<number | undefined>(undefined);

/** Views and their parts ask some dozens of questions; the oldest is let go. */
const MOST = 60;

const answers = new Map<string, unknown>();
let heardMs = Date.now();

export function heard(): void {
  heardMs = Date.now();
  silentSinceMs.value = undefined;
}

export function unheard(): void {
  silentSinceMs.value ??= heardMs;
}

export function keepAnswer(address: string, answer: unknown): void {
  answers.delete(address);
  answers.set(address, answer);
  for (const oldest of answers.keys()) {
    if (answers.size <= MOST) return;
    answers.delete(oldest);
  }
}

export function lastAnswer(address: string): unknown {
  return answers.get(address);
}

export function forgetAnswers(): void {
  answers.clear();
}
