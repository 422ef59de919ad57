// Who sends: the resource attributes of a service. semconv resource/service, host, container, deployment.
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import type { Resource } from '@opentelemetry/resources';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';

export interface Identity {
  readonly service: string;
  readonly environment?: string;
  readonly release?: string;
  readonly companyId?: number;
}

const instanceId = randomUUID();

/** OTEL_RESOURCE_ATTRIBUTES fills in what the identity does not say. */
export function resourceOf(identity: Identity): Resource {
  const containerId = containerIdIn(readText('/proc/self/cgroup'), readText('/proc/self/mountinfo'));
  return defaultResource()
    .merge(detectResources({ detectors: [envDetector] }))
    .merge(
      resourceFromAttributes({
        'service.name': identity.service,
        'service.instance.id': instanceId,
        'host.name': hostname(),
        'process.pid': process.pid,
        ...(identity.release === undefined ? {} : { 'service.version': identity.release }),
        ...(identity.environment === undefined ? {} : { 'deployment.environment.name': identity.environment }),
        ...(identity.companyId === undefined ? {} : { 'company.id': identity.companyId }),
        ...(containerId === undefined ? {} : { 'container.id': containerId }),
      }),
    );
}

/** cgroup v1 ends its paths in the id; under v2 the engine's bind mounts of /etc/hostname name it. */
export function containerIdIn(cgroup: string, mountinfo: string): string | undefined {
  return (
    /[/-]([0-9a-f]{64})(?:\.scope)?$/m.exec(cgroup)?.[1] ??
    /\/(?:containers|overlay-containers|sandboxes)\/([0-9a-f]{64})\//.exec(mountinfo)?.[1]
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // No Linux, or no /proc: then there is no container id to be had.
    return '';
  }
}
