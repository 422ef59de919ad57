// A REST door over a real embedded store in a folder of its own, with tokens of two companies.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createAuthenticator } from '../../src/access/authenticate.ts';
import type { Scope } from '../../src/access/principal.ts';
import { createRateLimiter } from '../../src/access/rate-limit.ts';
import { toTokenRecord } from '../../src/access/token-record.ts';
import type { TokenRecord } from '../../src/access/token-record.ts';
import { createActivityLog } from '../../src/agents/activity-log.ts';
import { createDesk } from '../../src/agents/desk.ts';
import { createNotifier } from '../../src/agents/notifier.ts';
import { agentsSchema, toAgentsSettings } from '../../src/agents/settings-schema.ts';
import { createApi } from '../../src/api/create-api.ts';
import type { Api } from '../../src/api/create-api.ts';
import { createErrorMaker } from '../../src/errors/error-maker.ts';
import { createClock } from '../../src/healing/clock.ts';
import { createMetrics } from '../../src/metrics.ts';
import type { OperationDeps } from '../../src/operations/operation.ts';
import { createClickHouseStore } from '../../src/store/clickhouse-store.ts';
import type { Store } from '../../src/store/clickhouse-store.ts';
import { createMemoryHealing } from '../operations/memory-healing.ts';
import type { MemoryHealing } from '../operations/memory-healing.ts';

export interface TestApi {
  readonly api: Api;
  readonly store: Store;
  readonly healing: MemoryHealing;
  readonly operations: OperationDeps;
  /** Milliseconds to add to the real clock. */
  readonly clock: { aheadMs: number };
  close(): Promise<void>;
}

interface TestApiOptions {
  readonly tokens?: readonly TokenRecord[];
  readonly perSecond?: number;
  readonly burst?: number;
}

const all: readonly Scope[] = ['ingest', 'read', 'write', 'fix', 'approve', 'admin'];

const agents = toAgentsSettings(
  agentsSchema.parse({
    roster: [
      { name: 'morgan', role: 'DevOps: infrastructure' },
      {
        name: 'alex',
        role: 'Finance: billing',
        webhook: { url: 'http://alex.example.com', secret: 'env:ALEX_SECRET' },
      },
      { name: 'ada', role: 'Orchestrator' },
    ],
    routes: [{ finding: ['PAYMENTS_FAILING'], to: ['alex', 'morgan'], ask: ['Since when?', 'alex: who is charged?'] }],
  }),
);

export function tokenOf(company: number | '*', token: string, scopes: readonly Scope[] = all): TokenRecord {
  return toTokenRecord({ name: token, token, company, scopes });
}

export async function openTestApi({
  tokens = [],
  perSecond = 1_000,
  burst = perSecond,
}: TestApiOptions = {}): Promise<TestApi> {
  const dataDir = await mkdtemp(join(tmpdir(), 'errata-api-'));
  const logger = pino({ level: 'silent' });
  const clock = { aheadMs: 0 };
  const now = () => Date.now() + clock.aheadMs;
  const store = createClickHouseStore(
    { target: { kind: 'embedded', dataDir }, cluster: undefined, retentionDays: 30 },
    { now, logger },
  );
  await store.start();
  const errorMaker = createErrorMaker();
  const healing = createMemoryHealing(store, now);
  // Neither is started: what is asked of them is done at once, and nothing goes out.
  const shared = { store, clock: createClock(now), newId: randomUUID, logger };
  const notifier = createNotifier(
    { channels: [], roster: agents.roster, publicUrl: undefined },
    { ...shared, secret: () => 'whsec_c2VjcmV0' },
  );
  const desk = createDesk(agents, {
    ...shared,
    notify: (notice) => notifier.notify(notice),
    enabled: true,
    adminPath: ({ errorId }) => `/admin/errors/${errorId}`,
  });
  const operations: OperationDeps = {
    store,
    healing,
    agents: desk,
    notifier,
    activity: createActivityLog(store),
    makeError: (report, context) => errorMaker.fromReport(report, context),
    backUp: () => store.backUp('0.1.0'),
    now,
    newId: randomUUID,
  };
  const api = await createApi(
    { host: '127.0.0.1', port: 0 },
    {
      operations,
      authenticate: createAuthenticator({ records: () => tokens, now }),
      rateLimiter: createRateLimiter({ perSecond, burst, now }),
      metrics: createMetrics(),
      logger,
    },
  );
  return {
    api,
    store,
    healing,
    operations,
    clock,
    async close() {
      await api.stop(2_000);
      await desk.stop(2_000);
      await notifier.stop(2_000);
      await store.stop(5_000);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
