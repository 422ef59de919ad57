// Which services there are: those of errata.yaml, filled up and joined by what labelled containers tell. What was
// corrected of a health check is kept in a file of its own, as errata.yaml is the operator's.
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import * as z from 'zod';
import { Failure } from '../failure.ts';
import type { HealthCheckCatalogue, ServiceId } from './action.ts';
import { mergeServices } from './discover-services.ts';
import type { DockerEngine } from './docker-engine.ts';
import { type CatalogueService, type Container, type Protocol, protocols } from './target.ts';

export interface CatalogueSettings {
  readonly services: readonly CatalogueService[];
  /** undefined: none is configured, labels are not read. */
  readonly docker: DockerEngine | undefined;
  /** `<data_dir>/health-checks.json`. */
  readonly healthChecksFile: string;
  readonly logger: Pick<Logger, 'warn'>;
}

export interface ServiceCatalogue extends HealthCheckCatalogue {
  readonly services: () => readonly CatalogueService[];
  /** Labelled ones, as last seen. */
  readonly containers: () => readonly Container[];
  /** Reads the file and looks at the engine once; one that is away is no fault. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Looks at the engine now; what is known stays when it is away. */
  readonly refresh: () => Promise<void>;
}

const REFRESH_MS = 30_000;
/** After these, addresses or containers are others. */
const CHANGES = new Set(['start', 'die', 'destroy']);

/** By `company/name`. */
const fileSchema = z.record(z.string(), z.enum(protocols));

export function createCatalogue({ services, docker, healthChecksFile, logger }: CatalogueSettings): ServiceCatalogue {
  let corrected = new Map<string, Protocol>();
  let containers: readonly Container[] = [];
  let merged = services;
  let looking: Promise<void> | undefined;
  let lookAgain = false;
  let writing: Promise<unknown> = Promise.resolve();
  let leave: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;

  function refresh(): Promise<void> {
    // What changes while it looks is seen by one more look.
    lookAgain = true;
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  async function look(): Promise<void> {
    if (docker === undefined) return;
    while (lookAgain) {
      lookAgain = false;
      try {
        containers = await docker.engine.listLabelled();
        merged = mergeServices(services, containers);
      } catch (cause) {
        // docker-events.ts says so when the engine is away.
        if (!(cause instanceof Failure && cause.code === 'ENGINE_UNAVAILABLE')) throw cause;
      }
    }
  }

  function refreshSoon(): void {
    refresh().catch((cause: unknown) => logger.warn({ err: cause }, 'labels of containers could not be read'));
  }

  function healthCheckOf({ name, company }: ServiceId): Protocol | undefined {
    const listed = merged.find((service) => service.name === name && service.company === company);
    return corrected.get(keyOf({ name, company })) ?? listed?.healthCheck?.protocol;
  }

  async function correct(service: ServiceId, protocol: Protocol) {
    const before = healthCheckOf(service);
    const next = new Map(corrected).set(keyOf(service), protocol);
    // Whole or not at all, also when the machine goes down.
    const draft = `${healthChecksFile}.new`;
    await writeFile(draft, JSON.stringify(Object.fromEntries(next), undefined, 2), { flush: true });
    await rename(draft, healthChecksFile);
    corrected = next;
    return { before, after: protocol };
  }

  return {
    healthCheckOf,
    correctHealthCheck: (service, protocol) => {
      // One after the other: each writes all of them.
      const done = writing.then(() => correct(service, protocol));
      writing = done.catch(() => undefined);
      return done;
    },
    services: () =>
      merged.map((service) => {
        const protocol = corrected.get(keyOf(service));
        return protocol === undefined
          ? service
          : { ...service, healthCheck: { protocol, path: service.healthCheck?.path ?? '/' } };
      }),
    containers: () => containers,
    refresh,
    start: async () => {
      corrected = await readCorrected(healthChecksFile, logger);
      leave = docker?.subscribe((signal) => {
        if (signal.kind === 'connected' || (signal.kind === 'event' && CHANGES.has(signal.event.action))) refreshSoon();
      });
      timer = setInterval(refreshSoon, REFRESH_MS);
      await refresh();
    },
    stop: async () => {
      leave?.();
      clearInterval(timer);
      await looking;
      await writing;
    },
  };
}

function keyOf({ company, name }: ServiceId): string {
  return `${company}/${name}`;
}

async function readCorrected(path: string, logger: Pick<Logger, 'warn'>): Promise<Map<string, Protocol>> {
  try {
    return new Map(Object.entries(fileSchema.parse(JSON.parse(await readFile(path, 'utf8')))));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') {
      logger.warn({ err: cause, path }, 'corrected health checks can not be read: errata.yaml holds');
    }
    return new Map();
  }
}
