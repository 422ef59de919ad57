// Work on one thing, one after the other; on different things at once.

export interface Turns {
  /** Begins when all work that was given for this key before has ended, however it ended. */
  take<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>();
  return {
    take: (key, work) => {
      const done = (last.get(key) ?? Promise.resolve()).then(work);
      // How it ended is its caller's business.
      const settled = done.then(
        () => undefined,
        () => undefined,
      );
      last.set(key, settled);
      void settled.then(() => {
        if (last.get(key) === settled) last.delete(key);
      });
      return done;
    },
    idle: async () => void (await Promise.all(last.values())),
  };
}
