// Forty targets at once are not forty faults: a network, a database or the engine itself is behind them, and forty
// restarts would make it worse. More distinct targets than that within the window: none is acted on, one escalation.
//
// The first target must not have been acted on when the other thirty-nine come, so the engine holds each firing for
// `gatherMs` and then asks for all that it holds at once.

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

export interface PastFiring extends TargetFiring {
  /** It met the stop: its escalation is out. */
  readonly stopped: boolean;
}

export type CommonCauseVerdict =
  | { readonly kind: 'go' }
  /** `first`: the one that escalates. `targets`: distinct, sorted. */
  | { readonly kind: 'stop'; readonly first: boolean; readonly targets: readonly string[]; readonly note: string };

export interface CommonCause {
  /** For all of `pending` at once. `recent`: what was decided before, of all companies, at least `withinMs` back. */
  decide(pending: readonly TargetFiring[], recent: readonly PastFiring[]): CommonCauseVerdict;
}

export function createCommonCause({ targets: allowed, withinMs }: CommonCauseSettings): CommonCause {
  return {
    decide: (pending, recent) => {
      const nowMs = Math.max(...pending.map(({ atMs }) => atMs));
      const near = recent.filter(({ atMs }) => atMs > nowMs - withinMs);
      const targets = [...new Set([...near, ...pending].map(({ targetKey }) => targetKey))].sort();
      if (targets.length <= allowed) return { kind: 'go' };
      const seconds = Math.round(withinMs / 1_000);
      const note = `${targets.length} targets failed within ${seconds} s, more than ${allowed}: a common cause is likely`;
      return { kind: 'stop', first: near.every(({ stopped }) => !stopped), targets, note };
    },
  };
}
