// Is the process alive, can it do its work, what did it do: for orchestrators and scrapers.
import type { FastifyInstance } from 'fastify';
import { requireScope } from '../access/principal.ts';
import { Failure, toFailure } from '../failure.ts';
import type { Metrics } from '../metrics.ts';
import type { ErrorStore } from '../store/error-store.ts';
import type { Callers } from './callers.ts';

interface HealthParts {
  readonly store: Pick<ErrorStore, 'ping'>;
  readonly metrics: Metrics;
  readonly callers: Callers;
  readonly now: () => number;
}

/** Anyone may ask whether we are ready, so the store is asked for them at most this often. */
const READY_FOR_MS = 1_000;

export const healthPaths = ['/healthz', '/readyz', '/metrics'] as const;

export function serveHealth(server: FastifyInstance, { store, metrics, callers, now }: HealthParts): void {
  let pinged: { readonly atMs: number; readonly answer: Promise<void> } | undefined;
  const ping = async () => {
    if (pinged === undefined || now() - pinged.atMs >= READY_FOR_MS) pinged = { atMs: now(), answer: store.ping() };
    await pinged.answer;
  };

  server.get('/healthz', async () => ({ status: 'ok' }));
  server.get('/readyz', async () => {
    try {
      await ping();
      return { status: 'ready' };
    } catch (cause) {
      // 503 whatever the reason: that is what orchestrators look at.
      throw new Failure('STORE_UNAVAILABLE', `not ready: ${toFailure(cause).message}`, { cause });
    }
  });
  server.get('/metrics', { onRequest: callers.admit }, async (request, reply) => {
    requireScope(callers.get(request), 'read');
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(metrics.expose());
  });
}
