// Which events are the echo of our own calls. The engine does not say who asked: what a call brings about, on its container
// and in its time, is ours, each as often as the call brings it about; the next one of the same kind is somebody else's.
import type { EngineEvent } from './container-engine.ts';

export interface OwnCalls {
  /** Before the call. The answer is to be called when the engine has said what came of it; not after a time-out. */
  begin(containerId: string, call: OwnCall, lastsAtMostMs: number): () => void;
  /** True: it is ours, and spent. */
  claim(containerId: string, event: EngineEvent): boolean;
}

export type OwnCall = keyof typeof echoes;

/** Stopping is SIGTERM and, when that does not help, SIGKILL. */
const echoes = {
  restart: { kill: 2, stop: 1, start: 1, restart: 1 },
  stop: { kill: 2, stop: 1 },
  start: { start: 1 },
} as const satisfies Record<string, Record<string, number>>;

/** The engine's clock may differ from ours, and its events come after its answer. */
const SLACK_MS = 2_000;
const MAX_CALLS = 1_000;

export function createOwnCalls(now: () => number): OwnCalls {
  let calls: { containerId: string; left: Map<string, number>; fromMs: number; untilMs: number }[] = [];
  return {
    begin(containerId, call, lastsAtMostMs) {
      const fromMs = now() - SLACK_MS;
      const untilMs = now() + lastsAtMostMs + SLACK_MS;
      const begun = { containerId, left: new Map<string, number>(Object.entries(echoes[call])), fromMs, untilMs };
      calls = [...calls.slice(1 - MAX_CALLS), begun];
      return () => {
        begun.untilMs = now() + SLACK_MS;
      };
    },
    claim(containerId, { action, atMs }) {
      for (const call of calls) {
        const left = call.left.get(action) ?? 0;
        if (call.containerId !== containerId || left === 0 || atMs < call.fromMs || atMs > call.untilMs) continue;
        call.left.set(action, left - 1);
        // Nothing is left to kill: what is killed from here on is killed by somebody else.
        if (action === 'stop') call.left.delete('kill');
        return true;
      }
      return false;
    },
  };
}
