// MCP on the API's port: who may come in is settled as for REST, then one server object answers one request. Clients of the
// 2026-07-28 revision and of the 2025 ones share the path; no request depends on an earlier one, unless sessions are on.
import { networkInterfaces } from 'node:os';
import { hostHeaderValidation, originValidation } from '@modelcontextprotocol/fastify';
import { toWebRequest } from '@modelcontextprotocol/node';
import type { NodeIncomingMessageLike } from '@modelcontextprotocol/node';
import { createMcpHandler, localhostAllowedHostnames, localhostAllowedOrigins } from '@modelcontextprotocol/server';
import type { McpServer, ServerEventBus } from '@modelcontextprotocol/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requireLocalCaller } from '../access/local-caller.ts';
import type { RateLimiter } from '../access/rate-limit.ts';
import { watchStanding } from '../access/watch-standing.ts';
import type { AuthenticateFrom } from '../access/wrong-tokens.ts';
import { Failure } from '../failure.ts';
import type { Visit } from './caller.ts';
import { createLegacySessions } from './legacy-sessions.ts';
import { refuse } from './refusal.ts';
import { toolNameStyles } from './settings-schema.ts';
import type { McpSettings } from './settings-schema.ts';
import type { ToolNameStyle } from './tool-names.ts';

export interface MountSettings extends Omit<McpSettings, 'enabled'> {
  /** Where the port is bound. */
  readonly host: string;
}

export interface MountDeps {
  readonly authenticate: AuthenticateFrom;
  readonly rateLimiter: RateLimiter;
  /** A fresh one at each call. */
  readonly createServer: (visit: Visit) => McpServer;
  readonly now: () => number;
  /** Where it is told that lists changed; ours never do while the process lives. */
  readonly events?: ServerEventBus;
}

const MCP_PATH = '/mcp';

/** Before `server` listens. It closes what is open when the server closes. */
export async function mountMcp(server: FastifyInstance, settings: MountSettings, deps: MountDeps): Promise<void> {
  const { authenticate, rateLimiter, createServer } = deps;
  const visits = new WeakMap<object, Visit>();
  const visitOf = (request: object | undefined): Visit => {
    const visit = request === undefined ? undefined : visits.get(request);
    if (visit === undefined) throw new Failure('INTERNAL', 'a request without a caller');
    return visit;
  };

  await server.register(async (scope) => {
    const handler = createMcpHandler(({ requestInfo }) => createServer(visitOf(requestInfo)), {
      ...(deps.events === undefined ? {} : { bus: deps.events }),
      onerror: (error) => scope.log.debug({ err: error }, 'a message over MCP was refused'),
    });
    const sessions = settings.legacySessions ? createLegacySessions({ createServer, now: deps.now }) : undefined;

    scope.setErrorHandler((error, request, reply) => {
      const failure = refuse(reply, error);
      if (failure.code === 'INTERNAL') request.log.error({ err: error }, 'a request over MCP failed unforeseen');
    });
    scope.addHook('onRequest', hostHeaderValidation([...ownHosts(settings.host), ...settings.allowedHosts]));
    scope.addHook(
      'onRequest',
      originValidation([...localhostAllowedOrigins(), ...settings.allowedOrigins.map(hostOf)]),
    );
    scope.addHook('onRequest', async (request) => {
      const principal = authenticate(request.headers.authorization, request.ip);
      if (principal.tokenId === 'local') requireLocalCaller(request.headers);
      rateLimiter.admit(principal, 1);
      visits.set(request, { principal, style: styleOf(request, settings.toolNames) });
    });
    scope.addHook('preClose', async () => {
      await Promise.all([handler.close(), sessions?.close()]);
    });
    scope.all(MCP_PATH, async (request, reply) => {
      const visit = visitOf(request);
      const { body } = request;
      const { principal } = visit;
      const { gone, closed } = goneSignals(reply);
      const over = watchStanding({
        principal,
        ask: () => authenticate(request.headers.authorization),
        until: closed,
      });
      over.addEventListener('abort', () => void sessions?.endOf(principal.tokenId), { once: true });
      const signal = AbortSignal.any([gone, over]);
      const web = await toWebRequest(request.raw as NodeIncomingMessageLike, body ?? null, { signal });
      visits.set(web, visit);
      const answer = await sessions?.answer(web, { visit, body });
      const response = answer ?? (await handler.fetch(web, body === undefined ? {} : { parsedBody: body }));
      return reply.send(open(response, over));
    });
  });
}

/** By these names somebody who knows us may call; another one may have been rebound to our address by a web page. */
function ownHosts(host: string): readonly string[] {
  const isAny = host === '0.0.0.0' || host === '::';
  const addresses = isAny
    ? Object.values(networkInterfaces()).flatMap((bound) => bound?.map(({ address }) => address) ?? [])
    : [host];
  return [...localhostAllowedHostnames(), ...addresses.map((name) => (name.includes(':') ? `[${name}]` : name))];
}

/** `https://console.example` and `console.example` are the same here. */
function hostOf(origin: string): string {
  return URL.canParse(origin) && /^https?:/.test(origin) ? new URL(origin).hostname : origin;
}

function styleOf({ query }: FastifyRequest, otherwise: ToolNameStyle): ToolNameStyle {
  const asked = (query as Readonly<Record<string, unknown>>)['tool_names'];
  if (asked === undefined) return otherwise;
  const style = toolNameStyles.find((name) => name === asked);
  if (style !== undefined) return style;
  throw new Failure('INVALID_INPUT', `tool_names: must be ${toolNameStyles.join(' or ')}`, { field: 'tool_names' });
}

/** The head of a stream goes out with its first bytes: a comment, so that nobody waits for the first event to know it is there.
 * It ends with the standing of its caller. */
function open(response: Response, over: AbortSignal): Response {
  if (response.body === null || response.headers.get('content-type') !== 'text/event-stream') return response;
  const comment = new TextEncoder().encode(': open\n\n');
  const commented = new TransformStream<Uint8Array, Uint8Array>({
    start(stream) {
      stream.enqueue(comment);
      over.addEventListener('abort', () => stream.terminate(), { once: true });
    },
  });
  return new Response(response.body.pipeThrough(commented), response);
}

/** `gone`: aborted when the caller hangs up before the answer is out; `closed`: at the end in any case. */
function goneSignals(reply: FastifyReply): { readonly gone: AbortSignal; readonly closed: AbortSignal } {
  const gone = new AbortController();
  const closed = new AbortController();
  reply.raw.once('close', () => {
    closed.abort();
    if (!reply.raw.writableFinished) gone.abort();
  });
  return { gone: gone.signal, closed: closed.signal };
}
