// Errors of routes in Fastify. An error is captured when the route failed: answered with 5xx, or thrown without a 4xx
// status and not answered as the client's fault. What the host answers is never changed.
import type { Context } from '@opentelemetry/api';
import { context } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { coverRoutes, reportError } from './current-capture.ts';
import { isFixRoute } from './fix-fastify.ts';
import { failureOfRoute, isClientFault } from './route-failure.ts';

export interface CaptureFastifyOptions {
  /** When the app speaks for another service than the started one. */
  readonly service?: string;
}

interface Thrown {
  readonly error: Error;
  /** The active context when it was thrown; onResponse may run outside of it. */
  readonly context: Context;
}

function plugin(app: FastifyInstance, options: CaptureFastifyOptions, done: () => void): void {
  coverRoutes();
  const thrown = new WeakMap<FastifyRequest, Thrown>();
  // oxlint-disable-next-line max-params -- Fastify's hook
  app.addHook('onError', (request, _reply, error, next) => {
    thrown.set(request, { error, context: context.active() });
    next();
  });
  app.addHook('onResponse', (request, reply, next) => {
    if (isFixRoute(request.routeOptions.config)) return next();
    const failed = thrown.get(request);
    if (reply.statusCode >= 500 || (failed !== undefined && !isClientFault(failed.error, reply.statusCode))) {
      const failure = failureOfRoute({
        method: request.method,
        // The pattern, not the path: paths hold ids, and would make a group of each.
        route: request.routeOptions.url ?? '(no route)',
        status: reply.statusCode,
        requestId: request.id,
        error: failed?.error,
      });
      reportError(options.service === undefined ? failure : { ...failure, service: options.service }, failed?.context);
    }
    next();
  });
  done();
}

/** `app.register(captureFastify)`: before the routes, once; it covers the whole app and not only its own scope. */
export const captureFastify = Object.assign(plugin, {
  // What fastify-plugin sets, read by Fastify 2 to 5: the hooks belong to the parent.
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'errata-capture',
});
