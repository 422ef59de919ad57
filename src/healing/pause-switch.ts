// The kill switch: while it is on nothing is changed. Kept in the store, so that a restart does not turn it off.
import type { AttemptStore } from '../store/attempt-store.ts';
import type { PauseState } from './healing.ts';

const SETTING = 'healing.paused';

export interface PauseSwitch {
  load(): Promise<void>;
  state(): PauseState;
  /** Durable when it resolves. */
  set(state: PauseState): Promise<PauseState>;
}

export function createPauseSwitch(store: Pick<AttemptStore, 'getSetting' | 'setSetting'>): PauseSwitch {
  // Until it was read, nothing may be changed.
  let current: PauseState = { paused: true, by: 'errata: the switch was not read yet', atMs: 0 };
  return {
    load: async () => {
      const text = await store.getSetting(SETTING);
      current = text === undefined ? { paused: false, by: '', atMs: 0 } : (JSON.parse(text) as PauseState);
    },
    state: () => current,
    set: async (state) => {
      await store.setSetting(SETTING, JSON.stringify(state));
      current = state;
      return state;
    },
  };
}
