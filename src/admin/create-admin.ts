// The admin page: one HTML page, its modules and styles, and sign-in. The calls that it makes are the REST calls, which are
// on this door already, for whoever the guard says it is. app.ts hands in the door, because admin and api do not import
// each other.
import type { FastifyInstance } from 'fastify';
import { collectAssets } from './collect-assets.ts';
import type { Guard } from './guard.ts';
import { requireOwnPage } from './own-page.ts';
import { servePage } from './serve-page.ts';
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
  readonly guard: Guard;
}

export interface Admin {
  start(): Promise<{ readonly host: string; readonly port: number }>;
  /** Safe twice and before start. */
  stop(deadlineMs: number): Promise<void>;
}

const CHANGES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

export function createAdmin({ publicUrl, grafanaUrl }: AdminSettings, { door, guard }: AdminDeps): Admin {
  const { server } = door;

  server.addHook('onRequest', async (request, reply) => {
    if (CHANGES.has(request.method)) requireOwnPage(request.headers, publicUrl);
    // Only with calls: the assets are the same for all, and caches on the way may keep them.
    const renewed = request.url.startsWith('/api/') ? guard.renew(request.headers) : undefined;
    if (renewed !== undefined) void reply.header('set-cookie', renewed);
  });

  server.post('/admin/session', async (request, reply) => {
    const cookie = guard.signIn(parseSignIn(request.body), request);
    if (cookie !== undefined) void reply.header('set-cookie', cookie);
    return reply.code(204).send();
  });
  server.delete('/admin/session', async (request, reply) =>
    reply.code(204).header('set-cookie', guard.signOut(request.headers)).send(),
  );
  servePage(server, { assets: collectAssets(), grafanaUrl });

  return { start: () => door.start(), stop: (deadlineMs) => door.stop(deadlineMs) };
}
