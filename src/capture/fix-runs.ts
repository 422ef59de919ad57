// Which fixes ran, by key, so that one key changes something once: calls at the same time share a run, later ones get
// its answer. A run that failed changed nothing, so its key may run again.
import { randomUUID } from 'node:crypto';
import { SIGNATURE_WINDOW_MS } from './fix-signature.ts';

export type FixState =
  | { readonly state: 'running' }
  | { readonly state: 'applied'; readonly result: unknown }
  | { readonly state: 'failed'; readonly error: string };

interface Run {
  /** Of what was asked under the key. */
  readonly digest: string;
  readonly startedAtMs: number;
  readonly ended: Promise<FixState>;
  state: FixState;
}

export type Started = { readonly run: Promise<FixState> } | { readonly refused: 'conflict' | 'full' };

/** Results are at most 32 KiB each. */
const MAX_RUNS = 256;
/** A request may be dated ahead by one window and be replayed until the end of the next. */
const MUST_REMEMBER_MS = 2 * SIGNATURE_WINDOW_MS;

export function createFixRuns(now: () => number) {
  const runs = new Map<string, Run>();
  let memory: string = randomUUID();

  /** Makes room for one more, but never by forgetting what could still be replayed or still runs. */
  function hasRoom(): boolean {
    if (runs.size < MAX_RUNS) return true;
    for (const [key, run] of runs) {
      if (run.state.state === 'running' || now() - run.startedAtMs <= MUST_REMEMBER_MS) continue;
      runs.delete(key);
      memory = randomUUID();
      return true;
    }
    return false;
  }

  return {
    /** Another one after a start, and after a key was forgotten: only under the same one does "never seen" mean it. */
    memory: (): string => memory,
    stateOf: (key: string): FixState | undefined => runs.get(key)?.state,
    start({ key, digest }: { key: string; digest: string }, work: () => Promise<FixState>): Started {
      const known = runs.get(key);
      if (known !== undefined && known.digest !== digest) return { refused: 'conflict' };
      if (known !== undefined && known.state.state !== 'failed') return { run: known.ended };
      if (known === undefined && !hasRoom()) return { refused: 'full' };
      const ended = work();
      const run: Run = { digest, startedAtMs: now(), ended, state: { state: 'running' } };
      runs.set(key, run);
      return {
        run: ended.then((state) => {
          run.state = state;
          return state;
        }),
      };
    },
  };
}
