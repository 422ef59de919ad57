// The OTLP/HTTP receiver: a Fastify instance of its own for POST /v1/traces and /v1/logs. It takes what any OpenTelemetry
// SDK or collector sends, finds the errors, and answers 200 once the next stage has them durable.
// Specification: https://opentelemetry.io/docs/specs/otlp/#otlphttp
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import Fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify';
import { companyFor } from '../access/principal.ts';
import { refuseForeignPage } from '../access/local-caller.ts';
import type { Principal } from '../access/principal.ts';
import { Failure } from '../failure.ts';
import type { Metrics } from '../metrics.ts';
import { createByteBudget } from './byte-budget.ts';
import type { Accept } from './candidate.ts';
import { answerClientError } from './client-error.ts';
import { createCors } from './cors.ts';
import { decodeJsonLogs, decodeJsonSpans } from './decode-json.ts';
import type { Signal } from './export-response.ts';
import { createInflater } from './inflate.ts';
import { createRequestHandler } from './receive-request.ts';
import type { Decode, RequestParts } from './receive-request.ts';
import { failureOf, outcomeOf, refuse } from './refusal.ts';
import type { RequestOutcome } from './refusal.ts';
import { walkLogs } from './walk-logs.ts';
import { walkSpans } from './walk-spans.ts';

export interface ReceiverSettings {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** SeverityNumber from which on log records count as errors. */
  readonly logThreshold: number;
  /** [] switches CORS off. */
  readonly corsOrigins: readonly string[];
  /** Compressed and inflated bytes of all requests together. */
  readonly maxBytesInFlight: number;
  /** Of one body, before and after inflating. */
  readonly maxBodyBytes?: number;
  /** For one whole request to come in. */
  readonly requestTimeoutMs?: number;
}

export interface ReceiverDeps extends Pick<RequestParts, 'authenticate' | 'admit'> {
  readonly accept: Accept;
  readonly onOutcome: (outcome: RequestOutcome) => void;
  readonly metrics: Metrics;
  readonly logger: FastifyBaseLogger;
}

export interface Receiver {
  /** For `inject`. */
  readonly server: FastifyInstance;
  start(): Promise<{ readonly host: string; readonly port: number }>;
  /** Takes nothing new, lets requests in flight finish until the deadline. Safe twice and before start. */
  stop(deadlineMs: number): Promise<void>;
}

/** What the specification recommends. */
const MAX_BODY_BYTES = 67_108_864;

/** A sender that takes longer is a slow-loris. */
const REQUEST_TIMEOUT_MS = 60_000;
const HEADERS_TIMEOUT_MS = 30_000;
/** How often node:http looks for such connections, as a part of the time they get. */
const TIMEOUT_CHECKS = 12;

/** Longer than the 90 s for which Go clients, the collector among them, keep a connection: else they send into its end. */
const KEEP_ALIVE_MS = 120_000;

const signalByPath = new Map<string, Signal>([
  ['/v1/traces', 'traces'],
  ['/v1/logs', 'logs'],
]);

