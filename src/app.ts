// The composition root: builds every part in the order of the flow, starts right to left, stops left to right. The only
// file, beside main.ts, that sees both ends.
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { createAuthenticator } from './access/authenticate.ts';
import { openEndedSessions } from './access/ended-sessions.ts';
import { createRateLimiter } from './access/rate-limit.ts';
import { openSessionKey } from './access/session-key.ts';
import { createSessions } from './access/sessions.ts';
import { openTokenFile } from './access/token-file.ts';
import { watchWrongTokens } from './access/wrong-tokens.ts';
import { createAdmin } from './admin/create-admin.ts';
import { createGuard } from './admin/guard.ts';
import { assembleAgents } from './agents/assemble-agents.ts';
import { createApi } from './api/create-api.ts';
import type { Config } from './config.ts';
import { toListenFailure } from './doctor/port-fault.ts';
import type { DoorName } from './doctor/port-fault.ts';
import { createErrorMaker } from './errors/error-maker.ts';
import { assembleHealing } from './healing/assemble-healing.ts';
import { createReceiver } from './ingest/receiver.ts';
import { VERSION, createServerFactory } from './mcp/build-server.ts';
import { mountMcp } from './mcp/mount-mcp.ts';
import { surface } from './mcp/surface.ts';
import { createMetrics } from './metrics.ts';
import { perform } from './operations/operation.ts';
import type { OperationDeps } from './operations/operation.ts';
import { ownTracer, startOwnTelemetry } from './own-telemetry.ts';
import { SELF_ATTRIBUTE, createAcceptor } from './store/accept-delivery.ts';
import { createClickHouseStore } from './store/clickhouse-store.ts';

interface AppDeps {
  readonly logger: Logger;
  readonly now: () => number;
}

/** Of the three doors, as they are bound. */
interface Addresses {
  readonly otlp: string;
  readonly api: string;
  readonly admin: string;
}

interface App {
  /** Throws when a port is taken or the store can't be opened; then nothing is left running. */
  start(): Promise<Addresses>;
  /** Takes nothing new, finishes what is in flight, closes the store. Safe twice. */
  stop(deadlineMs: number): Promise<void>;
}

/** The breaker remembers a day. */
const BREAKER_WINDOW_MS = 86_400_000;

/** A burst may spend this many seconds of the rate at once. */
const BURST_SECONDS = 5;

