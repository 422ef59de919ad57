// Puts the agents' part together from its settings: who is told, who is asked, and what is remembered of who called.
import type { Logger } from 'pino';
import type { Attempt } from '../healing/attempt.ts';
import { createClock } from '../healing/clock.ts';
import { createSecrets } from '../healing/secrets.ts';
import type { Metrics } from '../metrics.ts';
import type { AgentStore } from '../store/agent-store.ts';
import type { AttemptStore } from '../store/attempt-store.ts';
import type { ErrorStore } from '../store/error-store.ts';
import { createActivityLog } from './activity-log.ts';
import type { ActivityLog } from './activity.ts';
import type { Agents } from './agents.ts';
import type { ChannelSettings } from './channel.ts';
import { createDesk } from './desk.ts';
import type { Notifier } from './notice.ts';
import { createNotifier } from './notifier.ts';
import type { AgentsSettings } from './roster.ts';

export interface AgentsConfig {
  readonly agents: AgentsSettings;
  readonly channels: readonly ChannelSettings[];
  /** Where the admin page is, without a slash at the end; undefined: as it is bound. */
  readonly publicUrl: string | undefined;
  readonly secrets: Readonly<Record<string, string>>;
  /** Only the processor that heals works the desk, and tells. */
  readonly healing: { readonly enabled: boolean };
}

export interface AgentsParts {
  readonly store: ErrorStore & AttemptStore & AgentStore;
  readonly now: () => number;
  readonly newId: () => string;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export interface AssembledAgents {
  readonly agents: Agents;
  readonly notifier: Notifier;
  readonly activity: ActivityLog;
  /** Healing tells of its attempts here. */
  onAttempt(attempt: Attempt): void;
  start(): Promise<void>;
  stop(deadlineMs: number): Promise<void>;
}

export function assembleAgents(config: AgentsConfig, parts: AgentsParts): AssembledAgents {
  const { store, now, newId, metrics, logger } = parts;
  const clock = createClock(now);
  const { enabled } = config.healing;
  const notifier = createNotifier(
    { channels: config.channels, roster: config.agents.roster, publicUrl: config.publicUrl },
    { store, secret: createSecrets({ env: config.secrets }), clock, newId, logger, metrics },
  );
  const desk = createDesk(config.agents, {
    store,
    notify: (notice) => notifier.notify(notice),
    enabled,
    adminPath: ({ errorId, attemptId }) =>
      attemptId === '' ? `/admin#/errors/${errorId}` : `/admin#/fixes/${attemptId}`,
    clock,
    newId,
    logger,
  });
  return {
    agents: desk,
    notifier,
    activity: createActivityLog(store),
    onAttempt: (attempt) => desk.onAttempt(attempt),
    start: async () => {
      if (enabled) await notifier.start();
      await desk.start();
    },
    stop: async (deadlineMs) => {
      await desk.stop(deadlineMs);
      await notifier.stop(deadlineMs);
    },
  };
}
