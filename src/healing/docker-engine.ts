// The Docker engine through dockerode, with the API version pinned: a socket proxy in front of it allows paths by pattern.
// Nothing is tried twice here. A client error on a mutating call is `unknown`: the engine goes on with what it was told
// when its client is gone (measured: a restart ended 5.7 s after the client's time-out).
import Docker from 'dockerode';
import type { Logger } from 'pino';
import { Failure } from '../failure.ts';
import type { ContainerEngine, Mutation, Usage } from './container-engine.ts';
import { COMPOSE_PROJECT, COMPOSE_SERVICE, isOneOff, toContainer } from './container-view.ts';
import { createClock } from './clock.ts';
import { createDockerEvents, type EngineSignal } from './docker-events.ts';
import { createOwnCalls, type OwnCall } from './own-calls.ts';
import { AUTOFIX_LABEL, type Container, type ContainerSelector } from './target.ts';

export interface DockerEngineSettings {
  /** DOCKER_HOST: `unix:///path` or `tcp://host:port`. undefined: /var/run/docker.sock. */
  readonly host: string | undefined;
  /** PEM texts; tcp only. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
  readonly now: () => number;
  readonly logger: Logger;
  /** Beside a call's stop time-out; the default is for all but tests. */
  readonly answerWithinMs?: number;
}

export interface DockerEngine {
  readonly engine: ContainerEngine;
  /** Begins to follow the engine's events; an engine that is away is waited for. */
  start(): void;
  stop(): Promise<void>;
  subscribe(listener: (signal: EngineSignal) => void): () => void;
}

const API_VERSION = 'v1.41';
const READ_MS = 10_000;
/** More than the engine takes beyond the stop time-out (remediation.md (d), step 4). */
const ANSWER_WITHIN_MS = 25_000;
/** A call whose end we do not learn may still act for that long. */
const LINGERS_MS = 30_000;
/** More than one is ambiguous already. */
const MAX_FOUND = 20;
const MAX_REASON = 300;

export function createDockerEngine(settings: DockerEngineSettings): DockerEngine {
  const { now, logger, answerWithinMs = ANSWER_WITHIN_MS } = settings;
  const docker = new Docker(toDockerOptions(settings));
  const ownCalls = createOwnCalls(now);
  const events = createDockerEvents({ docker, clock: createClock(now), logger, ownCalls, ping });

  async function ping(): Promise<void> {
    await read((abortSignal) => (docker.ping.bind(docker) as Call)({ abortSignal }));
  }

  async function inspect(id: string): Promise<Container | undefined> {
    requireFullId(id);
    const info = await unlessGone(read((abortSignal) => docker.getContainer(id).inspect({ abortSignal })));
    return info === undefined ? undefined : toContainer(info);
  }

  async function list(labels: readonly string[]): Promise<readonly Container[]> {
    const filters = JSON.stringify({ label: labels });
    const rows = await read((abortSignal) => docker.listContainers({ all: true, filters, abortSignal }));
    const found = await Promise.all(rows.map(({ Id }) => inspect(Id)));
    return found.filter((container) => container !== undefined && !isOneOff(container)) as readonly Container[];
  }

  async function find(selector: ContainerSelector): Promise<readonly Container[]> {
    const wanted = Object.entries({
      ...selector.labels,
      ...(selector.project === undefined ? {} : { [COMPOSE_PROJECT]: selector.project }),
      ...(selector.service === undefined ? {} : { [COMPOSE_SERVICE]: selector.service }),
    });
    if (wanted.length === 0) return [];
    const found = await list(wanted.map(([name, value]) => `${name}=${value}`));
    return found.filter(({ labels }) => wanted.every(([name, value]) => labels[name] === value)).slice(0, MAX_FOUND);
  }

  async function listLabelled(): Promise<readonly Container[]> {
    const both = await Promise.all([list([`${AUTOFIX_LABEL}=true`]), list(['errata.service'])]);
    return [...new Map(both.flat().map((container) => [container.id, container])).values()];
  }

  async function usage(id: string): Promise<Usage | undefined> {
    requireFullId(id);
    const stats = await unlessGone(read((abortSignal) => statsOf(docker.getContainer(id), abortSignal)));
    // All zero when it does not run.
    if (stats?.memory_stats?.usage === undefined) return undefined;
    const { memory_stats: memory, cpu_stats: cpu, precpu_stats: before } = stats;
    const cache = memory.stats?.total_inactive_file ?? memory.stats?.inactive_file ?? 0;
    const used = cpu.cpu_usage.total_usage - before.cpu_usage.total_usage;
    const passed = cpu.system_cpu_usage - (before.system_cpu_usage ?? cpu.system_cpu_usage);
    return {
      memoryBytes: Math.max(0, memory.usage - cache),
      memoryLimitBytes: memory.limit,
      cpu: passed > 0 ? (used / passed) * (cpu.online_cpus ?? 1) : 0,
    };
  }

  async function hostMemory(): Promise<{ readonly totalBytes: number; readonly limitsBytes: number }> {
    const info = (await read((abortSignal) => (docker.info.bind(docker) as Call)({ abortSignal }))) as {
      readonly MemTotal?: number;
    };
    const rows = await read((abortSignal) => docker.listContainers({ abortSignal }));
    const running = await Promise.all(rows.map(({ Id }) => inspect(Id)));
    return {
      totalBytes: info.MemTotal ?? 0,
      limitsBytes: running.reduce((sum, container) => sum + (container?.memoryBytes ?? 0), 0),
    };
  }

  async function mutate(
    id: string,
    { call, stopTimeoutS }: { call: OwnCall | 'update'; stopTimeoutS: number },
    send: (container: Docker.Container, abortSignal: AbortSignal) => Promise<unknown>,
  ): Promise<Mutation> {
    requireFullId(id);
    const stopMs = stopTimeoutS * 1000;
    const end = call === 'update' ? () => undefined : ownCalls.begin(id, call, stopMs + LINGERS_MS);
    try {
      await within(stopMs + answerWithinMs, (abortSignal) => send(docker.getContainer(id), abortSignal));
    } catch (cause) {
      const refused = refusalOf(cause);
      if (refused !== undefined) end();
      return refused ?? { kind: 'unknown', reason: textOf(cause) };
    }
    end();
    return { kind: 'done' };
  }

  const engine: ContainerEngine = {
    ping,
    find,
    listLabelled,
    inspect,
    usage,
    hostMemory,
    restart: (id, stopTimeoutS) =>
      mutate(id, { call: 'restart', stopTimeoutS }, (container, abortSignal) =>
        container.restart({ t: stopTimeoutS, abortSignal }),
      ),
    start: (id) =>
      mutate(id, { call: 'start', stopTimeoutS: 0 }, (container, abortSignal) => container.start({ abortSignal })),
    stop: (id, stopTimeoutS) =>
      mutate(id, { call: 'stop', stopTimeoutS }, (container, abortSignal) =>
        container.stop({ t: stopTimeoutS, abortSignal }),
      ),
    setMemory: (id, Memory, MemorySwap) =>
      mutate(id, { call: 'update', stopTimeoutS: 0 }, (container, abortSignal) =>
        container.update({ Memory, MemorySwap, abortSignal }),
      ),
    eventsOf: events.eventsOf,
    foreignEventsOf: events.foreignEventsOf,
  };
  return { engine, start: events.start, stop: events.stop, subscribe: events.subscribe };
}

