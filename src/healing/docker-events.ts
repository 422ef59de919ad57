// The engine's event stream, as a hint beside inspect: it keeps 256 events, drops them at its own end, and its connection
// breaks. Hence: connected → lost → (backoff) → connected, with `since` and a signal to look at everything anew.
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Logger } from 'pino';
import type { EngineEvent } from './container-engine.ts';
import type { Clock } from './clock.ts';
import type { OwnCalls } from './own-calls.ts';

export type EngineSignal =
  /** After a start or a gap: what happened in between is not known. */
  | { readonly kind: 'connected' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'event'; readonly containerId: string; readonly event: EngineEvent };

export interface EventsSettings {
  readonly docker: Docker;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ownCalls: OwnCalls;
  /** Throws when the engine does not answer: a connection that died in silence is found by it. */
  readonly ping: () => Promise<void>;
}

export interface DockerEvents {
  readonly start: () => void;
  readonly stop: () => Promise<void>;
  readonly subscribe: (listener: (signal: EngineSignal) => void) => () => void;
  readonly eventsOf: (id: string) => readonly EngineEvent[];
  readonly foreignEventsOf: (id: string) => readonly EngineEvent[];
}

/** exec_* of health checks would fill the engine's memory and ours. */
const ACTIONS = ['oom', 'die', 'stop', 'kill', 'start', 'restart', 'pause', 'unpause', 'destroy', 'health_status'];
/** What somebody asks the engine for; the rest happens to a container. */
const CALLS = new Set(['stop', 'kill', 'start', 'restart', 'pause', 'unpause']);

const MAX_EVENTS = 64;
const MAX_CONTAINERS = 1_000;
const MAX_LINE = 1024 * 1024;
const PING_EVERY_MS = 30_000;
const BACKOFF_MS = { first: 250, last: 30_000 };

interface Seen extends EngineEvent {
  /** As the engine dates it: after a reconnect the same event comes again. */
  readonly key: string;
  readonly foreign: boolean;
}

export function createDockerEvents({ docker, clock, logger, ownCalls, ping }: EventsSettings): DockerEvents {
  const rings = new Map<string, Seen[]>();
  const listeners = new Set<(signal: EngineSignal) => void>();
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  let lastAtMs = clock.now();

  function notify(signal: EngineSignal): void {
    for (const listener of listeners) listener(signal);
  }

  async function follow(): Promise<void> {
    let retryInMs = BACKOFF_MS.first;
    let away = false;
    while (!stopping.signal.aborted) {
      try {
        await read(() => {
          if (away) logger.info('the Docker engine is back');
          away = false;
          retryInMs = BACKOFF_MS.first;
          notify({ kind: 'connected' });
        });
      } catch (cause) {
        if (stopping.signal.aborted) return;
        if (!away) logger.warn({ code: 'ENGINE_UNAVAILABLE', err: cause, retryInMs }, 'the Docker engine is away');
        away = true;
      }
      notify({ kind: 'lost' });
      await clock.sleep(retryInMs, stopping.signal);
      retryInMs = Math.min(retryInMs * 2, BACKOFF_MS.last);
    }
  }

  /** Ends with the stream. */
  async function read(connected: () => void): Promise<void> {
    const ending = new AbortController();
    const end = () => ending.abort();
    stopping.signal.addEventListener('abort', end, { once: true });
    const alive = setInterval(() => void ping().catch(end), PING_EVERY_MS);
    try {
      await ping();
      const stream = (await docker.getEvents({
        // One second earlier: `since` counts in seconds, and what comes twice is known by its key.
        since: Math.floor(lastAtMs / 1000) - 1,
        filters: JSON.stringify({ type: ['container'], event: ACTIONS }),
        abortSignal: ending.signal,
      })) as Readable;
      ending.signal.addEventListener('abort', () => stream.destroy(), { once: true });
      if (ending.signal.aborted) stream.destroy();
      connected();
      let rest = '';
      // `aborted` and `error` of a broken connection end the loop with a throw, which is all that they have to say.
      for await (const chunk of stream.setEncoding('utf8')) {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop() ?? '';
        if (rest.length > MAX_LINE) throw new Error('an event has no end');
        for (const line of lines) take(line);
      }
    } finally {
      clearInterval(alive);
      stopping.signal.removeEventListener('abort', end);
    }
  }

  function take(line: string): void {
    const parsed = parseEvent(line);
    if (parsed === undefined) return;
    const { containerId, event, key } = parsed;
    lastAtMs = Math.max(lastAtMs, event.atMs);
    const ring = rings.get(containerId) ?? [];
    if (ring.some((seen) => seen.key === key)) return;
    const foreign = CALLS.has(event.action) && !ownCalls.claim(containerId, event);
    ring.push({ ...event, key, foreign });
    if (ring.length > MAX_EVENTS) ring.shift();
    // Set anew, so that the one that was silent for longest comes first.
    rings.delete(containerId);
    rings.set(containerId, ring);
    for (const oldest of rings.keys()) {
      if (rings.size <= MAX_CONTAINERS) break;
      rings.delete(oldest);
    }
    if (event.action === 'destroy') rings.delete(containerId);
    notify({ kind: 'event', containerId, event });
  }

  function eventsOf(id: string): readonly EngineEvent[] {
    return (rings.get(id) ?? []).map(toEvent);
  }

  return {
    start: () => {
      running ??= follow();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    eventsOf,
    foreignEventsOf: (id) => (rings.get(id) ?? []).filter((seen) => seen.foreign).map(toEvent),
  };
}

function toEvent({ action, atMs, exitCode }: Seen): EngineEvent {
  return { action, atMs, exitCode };
}

interface Parsed {
  readonly containerId: string;
  readonly event: EngineEvent;
  readonly key: string;
}

function parseEvent(line: string): Parsed | undefined {
  if (line.trim() === '') return undefined;
  let raw: {
    Action?: unknown;
    timeNano?: unknown;
    Actor?: { ID?: unknown; Attributes?: Record<string, unknown> };
  };
  try {
    raw = JSON.parse(line) as typeof raw;
  } catch {
    // A hint that can't be read is no hint.
    return undefined;
  }
  const { Action: action, timeNano, Actor: actor } = raw;
  if (typeof action !== 'string' || typeof timeNano !== 'number' || typeof actor?.ID !== 'string') return undefined;
  const exitCode = Number.parseInt(String(actor.Attributes?.['exitCode']), 10);
  return {
    containerId: actor.ID,
    event: {
      action: action.slice(0, 100),
      atMs: Math.floor(timeNano / 1e6),
      exitCode: Number.isNaN(exitCode) ? undefined : exitCode,
    },
    key: `${timeNano} ${action}`,
  };
}
