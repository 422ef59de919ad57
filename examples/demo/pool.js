// A connection pool as most are: who waits longer than allowed is told that it is exhausted.
import { setTimeout as sleep } from 'node:timers/promises';

export function createPool({ name, size, waitMs }) {
  let inUse = 0;
  let waiting = 0;
  return {
    async acquire() {
      waiting++;
      await sleep(waitMs);
      waiting--;
      if (inUse >= size) throw new Error(`${name} connection pool exhausted: ${inUse} of ${size} in use`);
      inUse++;
    },
    /** A connection that is never given back. */
    leak() {
      inUse++;
    },
    state: () => ({ size, in_use: inUse, waiting }),
  };
}