export function createReceiver(settings: ReceiverSettings, deps: ReceiverDeps): Receiver {
  const { requestTimeoutMs = REQUEST_TIMEOUT_MS } = settings;
  // A body must fit beside its inflated self: what can never be taken is 413 and not an endless 503.
  const maxBodyBytes = Math.min(settings.maxBodyBytes ?? MAX_BODY_BYTES, Math.floor(settings.maxBytesInFlight / 2));
  const busy = new WeakMap<Socket, number>();
  const principals = new WeakMap<FastifyRequest, Principal>();
  const budget = createByteBudget(settings.maxBytesInFlight);
  const requests = deps.metrics.counter('errata_otlp_requests_total', 'OTLP requests, by signal and HTTP status.');
  deps.metrics.watch('errata_otlp_bytes_in_flight', 'Bytes that requests in flight hold.', () => budget.inFlight);
  const stopping = new AbortController();
  let isStopped = false;

  const server: FastifyInstance = Fastify({
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
      connectionsCheckingInterval: Math.ceil(requestTimeoutMs / TIMEOUT_CHECKS),
    },
    forceCloseConnections: 'idle',
    // Our own hook answers while stopping: as a Status, with Retry-After.
    return503OnClosing: false,
    clientErrorHandler: (error, socket) => answerClientError(error, socket, (busy.get(socket) ?? 0) > 0),
    frameworkErrors: (error, request, reply) => refuse(request, reply, failureOf(error)),
  });

  const cors = createCors(settings.corsOrigins);
  server.addHook('onRequest', async (request, reply) => {
    const { socket } = request.raw;
    busy.set(socket, (busy.get(socket) ?? 0) + 1);
    if (stopping.signal.aborted) throw new Failure('STOPPING', 'this server is stopping');
    const headers = cors(request.headers.origin);
    if (headers === undefined) return;
    void reply.headers(headers.all);
    if (request.method === 'OPTIONS' && signalOf(request) !== undefined) {
      await reply.code(204).headers(headers.preflight).send();
    }
  });
  server.addHook('onSend', async (_request, reply) => {
    if (stopping.signal.aborted) void reply.header('connection', 'close');
  });
  server.addHook('onResponse', async (request, reply) => {
    const { socket } = request.raw;
    busy.set(socket, (busy.get(socket) ?? 1) - 1);
    requests.add(1, { signal: signalOf(request) ?? 'none', status: `${reply.statusCode}` });
  });
  server.setErrorHandler((error, request, reply) => {
    const failure = failureOf(error);
    // What is foreseen is counted, not logged: a store that is away would fill the disk with lines.
    if (failure.code === 'INTERNAL') request.log.error({ err: failure.cause }, 'export request failed');
    const isGone = request.raw.destroyed && !request.raw.complete;
    if (!isGone) countRefusal(request, failure);
    refuse(request, reply, failure);
  });
  server.setNotFoundHandler((request, reply) => {
    if (signalOf(request) === undefined) {
      refuse(request, reply, new Failure('NOT_FOUND', 'this receiver takes /v1/traces and /v1/logs'));
      return;
    }
    void reply.header('allow', 'POST');
    refuse(request, reply, new Failure('METHOD_NOT_ALLOWED', 'export requests are sent with POST'));
  });
  leaveBodiesToHandlers(server);

  function countRefusal(request: FastifyRequest, { code }: Failure): void {
    const signal = signalOf(request);
    const outcome = outcomeOf(code);
    if (signal === undefined || outcome === undefined) return;
    const principal = principals.get(request);
    const companyId = principal === undefined ? 0 : companyFor(principal, undefined);
    deps.onOutcome({ companyId, signal, outcome, reason: code.toLowerCase(), count: 1 });
  }

  const parts: RequestParts = {
    maxBodyBytes,
    budget,
    inflate: createInflater(maxBodyBytes),
    authenticate: deps.authenticate,
    admit: deps.admit,
    accept: deps.accept,
    isStopped: () => isStopped,
    onUnforeseen: (cause) => deps.logger.error({ err: cause }, 'the next stage failed in an unforeseen way'),
    onKnown: (request, principal) => {
      principals.set(request, principal);
      const { origin } = request.headers;
      if (principal.tokenId === 'local' && cors(origin) === undefined) refuseForeignPage(origin);
    },
    onRejected: ({ principal, signal, count }) => {
      const companyId = companyFor(principal, undefined);
      deps.onOutcome({ companyId, signal, outcome: 'rejected', reason: 'undecodable', count });
    },
  };
  const decodes: Readonly<Record<Signal, Decode>> = {
    traces: (body, encoding) => (encoding === 'protobuf' ? walkSpans(body) : decodeJsonSpans(body)),
    logs: (body, encoding) => (encoding === 'protobuf' ? walkLogs(body, settings) : decodeJsonLogs(body, settings)),
  };
  for (const [path, signal] of signalByPath) server.post(path, createRequestHandler(signal, decodes[signal], parts));

  let stopped: Promise<void> | undefined;
  return {
    server,
    async start() {
      await server.listen({ host: settings.host, port: settings.port });
      const address = server.server.address();
      if (address === null || typeof address === 'string')
        throw new Failure('INTERNAL', 'the receiver has no TCP address');
      return { host: address.address, port: address.port };
    },
    stop(deadlineMs) {
      stopping.abort();
      stopped ??= closeWithin(server, deadlineMs).finally(() => {
        isStopped = true;
      });
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

/** Handlers refuse by the headers before they read, and read by themselves. */
function leaveBodiesToHandlers(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request: FastifyRequest, _payload: IncomingMessage, done) => done(null));
}

function signalOf(request: FastifyRequest): Signal | undefined {
  return signalByPath.get(request.url.split('?', 1)[0] ?? '');
}