type Options = { readonly abortSignal: AbortSignal };

/** Of dockerode's calls whose types leave out that they take options too. */
type Call = (options: Options) => Promise<unknown>;

function statsOf(container: Docker.Container, abortSignal: AbortSignal): Promise<Docker.ContainerStats> {
  const options: { stream: false } & Options = { stream: false, abortSignal };
  return container.stats(options);
}

function read<T>(call: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
  return within(READ_MS, call).catch((cause: unknown) => {
    if (statusOf(cause) === 404) throw cause;
    throw new Failure('ENGINE_UNAVAILABLE', `the Docker engine does not answer: ${textOf(cause)}`, { cause });
  });
}

/** dockerode never settles when the connection breaks within an answer: the clock settles it. */
function within<T>(timeoutMs: number, call: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`no answer within ${timeoutMs} ms`));
      ending.abort();
    }, timeoutMs);
    call(ending.signal)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((cause: unknown) => {
    if (statusOf(cause) === 404) return undefined;
    throw cause;
  });
}

/** undefined: the engine may have done it. */
function refusalOf(cause: unknown): Mutation | undefined {
  const status = statusOf(cause);
  // It is already as wanted.
  if (status === 304) return { kind: 'done' };
  if (status === 404) return { kind: 'gone' };
  if (status !== undefined && status >= 400 && status < 500) return { kind: 'refused', reason: textOf(cause) };
  return undefined;
}

function statusOf(cause: unknown): number | undefined {
  const status = (cause as { readonly statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

function textOf(cause: unknown): string {
  const message = (cause as { readonly json?: { readonly message?: unknown } } | undefined)?.json?.message;
  const text = typeof message === 'string' ? message : cause instanceof Error ? cause.message : String(cause);
  return text.trim().slice(0, MAX_REASON);
}

/** A shorter one is a search: the engine would take any container whose id or name fits. */
function requireFullId(id: string): void {
  if (!/^[0-9a-f]{64}$/.test(id)) throw new Failure('INVALID_INPUT', 'a container is named by its full id');
}

function toDockerOptions({ host = 'unix:///var/run/docker.sock', tls }: DockerEngineSettings): Docker.DockerOptions {
  // dockerode reads the environment by itself; what stands here as undefined wins over it.
  const blank = {
    host: undefined,
    port: undefined,
    socketPath: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
  };
  const common = { ...blank, timeout: undefined, version: API_VERSION };
  if (host.startsWith('unix://') && host.length > 'unix://'.length) {
    return toOptions({ ...common, protocol: 'http', socketPath: host.slice('unix://'.length) });
  }
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url?.protocol !== 'tcp:' || url.hostname === '') {
    throw new Failure('CONFIG_INVALID', 'the Docker host must be unix:///path or tcp://host:port', {
      field: 'docker.host',
    });
  }
  const port = url.port === '' ? (tls === undefined ? '2375' : '2376') : url.port;
  const protocol = tls === undefined ? 'http' : 'https';
  return toOptions({ ...common, ...tls, protocol, host: url.hostname, port, pathPrefix: '/' });
}

/** Its types know no undefined, which is what it takes here. */
function toOptions(options: object): Docker.DockerOptions {
  return options;
}
