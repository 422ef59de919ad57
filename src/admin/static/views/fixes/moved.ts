// Counts what the open attempt went through, by itself or by what was decided here: the list need not wait for its turn.
import { signal } from '@preact/signals';

export const moved = signal(0);
