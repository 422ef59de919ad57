// Puts the table of operations on a Fastify instance: authenticate, read the input, perform, answer.
import type { FastifyInstance } from 'fastify';
import { perform } from '../operations/operation.ts';
import type { OperationDeps } from '../operations/operation.ts';
import type { Callers } from './callers.ts';
import { countRefusals } from './count-refusals.ts';
import { createInputReader } from './read-input.ts';
import { recordActivity } from './record-activity.ts';
import type { AnswerRoute } from './routes.ts';

interface ServeParts {
  readonly operations: OperationDeps;
  readonly callers: Callers;
}

export function serveOperations(
  server: FastifyInstance,
  routes: readonly AnswerRoute[],
  { operations, callers }: ServeParts,
): void {
  for (const route of routes) {
    const { method, path, status, operation, ingests, location, wasThere } = route;
    const recorded = recordActivity(route, { operations, callers });
    const readInput = createInputReader({ method, path, operation });
    server.route({
      method,
      url: path,
      ...recorded,
      onRequest: [recorded.onRequest, callers.admit],
      onError: ingests === true ? [countRefusals(operations.store, callers), recorded.onError] : recorded.onError,
      async handler(request, reply) {
        const output = await perform(operation, operations, {
          input: readInput(request),
          principal: callers.get(request),
        });
        if (location !== undefined) void reply.header('location', location(output));
        return reply.code(wasThere?.(output) === true ? 200 : status).send(output);
      },
    });
  }
}
