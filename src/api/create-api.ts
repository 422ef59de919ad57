// The REST door: the table of routes on a server, and what machines ask about the process itself.
import type { FastifyBaseLogger } from 'fastify';
import type { AuthenticateFrom } from '../access/wrong-tokens.ts';
import type { RateLimiter } from '../access/rate-limit.ts';
import type { Metrics } from '../metrics.ts';
import type { OperationDeps } from '../operations/operation.ts';
import { createCallers } from './callers.ts';
import type { Callers, Identify } from './callers.ts';
import { createRequestCounter } from './count-requests.ts';
import { documentPaths, serveDocuments } from './documents.ts';
import { healthPaths, serveHealth } from './health.ts';
import { openDoor } from './open-door.ts';
import type { Door, DoorSettings } from './open-door.ts';
import { refuseOtherMethods } from './refuse-methods.ts';
import { answerRoutes, streamRoutes } from './routes.ts';
import { serveOperations } from './serve-operations.ts';
import { serveStreams } from './serve-streams.ts';

export interface ApiDeps {
  readonly operations: OperationDeps;
  readonly authenticate: AuthenticateFrom;
  readonly rateLimiter: RateLimiter;
  readonly metrics: Metrics;
  readonly logger: FastifyBaseLogger;
}

export interface Api extends Door {
  /**
   * Another address with the same calls and nothing else: for the admin page, which puts its own routes beside them and has
   * its own way to tell who calls.
   */
  openSecond(settings: DoorSettings, identify: Identify): Promise<Door>;
}

export async function createApi(settings: DoorSettings, deps: ApiDeps): Promise<Api> {
  const { operations, authenticate, rateLimiter, metrics, logger } = deps;
  const countRequests = createRequestCounter(metrics);

  async function openWithCalls(at: DoorSettings, callers: Callers): Promise<Door> {
    const door = await openDoor(at, { logger, countRequests });
    serveOperations(door.server, answerRoutes, { operations, callers });
    serveStreams(door.server, streamRoutes, { operations, callers, stopping: door.stopping });
    refuseOtherMethods(door.server, [
      ...answerRoutes.map(({ path, method }) => ({ path, methods: method === 'GET' ? ['GET', 'HEAD'] : [method] })),
      ...streamRoutes.map(({ path }) => ({ path, methods: ['GET'] })),
    ]);
    return door;
  }

  const callers = createCallers({
    identify: ({ authorization }, address) => authenticate(authorization, address),
    rateLimiter,
  });
  const door = await openWithCalls(settings, callers);
  serveHealth(door.server, { store: operations.store, metrics, callers, now: operations.now });
  serveDocuments(door.server);
  refuseOtherMethods(
    door.server,
    [...healthPaths, ...documentPaths].map((path) => ({ path, methods: ['GET', 'HEAD'] })),
  );
  return { ...door, openSecond: (at, identify) => openWithCalls(at, createCallers({ identify, rateLimiter })) };
}
