// Was the container stopped by someone else? Then it stays stopped: a fix must not fight the operator.
import type { EngineEvent } from './container-engine.ts';
import type { Container } from './target.ts';

export interface HoldEvidence {
  readonly container: Container;
  /** All that was seen of it since Errata started, oldest first. */
  readonly events: readonly EngineEvent[];
  /** Those of them that Errata did not cause. */
  readonly foreignEvents: readonly EngineEvent[];
}

const STOPS = new Set(['stop', 'kill', 'pause']);
const STARTS = new Set(['start', 'restart', 'unpause']);
const ENDS = new Set(['die', 'stop', 'kill']);

/** dockerd itself died and took it along (measured); nobody asked for that. */
const ENGINE_DIED = 255;
/** It ended by itself when asked to: 0, or SIGTERM without a handler. */
const ENDED_POLITELY = new Set([0, 143]);

/** A sentence when it is held; undefined when it may be acted on. */
export function operatorHold({ container, events, foreignEvents }: HoldEvidence): string | undefined {
  if (container.status === 'paused') return `${container.name} is paused`;
  if (container.status === 'created') return `${container.name} was created and never started`;
  if (container.status !== 'exited' && container.status !== 'dead') return undefined;
  const last = foreignEvents.findLast(({ action }) => STOPS.has(action) || STARTS.has(action));
  if (last !== undefined && STOPS.has(last.action)) {
    return `${container.name} was stopped from outside (${last.action} at ${new Date(last.atMs).toISOString()})`;
  }
  // Seen to end, and nobody stopped it: it fell over.
  if (container.oomKilled || events.some(({ action }) => ENDS.has(action))) return undefined;
  // It ended before Errata looked. What the engine would have started again by itself was stopped on purpose.
  const engineRestarts = container.restartPolicy === 'always' || container.restartPolicy === 'unless-stopped';
  if (engineRestarts ? container.exitCode === ENGINE_DIED : !ENDED_POLITELY.has(container.exitCode)) return undefined;
  return `${container.name} ended with code ${container.exitCode} while nobody watched, as after a stop by hand`;
}
