// The pause switch, as everybody on the page sees it.
import { signal } from '@preact/signals';
import { get, post } from './api-client.ts';
import type { PauseState } from './answers.ts';

export const pauseState = signal<PauseState | undefined>(undefined);

/** Throws Problem. */
export async function readPause(): Promise<void> {
  pauseState.value = await get<PauseState>('/api/healing');
}

/** Throws Problem. */
export async function setPause(paused: boolean, reason: string): Promise<void> {
  pauseState.value = await post<PauseState>('/api/healing/pause', reason === '' ? { paused } : { paused, reason });
}
