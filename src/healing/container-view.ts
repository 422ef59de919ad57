// docker inspect → Container: only what healing reads, bounded, whatever the engine's version leaves out.
import type { ContainerInspectInfo } from 'dockerode';
import type { Container } from './target.ts';

export const COMPOSE_PROJECT = 'com.docker.compose.project';
export const COMPOSE_SERVICE = 'com.docker.compose.service';
const COMPOSE_ONEOFF = 'com.docker.compose.oneoff';

/** Services of Errata's own deployment, by their compose name; a label errata.role says the same. */
const OWN_SERVICES: readonly string[] = [
  'errata',
  'clickhouse',
  'clickhouse-keeper',
  'otel-collector',
  'collector',
  'socket-proxy',
  'docker-socket-proxy',
];

const MAX_COMMAND = 200;
const statuses: readonly string[] = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'];

export function toContainer(info: ContainerInspectInfo): Container {
  const state = info.State;
  const networks = Object.values(info.NetworkSettings.Networks ?? {});
  return {
    id: info.Id,
    name: info.Name.replace(/^\//, ''),
    labels: info.Config.Labels ?? {},
    status: statuses.includes(state.Status) ? (state.Status as Container['status']) : 'dead',
    health: healthOf(state.Health?.Status),
    startedAt: state.StartedAt,
    finishedAt: state.FinishedAt,
    createdAtMs: Date.parse(info.Created),
    exitCode: state.ExitCode,
    oomKilled: state.OOMKilled,
    memoryBytes: info.HostConfig.Memory ?? 0,
    memorySwapBytes: info.HostConfig.MemorySwap ?? 0,
    restartPolicy: info.HostConfig.RestartPolicy?.Name ?? 'no',
    healthCommand: commandOf(info.Config.Healthcheck?.Test),
    addresses: networks.flatMap((network) => [network.IPAddress, network.GlobalIPv6Address]).filter(Boolean),
    networkMode: info.HostConfig.NetworkMode ?? '',
  };
}

/** `docker compose run` carries the labels of the service, and is not the service. */
export function isOneOff(container: Container): boolean {
  return (container.labels[COMPOSE_ONEOFF] ?? '').toLowerCase() === 'true';
}

/** Never a target: who heals himself can't see that it went wrong. */
export function isOwnStack(container: Container): boolean {
  const service = container.labels[COMPOSE_SERVICE]?.toLowerCase();
  return container.labels['errata.role'] !== undefined || (service !== undefined && OWN_SERVICES.includes(service));
}

function healthOf(status: string | undefined): Container['health'] {
  return status === 'starting' || status === 'healthy' || status === 'unhealthy' ? status : 'none';
}

function commandOf(test: readonly string[] | undefined): string {
  const [kind, ...words] = test ?? [];
  return kind === 'CMD' || kind === 'CMD-SHELL' ? words.join(' ').slice(0, MAX_COMMAND) : '';
}
