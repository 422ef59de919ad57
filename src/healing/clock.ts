// Time as healing needs it, so that tests can move it.

export interface Clock {
  readonly now: () => number;
  /** Resolves early when aborted; never throws. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export function createClock(now: () => number): Clock {
  return {
    now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted || ms <= 0) return resolve();
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        signal.addEventListener('abort', done, { once: true });
      }),
  };
}