export async function createApp(config: Config, { logger, now }: AppDeps): Promise<App> {
  const metrics = createMetrics();
  const tokenFile = openTokenFile({
    dataDir: config.dataDir,
    now,
    onUnreadable: (failure) => logger.error({ err: failure }, 'tokens.json was not read; the old tokens stay in force'),
  });
  const records = () => [...config.tokens, ...tokenFile.records()];
  const authenticate = watchWrongTokens(createAuthenticator({ records, now }), { now, metrics, logger });
  const limiter = (perSecond: number) => createRateLimiter({ perSecond, burst: perSecond * BURST_SECONDS, now });

  const insertSeconds = metrics.histogram('errata_insert_seconds', 'Time of one insert into the store.', INSERT_BOUNDS);
  const store = createClickHouseStore(config.store, {
    now,
    logger,
    onCommit: (_rows, tookMs) => insertSeconds.observe(tookMs / 1000),
  });
  const errorMaker = createErrorMaker({ retentionDays: config.store.retentionDays, redaction: config.redaction });
  const acceptor = createAcceptor({ errorMaker, store, metrics, logger, tracer: ownTracer(), now });
  const ingestLimiter = limiter(config.ingest.bytesPerSecond);
  const receiver = createReceiver(
    { host: config.host, port: config.ports.otlp, ...config.ingest },
    {
      accept: acceptor.accept,
      authenticate: authenticate.counted,
      admit: (principal, bytes) => ingestLimiter.admit(principal, bytes),
      onOutcome: acceptor.count,
      logger,
      metrics,
    },
  );
  const desk = assembleAgents(config, { store, now, newId: randomUUID, metrics, logger });
  const healing = assembleHealing(config, {
    store,
    now,
    newId: randomUUID,
    logger,
    onNews: (attempt) => desk.onAttempt(attempt),
  });
  const operations: OperationDeps = {
    store,
    healing,
    agents: desk.agents,
    notifier: desk.notifier,
    activity: desk.activity,
    makeError: (report, context) => errorMaker.fromReport(report, context),
    backUp: () => store.backUp(VERSION),
    now,
    newId: randomUUID,
  };
  const rateLimiter = limiter(config.api.ratePerSecond);
  const api = await createApi(
    { host: config.host, port: config.ports.api },
    { operations, authenticate: authenticate.limited, rateLimiter, metrics, logger },
  );
  const { publicUrl, grafanaUrl } = config;
  const ended = openEndedSessions(config.dataDir, now);
  const sessions = createSessions({ key: openSessionKey(config.dataDir), records, ended, now });
  const guard = createGuard(publicUrl, { authenticate: authenticate.limited, sessions });
  const admin = createAdmin(
    { publicUrl, grafanaUrl },
    {
      door: await api.openSecond({ host: config.host, port: config.ports.admin }, (headers) => guard.identify(headers)),
      guard,
    },
  );
  /** Known once it listens: a port of 0 is any free one. */
  let adminAddress = urlOf({ host: config.host, port: config.ports.admin });
  if (config.mcp.enabled) await serveMcp();

  const telemetry = await startOwnTelemetry(
    { endpoint: config.ownTelemetry, attributes: { [SELF_ATTRIBUTE]: true } },
    metrics,
  );

  async function serveMcp(): Promise<void> {
    const createServer = createServerFactory({
      surface,
      get adminUrl() {
        return `${config.publicUrl ?? adminAddress}/admin`;
      },
      tracer: ownTracer(),
      record: (activity) => desk.activity.record(activity),
      isAgent: (name) => desk.agents.roster().some((agent) => agent.name === name),
      logger,
      now,
    });
    await mountMcp(
      api.server,
      { host: config.host, ...config.mcp },
      {
        authenticate: authenticate.limited,
        rateLimiter,
        createServer: (visit) =>
          createServer({
            ...visit,
            perform: (operation, input) => perform(operation, operations, { input, principal: visit.principal }),
          }),
        now,
      },
    );
  }

  async function stop(deadlineMs: number): Promise<void> {
    const endsAtMs = performance.now() + deadlineMs;
    const left = () => Math.max(0, endsAtMs - performance.now());
    await receiver.stop(left());
    await admin.stop(left());
    await api.stop(left());
    await healing.stop(left());
    await desk.stop(left());
    await store.stop(left());
    await telemetry.stop(left());
  }

  async function start(): Promise<Addresses> {
    const doors = { host: config.host, ports: config.ports };
    const open = <T>(name: DoorName, door: { start(): Promise<T> }) =>
      door.start().catch((cause: unknown) => {
        throw toListenFailure(doors, name, cause);
      });
    try {
      await store.start();
      await seedBreaker();
      await desk.start();
      await healing.start();
      const apiAddress = await open('api', api);
      adminAddress = urlOf(await open('admin', admin));
      const otlpAddress = await open('otlp', receiver);
      return { otlp: urlOf(otlpAddress), api: urlOf(apiAddress), admin: adminAddress };
    } catch (failure) {
      await stop(0);
      throw failure;
    }
  }

  /** Without it, a group that was merged yesterday would split again today. */
  async function seedBreaker(): Promise<void> {
    try {
      errorMaker.seed(await store.listStrictByLoose(now() - BREAKER_WINDOW_MS), now());
    } catch (failure) {
      logger.warn({ err: failure }, 'the cardinality breaker starts empty: the store is away');
    }
  }

  return { start, stop };
}

/** Upper bounds in seconds: an insert of one row takes milliseconds, one of thousands a tenth of a second. */
const INSERT_BOUNDS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 8];

function urlOf({ host, port }: { host: string; port: number }): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
