// An HTTP server as every door of Errata is: bounded in all that a caller may send or hold open, each no a problem, each
// request counted, and a stop that lets requests in flight finish. Listening is a second step, so that tests inject.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import helmet from '@fastify/helmet';
import Fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { Failure } from '../failure.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { failureOf, sendProblem } from './problem.ts';

export interface DoorSettings {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

interface DoorParts {
  readonly logger: FastifyBaseLogger;
  readonly countRequests: (server: FastifyInstance) => void;
}

export interface Door {
  /** For `inject`, and for what else lives on this port; register before `start`. */
  readonly server: FastifyInstance;
  start(): Promise<{ readonly host: string; readonly port: number }>;
  /** Refuses new requests, ends streams, lets requests in flight finish until the deadline. Safe twice and before start. */
  stop(deadlineMs: number): Promise<void>;
}

/** One error with a very long stack; more is a mistake. */
const BODY_LIMIT_BYTES = 1_048_576;

/** A client that takes longer to send a request is a slow-loris. */
const REQUEST_TIMEOUT_MS = 15_000;
const HEADERS_TIMEOUT_MS = 10_000;
const CHECK_TIMEOUTS_MS = 2_000;

/** Agents, a dashboard, services without OpenTelemetry: hundreds. More is somebody holding sockets open. */
const MAX_CONNECTIONS = 2_048;

/** Longer than the idle time of usual proxies and pools (60 s), so that they never send into a closing connection. */
const KEEP_ALIVE_MS = 120_000;

const REQUEST_ID = /^[\w.-]{1,64}$/;

export async function openDoor(
  settings: DoorSettings,
  { logger, countRequests }: DoorParts,
): Promise<Door & { readonly stopping: AbortSignal }> {
  const server: FastifyInstance = Fastify({
    loggerInstance: logger,
    // Requests are counted, not logged one by one.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: CHECK_TIMEOUTS_MS },
    // Node's own limit on the whole request line and headers: a longer id is an unknown one, not another kind of mistake.
    routerOptions: { maxParamLength: 16_384 },
    forceCloseConnections: 'idle',
    // Our own hook answers while stopping: as a problem, with Retry-After.
    return503OnClosing: false,
    genReqId: requestIdOf,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, _request, reply) => sendProblem(reply, failureOf(error)),
  });
  server.server.maxConnections = MAX_CONNECTIONS;
  const stopping = new AbortController();

  server.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      throw new Failure('UNSUPPORTED_ENCODING', 'send the body as it is, without Content-Encoding');
    }
    if (stopping.signal.aborted) throw new Failure('STOPPING', 'this server is stopping');
  });
  server.setErrorHandler((error, request, reply) => {
    const failure = failureOf(error);
    if (failure.code === 'INTERNAL') request.log.error({ err: error }, 'a request failed unforeseen');
    else if (failure.http >= 500) request.log.warn({ code: failure.code, cause: failure.cause }, 'a request failed');
    sendProblem(reply, failure);
  });
  server.setNotFoundHandler((_request, reply) => sendProblem(reply, new Failure('NOT_FOUND', 'there is no such path')));
  await server.register(helmet, {
    // Plain HTTP on loopback or behind a proxy that ends TLS: that proxy knows whether it promises HTTPS.
    strictTransportSecurity: false,
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
  readJsonOnly(server);
  countRequests(server);

  let stopped: Promise<void> | undefined;
  return {
    server,
    stopping: stopping.signal,
    async start() {
      await server.listen({ host: settings.host, port: settings.port });
      const address = server.server.address();
      if (address === null || typeof address === 'string')
        throw new Failure('INTERNAL', 'this server has no TCP address');
      return { host: address.address, port: address.port };
    },
    stop(deadlineMs) {
      stopping.abort();
      stopped ??= closeWithin(server, deadlineMs);
      return stopped;
    },
  };
}

async function closeWithin(server: FastifyInstance, deadlineMs: number): Promise<void> {
  const timer = setTimeout(() => server.server.closeAllConnections(), deadlineMs);
  try {
    await server.close();
  } finally {
    clearTimeout(timer);
  }
}

/** JSON is the only body; an empty one is none at all, because clients send the header out of habit. */
function readJsonOnly(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body, done);
  });
}

function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}
