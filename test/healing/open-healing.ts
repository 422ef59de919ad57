// The fix engine over a real store, with the real actions and probes, and no Docker.
import { toEvent } from '../../src/healing/attempt-log.ts';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { actions } from '../../src/healing/actions/catalogue.ts';
import type { Attempt } from '../../src/healing/attempt.ts';
import { createClock } from '../../src/healing/clock.ts';
import { createHealing } from '../../src/healing/engine.ts';
import type { HealingEngine } from '../../src/healing/engine.ts';
import { createProbeEcho } from '../../src/healing/probe-echo.ts';
import { probes } from '../../src/healing/probes/catalogue.ts';
import type { Rule } from '../../src/healing/rule.ts';
import { createCatalogue } from '../../src/healing/service-catalogue.ts';
import type { ServiceCatalogue } from '../../src/healing/service-catalogue.ts';
import type { CatalogueService } from '../../src/healing/target.ts';
import type { Store } from '../../src/store/clickhouse-store.ts';
import { openStore } from '../store/open-store.ts';

export interface OpenHealing {
  readonly store: Store;
  readonly catalogue: ServiceCatalogue;
  readonly healing: HealingEngine;
  /** Milliseconds to add to the real clock. */
  readonly clock: { aheadMs: number };
  /** Writes an attempt, as if it had been made before the start. */
  put(attempt: Attempt): Promise<void>;
  close(): Promise<void>;
}

interface Given {
  readonly rules: readonly Rule[];
  readonly services?: readonly CatalogueService[];
  readonly mode?: 'observe' | 'approve' | 'auto';
}

export async function openHealing({ rules, services = [], mode = 'auto' }: Given): Promise<OpenHealing> {
  const clock = { aheadMs: 0 };
  const now = () => Date.now() + clock.aheadMs;
  const { store, dataDir, close } = await openStore(now);
  const logger = { info: () => undefined, warn: () => undefined };
  const catalogue = createCatalogue({
    services,
    docker: undefined,
    healthChecksFile: join(dataDir, 'health-checks.json'),
    logger,
  });
  const healing = createHealing(
    {
      enabled: true,
      mode,
      budget: { actionsPerHour: 100, concurrent: 10 },
      commonCause: { targets: 5, withinMs: 60_000 },
      deployGraceMs: 0,
      approvalMs: 3_600_000,
      lagMs: 0,
    },
    {
      store,
      rules: () => rules,
      probes,
      actions,
      engine: undefined,
      isEngineUp: () => false,
      catalogue,
      echo: createProbeEcho({ now }),
      secret: () => '',
      clock: createClock(now),
      newId: randomUUID,
      logger,
    },
  );
  return {
    store,
    catalogue,
    healing,
    clock,
    put: (attempt) => store.appendAttempt(toEvent(attempt)),
    close: async () => {
      await healing.stop(2_000);
      await catalogue.stop();
      await close();
    },
  };
}

export function serviceOf(name: string, change: Partial<CatalogueService> = {}): CatalogueService {
  return {
    name,
    aliases: [],
    company: 1,
    container: undefined,
    address: undefined,
    protocol: undefined,
    healthCheck: undefined,
    credentials: undefined,
    fixEndpoint: undefined,
    mode: undefined,
    protected: false,
    ...change,
  };
}
