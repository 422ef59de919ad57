// A path that is there, called by another method: 405 and which ones it takes, not the 404 of a path that is not there.
import type { FastifyInstance } from 'fastify';
import { Failure } from '../failure.ts';

interface Placed {
  readonly method: 'GET' | 'POST';
  readonly path: string;
}

export function refuseOtherMethods(server: FastifyInstance, routes: readonly Placed[]): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const taken = routes.filter((route) => route.path === path).map((route) => route.method);
    // GET answers HEAD too.
    const allowed = new Set<string>(taken.includes('GET') ? [...taken, 'HEAD'] : taken);
    const allow = [...allowed].join(', ');
    server.route({
      method: server.supportedMethods.filter((method) => !allowed.has(method)),
      url: path,
      // Before the body is read: it is not wanted.
      async onRequest(_request, reply) {
        void reply.header('allow', allow);
        throw new Failure('METHOD_NOT_ALLOWED', `this path takes ${allow}`);
      },
      handler: () => undefined,
    });
  }
}
