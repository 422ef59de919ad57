// Puts the route table on a Fastify instance: authenticate, read the input, perform, answer. 405 for everything else on
// the same paths.
import type { FastifyInstance } from 'fastify';
import { Failure } from '../failure.ts';
import { perform } from '../operations/operation.ts';
import type { OperationDeps } from '../operations/operation.ts';
import type { Callers } from './callers.ts';
import { createInputReader } from './read-input.ts';
import type { Route } from './routes.ts';

interface ServeParts {
  readonly operations: OperationDeps;
  readonly callers: Callers;
}

export function serveOperations(
  server: FastifyInstance,
  routes: readonly Route[],
  { operations, callers }: ServeParts,
): void {
  for (const route of routes) {
    const { operation } = route;
    if (operation.kind === 'stream') continue;
    const readInput = createInputReader(route);
    server.route({
      method: route.method,
      url: route.path,
      onRequest: callers.admit,
      async handler(request, reply) {
        const output = await perform(operation, operations, {
          input: readInput(request),
          principal: callers.get(request),
        });
        if (route.location !== undefined) void reply.header('location', route.location(output));
        return reply.code(route.status).send(output);
      },
    });
  }
}

/** GET answers HEAD too. */
export function refuseOtherMethods(server: FastifyInstance, routes: readonly Pick<Route, 'method' | 'path'>[]): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const taken = routes.filter((route) => route.path === path).map((route) => route.method);
    const allowed = new Set<string>(taken.includes('GET') ? [...taken, 'HEAD'] : taken);
    server.route({
      method: server.supportedMethods.filter((method) => !allowed.has(method)),
      url: path,
      // Before the body is read: it is not wanted.
      async onRequest(_request, reply) {
        void reply.header('allow', [...allowed].join(', '));
        throw new Failure('METHOD_NOT_ALLOWED', `this path takes ${[...allowed].join(', ')}`);
      },
      handler: () => undefined,
    });
  }
}
