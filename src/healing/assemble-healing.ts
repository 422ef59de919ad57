// Puts healing together: rules that follow their files, the Docker engine, the catalogue, the fix engine.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { Failure } from '../failure.ts';
import type { AttemptStore } from '../store/attempt-store.ts';
import type { ErrorStore } from '../store/error-store.ts';
import { actions } from './actions/catalogue.ts';
import type { Attempt } from './attempt.ts';
import { createClock } from './clock.ts';
import { createDockerEngine } from './docker-engine.ts';
import type { DockerEngine } from './docker-engine.ts';
import { createHealing } from './engine.ts';
import type { HealingSettings } from './engine.ts';
import type { Healing } from './healing.ts';
import { createProbeEcho } from './probe-echo.ts';
import { probes } from './probes/catalogue.ts';
import { createSecrets } from './secrets.ts';
import { createCatalogue } from './service-catalogue.ts';
import type { CatalogueService } from './target.ts';
import { createRuleWatch } from './watch-rules.ts';

export interface HealingConfig {
  readonly healing: HealingSettings;
  /** Folder of the rules. */
  readonly rules: string;
  readonly services: readonly CatalogueService[];
  readonly docker: {
    readonly host: string | undefined;
    /** Paths of PEM files. */
    readonly tls: { readonly ca: string; readonly cert: string; readonly key: string } | undefined;
  };
  /** Variables that `services` refers to as `env:NAME`. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly dataDir: string;
}

export interface HealingParts {
  readonly store: ErrorStore & AttemptStore;
  readonly now: () => number;
  readonly newId: () => string;
  readonly logger: Logger;
  /** See HealingDeps. */
  readonly onNews?: (attempt: Attempt) => void;
}

interface Assembled extends Healing {
  start(): Promise<void>;
  stop(deadlineMs: number): Promise<void>;
}

/** Throws CONFIG_INVALID when the rules are faulty. */
export function assembleHealing(config: HealingConfig, parts: HealingParts): Assembled {
  const { store, now, newId, logger, onNews } = parts;
  const watch = createRuleWatch({
    folder: config.rules,
    catalogue: { probes, actions },
    onRules: (rules) => logger.info({ rules: rules.length }, 'the rules were read anew'),
    onFaults: (faults) => logger.error({ faults }, 'the rules are faulty: those from before stay in force'),
  });
  const docker = openDocker(config, { now, logger });
  let isEngineUp = false;
  docker?.subscribe(({ kind }) => {
    isEngineUp = kind !== 'lost';
  });
  const catalogue = createCatalogue({
    services: config.services,
    docker,
    healthChecksFile: join(config.dataDir, 'health-checks.json'),
    logger,
  });
  const healing = createHealing(config.healing, {
    store,
    rules: () => watch.rules(),
    probes,
    actions,
    engine: docker?.engine,
    isEngineUp: () => isEngineUp,
    catalogue,
    echo: createProbeEcho({ now }),
    secret: createSecrets({ env: config.secrets }),
    clock: createClock(now),
    newId,
    logger,
    ...(onNews === undefined ? {} : { onNews }),
  });
  return {
    ...healing,
    start: async () => {
      docker?.start();
      await catalogue.start();
      watch.start();
      await healing.start();
    },
    stop: async (deadlineMs) => {
      watch.stop();
      await healing.stop(deadlineMs);
      await catalogue.stop();
      await docker?.stop();
    },
  };
}

function openDocker(
  { docker: { host, tls } }: HealingConfig,
  parts: { readonly now: () => number; readonly logger: Logger },
): DockerEngine | undefined {
  if (host === undefined) return undefined;
  const read = (key: 'ca' | 'cert' | 'key', path: string) => {
    try {
      return readFileSync(path, 'utf8');
    } catch (cause) {
      throw new Failure('CONFIG_INVALID', `docker.tls.${key}: ${path} can't be read`, { cause });
    }
  };
  if (tls === undefined) return createDockerEngine({ host, ...parts });
  const pem = { ca: read('ca', tls.ca), cert: read('cert', tls.cert), key: read('key', tls.key) };
  return createDockerEngine({ host, tls: pem, ...parts });
}
