// Forty targets at once are not forty faults: a network, a database or the engine itself is behind them, and forty
// restarts would make it worse. More distinct targets than that within the window: none is acted on, one escalation.
//
// A target that has been failing for longer than the window is none of them: else five that are broken for good would stop
// all others for ever. One that met the stop stays stopped, though, until it falls silent: a long outage is no time to restart.
//
// The first target must not have been acted on when the other thirty-nine come, so the engine holds each firing for
// `gatherMs` and then asks for all that it holds at once.

import { REFIRE_MS } from './matcher.ts';

/** Long enough for one commit of the store and what came with it; short against the seconds that a restart takes. */
export const GATHER_MS = 1_500;

export interface CommonCauseSettings {
  /** So many may be acted on. */
  readonly targets: number;
  readonly withinMs: number;
}

export interface TargetFiring {
  readonly targetKey: string;
  readonly atMs: number;
}

export type CommonCauseVerdict =
  | { readonly kind: 'go' }
  /** `first`: the one that escalates. `targets`: distinct, sorted. */
  | { readonly kind: 'stop'; readonly first: boolean; readonly targets: readonly string[]; readonly note: string };

export interface CommonCause {
  /** For all that was gathered at once, in the order of time; remembers it. */
  decide(firings: readonly TargetFiring[]): CommonCauseVerdict;
}

/** Targets remembered; past it the ones that fired longest ago are forgotten. */
const MAX_TARGETS = 20_000;

interface Failing {
  readonly sinceMs: number;
  readonly lastMs: number;
  /** It met the stop, and stays stopped until it falls silent. */
  readonly stopped: boolean;
}

export function createCommonCause({ targets: allowed, withinMs }: CommonCauseSettings): CommonCause {
  /** Oldest firing first. */
  const seen = new Map<string, Failing>();

  function remember(targetKey: string, nowMs: number): void {
    const known = seen.get(targetKey);
    // Firings come every 30 s while it lasts: after a longer silence it begins anew.
    const goesOn = known !== undefined && nowMs - known.lastMs <= Math.max(withinMs, 2 * REFIRE_MS);
    seen.delete(targetKey);
    seen.set(targetKey, goesOn ? { ...known, lastMs: nowMs } : { sinceMs: nowMs, lastMs: nowMs, stopped: false });
    const [oldest] = seen.keys();
    if (seen.size > MAX_TARGETS && oldest !== undefined) seen.delete(oldest);
  }

  /** What has been failing for longer has nothing to do with what begins to fail now, or was stopped with others then. */
  function beganSince(fromMs: number): readonly (readonly [string, Failing])[] {
    return [...seen].filter(([, { sinceMs }]) => sinceMs > fromMs);
  }

  return {
    decide: (firings) => {
      const nowMs = Math.max(...firings.map(({ atMs }) => atMs));
      for (const { targetKey } of firings) remember(targetKey, nowMs);
      const began = beganSince(nowMs - withinMs);
      const isStop = began.length > allowed;
      const still = firings.map(({ targetKey }) => targetKey).filter((key) => seen.get(key)?.stopped === true);
      const targets = [...new Set([...(isStop ? began.map(([key]) => key) : []), ...still])].sort();
      if (targets.length === 0) return { kind: 'go' };
      for (const key of targets) {
        const target = seen.get(key);
        if (target !== undefined) seen.set(key, { ...target, stopped: true });
      }
      const seconds = Math.round(withinMs / 1_000);
      const note = isStop
        ? `${began.length} targets failed within ${seconds} s, more than ${allowed}: a common cause is likely`
        : 'it was stopped with many others, and has been failing since';
      return { kind: 'stop', first: isStop && began.every(([, { stopped }]) => !stopped), targets, note };
    },
  };
}
