// Sessions for clients of the 2025 revisions, where they are switched on: only within one can such a client be asked
// something over HTTP. A session is its token's: with another it is unknown. Whoever opens none is served without.
import { randomUUID } from 'node:crypto';
import {
  WebStandardStreamableHTTPServerTransport,
  isInitializeRequest,
  isLegacyRequest,
} from '@modelcontextprotocol/server';
import type { McpServer } from '@modelcontextprotocol/server';
import type { Visit } from './caller.ts';
import { createEventLog } from './event-log.ts';

export interface LegacySessions {
  /** undefined: this request has nothing to do with sessions. */
  answer(request: Request, call: { readonly visit: Visit; readonly body: unknown }): Promise<Response | undefined>;
  /** The token is in force no more. */
  endOf(tokenId: string): Promise<void>;
  close(): Promise<void>;
}

interface Session {
  readonly tokenId: string;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly server: McpServer;
  usedAtMs: number;
}

interface LegacySessionsParts {
  readonly createServer: (visit: Visit) => McpServer;
  readonly now: () => number;
}

/** A client that is still there opens a new one on its next call. */
const IDLE_MS = 1_800_000;
const REAP_EVERY_MS = 60_000;

/** Of one token; clients that never say goodbye push out their own oldest. */
const MAX_SESSIONS = 20;

/** How soon a client comes back when its stream ends. */
const RETRY_MS = 5_000;

const HEADER = 'mcp-session-id';

export function createLegacySessions({ createServer, now }: LegacySessionsParts): LegacySessions {
  /** By id; the longest unused comes first. */
  const sessions = new Map<string, Session>();

  async function end(id: string): Promise<void> {
    const session = sessions.get(id);
    sessions.delete(id);
    await session?.server.close();
  }

  async function reap(): Promise<void> {
    for (const [id, { usedAtMs }] of sessions) {
      if (now() - usedAtMs > IDLE_MS) await end(id);
    }
  }

  async function open(request: Request, { visit, body }: { readonly visit: Visit; readonly body: unknown }) {
    const { tokenId } = visit.principal;
    const own = [...sessions].filter(([, session]) => session.tokenId === tokenId);
    const [oldest] = own;
    if (oldest !== undefined && own.length >= MAX_SESSIONS) await end(oldest[0]);
    const server = createServer(visit);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: createEventLog(),
      retryInterval: RETRY_MS,
      onsessioninitialized: (id) => void sessions.set(id, { tokenId, transport, server, usedAtMs: now() }),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    await server.connect(transport);
    return transport.handleRequest(request, { parsedBody: body });
  }

  const reaping = setInterval(() => void reap(), REAP_EVERY_MS);
  reaping.unref();

  return {
    async answer(request, call) {
      // Since 2026-07-28 a session id means nothing.
      if (!(await isLegacyRequest(request, call.body))) return undefined;
      const id = request.headers.get(HEADER);
      if (id === null) return isInitializeRequest(call.body) ? open(request, call) : undefined;
      await reap();
      const session = sessions.get(id);
      // 404 tells a client to open a new one, also after a restart.
      if (session === undefined || session.tokenId !== call.visit.principal.tokenId) return unknownSession();
      session.usedAtMs = now();
      sessions.delete(id);
      sessions.set(id, session);
      return session.transport.handleRequest(request, call.body === undefined ? {} : { parsedBody: call.body });
    },
    async endOf(tokenId) {
      await Promise.all([...sessions].filter(([, session]) => session.tokenId === tokenId).map(([id]) => end(id)));
    },
    async close() {
      clearInterval(reaping);
      await Promise.all([...sessions.keys()].map(end));
    },
  };
}

function unknownSession(): Response {
  const error = { code: -32_001, message: 'Session not found' };
  return Response.json({ jsonrpc: '2.0', error, id: null }, { status: 404 });
}
