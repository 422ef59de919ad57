// A path that is there, called by another method: 405 and which ones it takes, not the 404 of a path that is not there.
import type { FastifyInstance } from 'fastify';
import { Failure } from '../failure.ts';

interface Taken {
  readonly path: string;
  readonly methods: readonly string[];
}

/** `taken` may name a path several times, with different methods. */
export function refuseOtherMethods(server: FastifyInstance, taken: readonly Taken[]): void {
  for (const path of new Set(taken.map((entry) => entry.path))) {
    const methods = taken.filter((entry) => entry.path === path).flatMap((entry) => entry.methods);
    const allow = methods.join(', ');
    server.route({
      method: server.supportedMethods.filter((method) => !methods.includes(method)),
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
