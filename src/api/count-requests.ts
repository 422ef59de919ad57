// Every request in the metrics, by the route's pattern: a path as it was sent would make a series of each id.
import type { FastifyInstance } from 'fastify';
import { SECONDS_BOUNDS } from '../metrics.ts';
import type { Metrics } from '../metrics.ts';

/** The returned function may be given several servers: they are counted together. */
export function createRequestCounter(metrics: Metrics): (server: FastifyInstance) => void {
  const requests = metrics.counter('errata_http_requests_total', 'Requests answered, by route, method and status.');
  const seconds = metrics.histogram('errata_http_request_seconds', 'Time to answer, by route.', SECONDS_BOUNDS);
  return (server) => {
    server.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'none';
      requests.add(1, { route, method: request.method, status: `${reply.statusCode}` });
      seconds.observe(reply.elapsedTime / 1_000, { route });
    });
  };
}
