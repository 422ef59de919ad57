// One server object for one caller: a request over HTTP, a session, a process over stdio. Never shared between callers:
// that is how an MCP server gives one company's answers to another (GHSA-345p-7cg4-v4c7).
import { McpServer } from '@modelcontextprotocol/server';
import type { Tracer } from '@opentelemetry/api';
import type { FastifyBaseLogger } from 'fastify';
import { createRateLimiter } from '../access/rate-limit.ts';
import type { Activity } from '../agents/activity.ts';
import type { CallParts, Caller, Surface } from './caller.ts';
import { TICKET_SECONDS, createConsents } from './consent.ts';
import { servePrompts } from './serve-prompts.ts';
import { serveResources } from './serve-resources.ts';
import { serveTools } from './serve-tools.ts';
import { showNames } from './tool-names.ts';
import type { ToolContext } from './tool.ts';
import { createWatch, traceparentIn } from './watch-call.ts';

export interface ServerParts {
  readonly surface: Surface;
  /** Of the admin page, without a slash at the end. */
  readonly adminUrl: string;
  readonly tracer: Tracer;
  /** undefined: whoever the calls go through writes it (REST, behind stdio). */
  readonly record: ((activity: Activity) => void) | undefined;
  /** Is it a name of the roster? */
  readonly isAgent: (name: string) => boolean;
  readonly logger: Pick<FastifyBaseLogger, 'error' | 'warn'>;
  readonly now: () => number;
}

/** Of package.json. */
export const VERSION = '0.1.0';

export type CreateServer = (caller: Caller) => McpServer;

/** For each token, tools that change something. A burst is an agent that tidies up; a steady stream is a loop. */
const CHANGES_PER_SECOND = 2;
const CHANGES_AT_ONCE = 120;

/** Lists change with the release or with the token's scopes only. */
const LIST_TTL_MS = 60_000;

/** A person's answer must come while its ticket is good. */
const ASK_TIMEOUT_MS = (TICKET_SECONDS - 30) * 1_000;

const listHint = { ttlMs: LIST_TTL_MS, cacheScope: 'private' } as const;
const neverChanges = { listChanged: false };

export function createServerFactory(parts: ServerParts): CreateServer {
  const { surface, logger, now } = parts;
  const consents = createConsents({ now });
  const changes = createRateLimiter({ perSecond: CHANGES_PER_SECOND, burst: CHANGES_AT_ONCE, now });
  const onUnforeseen = (cause: unknown) => logger.error({ err: cause }, 'a call over MCP failed unforeseen');

  return (caller) => {
    const { principal, style, perform } = caller;
    const server = new McpServer(
      { name: 'errata', title: 'Errata', version: VERSION },
      {
        instructions: showNames(surface.instructions, style),
        capabilities: { tools: neverChanges, resources: neverChanges, prompts: neverChanges },
        cacheHints: {
          'tools/list': listHint,
          'prompts/list': listHint,
          'resources/list': listHint,
          'resources/templates/list': listHint,
          'server/discover': listHint,
        },
        requestState: { verify: consents.verify },
        inputRequired: { roundTimeoutMs: ASK_TIMEOUT_MS },
      },
    );
    const watch = createWatch({ principal, tracer: parts.tracer, record: parts.record, isAgent: parts.isAgent, now });
    const createContext = ({ signal, meta, decision }: CallParts): ToolContext => ({
      perform: (operation, input) => perform(operation, input, traceparentIn(meta)),
      scopes: principal.scopes,
      caller: principal.name,
      consented: decision?.kind === 'approved' ? decision.attemptId : undefined,
      declined: decision?.kind === 'declined' ? decision.attemptId : undefined,
      adminUrl: parts.adminUrl,
      nowMs: now(),
      signal,
    });
    const { isAgent } = parts;
    serveTools(server, surface.tools, { caller, watch, consents, isAgent, changes, createContext, onUnforeseen });
    serveResources(server, surface.resources, { caller, watch, createContext, onUnforeseen });
    servePrompts(server, surface.prompts, caller);
    return server;
  };
}
