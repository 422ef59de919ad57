// The admin page: one HTML page, its modules and styles, and sign-in. The calls that it makes are the REST calls, which are
// on this door already; here the session's cookie stands in for their Authorization header. app.ts hands in the door,
// because admin and api do not import each other.
import type { FastifyInstance } from 'fastify';
import type { Authenticate } from '../access/authenticate.ts';
import { requireLocalCaller } from '../access/local-caller.ts';
import { requireScope } from '../access/principal.ts';
import { collectAssets } from './collect-assets.ts';
import { requireOwnPage } from './own-page.ts';
import { servePage } from './serve-page.ts';
import { clearSession, readSession, writeSession } from './session-cookie.ts';
import { parseSignIn } from './sign-in.ts';

export interface AdminSettings {
  /** How people reach this page when not at the address it listens on: behind a proxy. */
  readonly publicUrl: string | undefined;
  /** Where Grafana is, for links; undefined: no links. */
  readonly grafanaUrl: string | undefined;
}

interface Door {
  /** Has the REST calls; errors thrown on it are answered as problems. */
  readonly server: FastifyInstance;
  start(): Promise<{ readonly host: string; readonly port: number }>;
  stop(deadlineMs: number): Promise<void>;
}

export interface AdminDeps {
  readonly door: Door;
  readonly authenticate: Authenticate;
}

export interface Admin {
  start(): Promise<{ readonly host: string; readonly port: number }>;
  /** Safe twice and before start. */
  stop(deadlineMs: number): Promise<void>;
}

const CHANGES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

export function createAdmin({ publicUrl, grafanaUrl }: AdminSettings, { door, authenticate }: AdminDeps): Admin {
  const { server } = door;
  const secure = publicUrl?.startsWith('https:') === true;

  server.addHook('onRequest', async (request) => {
    if (CHANGES.has(request.method)) requireOwnPage(request.headers, publicUrl);
    // One way in: a browser that keeps a cookie is told apart from programs, which have a door of their own.
    const token = readSession(request.headers.cookie);
    if (token === undefined) delete request.headers.authorization;
    else request.headers.authorization = `Bearer ${token}`;
  });

  server.post('/admin/session', async (request, reply) => {
    const token = parseSignIn(request.body);
    const principal = authenticate(`Bearer ${token}`);
    if (principal.tokenId === 'local') requireLocalCaller(request.headers);
    // Without it the page could show nothing.
    requireScope(principal, 'read');
    return reply.code(204).header('set-cookie', writeSession(token, { secure })).send();
  });
  server.delete('/admin/session', async (_request, reply) =>
    reply.code(204).header('set-cookie', clearSession({ secure })).send(),
  );
  servePage(server, { assets: collectAssets(), grafanaUrl });

  return { start: () => door.start(), stop: (deadlineMs) => door.stop(deadlineMs) };
}
