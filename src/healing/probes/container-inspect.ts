import * as z from 'zod';
import type { EngineEvent } from '../container-engine.ts';
import type { Facts } from '../facts.ts';
import { operatorHold } from '../operator-hold.ts';
import { defineProbe } from '../probe.ts';
import type { Container } from '../target.ts';
import { healthProtocolOf } from './health-protocol.ts';
import { containerOf } from './target-container.ts';

const RECENT_OOM_MS = 600_000;
/** Exit code of a process that SIGKILL ended. */
const KILLED = 137;

export const containerInspect = defineProbe({
  name: 'container.inspect',
  summary: "State of the target's container now, and what the engine reported of it.",
  parameters: z.strictObject({}),
  facts: {
    status: 'created, running, paused, restarting, removing, exited, dead',
    health: 'none (no HEALTHCHECK), starting, healthy, unhealthy',
    exit_code: 'of a container that has exited',
    age_s: 'seconds since it was started; missing unless it runs',
    recent_oom: 'true: the engine reported oom in the last 10 minutes, or it was killed for its memory',
    operator_hold:
      'true: somebody other than Errata stopped, killed or paused it and did not start it again, or it looks so',
    paused: 'true: it is paused',
    memory_bytes: 'memory limit; 0: unlimited',
    health_protocol: 'what its HEALTHCHECK seems to ask for: http (curl, wget), postgresql (pg_isready), redis, …',
  },
  needsEngine: true,
  async run(_params, context) {
    const found = containerOf(context);
    if (found === undefined) return {};
    const { engine } = found;
    const container = await engine.inspect(found.container.id);
    if (container === undefined) return {};
    return inspectFacts(container, {
      events: engine.eventsOf(container.id),
      foreignEvents: engine.foreignEventsOf(container.id),
      nowMs: context.now(),
    });
  },
});

export interface Seen {
  readonly events: readonly EngineEvent[];
  readonly foreignEvents: readonly EngineEvent[];
  readonly nowMs: number;
}

export function inspectFacts(container: Container, seen: Seen): Facts {
  const { status, health, exitCode, memoryBytes } = container;
  const healthProtocol = healthProtocolOf(container.healthCommand);
  return {
    status,
    health,
    ...(hasExited(container) ? { exit_code: exitCode } : {}),
    ...(status === 'running' ? { age_s: Math.round((seen.nowMs - Date.parse(container.startedAt)) / 1_000) } : {}),
    recent_oom: isRecentOom(container, seen),
    operator_hold: operatorHold({ container, ...seen }) !== undefined,
    paused: status === 'paused',
    memory_bytes: memoryBytes,
    ...(healthProtocol === undefined ? {} : { health_protocol: healthProtocol }),
  };
}

function hasExited({ status }: Container): boolean {
  return status === 'exited' || status === 'dead' || status === 'restarting';
}

/** The flag alone does not tell: the engine keeps it over a restart, and does not set it for a child that was killed. */
function isRecentOom({ oomKilled, exitCode }: Container, { events, nowMs }: Seen): boolean {
  const recent = events.some(({ action, atMs }) => action === 'oom' && atMs > nowMs - RECENT_OOM_MS);
  return recent || (oomKilled && exitCode === KILLED);
}
