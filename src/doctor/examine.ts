// All checks of `errata doctor`, in the order in which a start would stumble.
import type { Logger } from 'pino';
import type { TokenRecord } from '../access/token-record.ts';
import type { ChannelSettings } from '../agents/channel.ts';
import type { AgentsSettings } from '../agents/roster.ts';
import type { HealingConfig } from '../healing/assemble-healing.ts';
import type { StoreSettings } from '../store/clickhouse-store.ts';
import { urlOf } from './ask-http.ts';
import { checkChannels } from './check-channels.ts';
import { checkCollector } from './check-collector.ts';
import { checkDataFolder } from './check-data-folder.ts';
import { checkDocker } from './check-docker.ts';
import { checkPorts } from './check-ports.ts';
import { checkRules } from './check-rules.ts';
import { checkRunningClock, checkStore } from './check-store.ts';
import { checkTokens } from './check-tokens.ts';
import { findRunning } from './find-running.ts';
import type { Finding } from './finding.ts';

/** Of the configuration. */
export interface DoctorSettings extends HealingConfig {
  readonly host: string;
  readonly ports: { readonly otlp: number; readonly api: number; readonly admin: number };
  readonly store: StoreSettings;
  readonly tokens: readonly TokenRecord[];
  readonly agents: Pick<AgentsSettings, 'roster'>;
  readonly channels: readonly ChannelSettings[];
}

export interface DoctorDeps {
  readonly now: () => number;
  readonly logger: Logger;
  /** Base URL of the collector's OTLP port. */
  readonly collector: string | undefined;
}

/** Looks only: nothing is made, migrated or sent. Never throws. */
export async function examine(
  settings: DoctorSettings,
  { now, logger, collector }: DoctorDeps,
): Promise<readonly Finding[]> {
  const { host, ports, dataDir, docker } = settings;
  const running = ports.api === 0 ? undefined : await findRunning(urlOf(host, ports.api), now);
  return [
    ...(await checkDataFolder(dataDir)),
    ...(await checkPorts({ host, ports, isRunning: running !== undefined })),
    ...(await checkStore(settings.store, { running, now })),
    ...checkRunningClock(running),
    ...checkRules(settings.rules),
    ...(await checkDocker({
      docker,
      isActing: settings.healing.mode !== 'observe',
      rules: settings.rules,
      now,
      logger,
    })),
    ...checkTokens({ dataDir, tokens: settings.tokens, agents: settings.agents.roster, nowMs: now() }),
    ...checkChannels(settings.channels, settings.secrets),
    ...(await checkCollector(collector, ports.otlp)),
  ];
}
