// Who calls: settled before a byte of the body is read, so that a stranger can't make us parse anything.
import type { FastifyRequest } from 'fastify';
import type { Authenticate } from '../access/authenticate.ts';
import { requireLocalCaller } from '../access/local-caller.ts';
import type { Principal } from '../access/principal.ts';
import type { RateLimiter } from '../access/rate-limit.ts';
import { Failure } from '../failure.ts';

export interface Callers {
  /** An onRequest hook. Throws UNAUTHENTICATED, RATE_LIMITED, FORBIDDEN. */
  readonly admit: (request: FastifyRequest) => Promise<void>;
  /** Who it is; undefined on routes that ask for no token, and when it was refused. */
  find(request: FastifyRequest): Principal | undefined;
  get(request: FastifyRequest): Principal;
}

export interface CallersParts {
  readonly authenticate: Authenticate;
  readonly rateLimiter: RateLimiter;
}

export function createCallers({ authenticate, rateLimiter }: CallersParts): Callers {
  const principals = new WeakMap<FastifyRequest, Principal>();
  return {
    async admit(request) {
      const principal = authenticate(request.headers.authorization);
      if (principal.tokenId === 'local') requireLocalCaller(request.headers);
      principals.set(request, principal);
      rateLimiter.admit(principal, 1);
    },
    find: (request) => principals.get(request),
    get(request) {
      const principal = principals.get(request);
      if (principal === undefined) throw new Failure('UNAUTHENTICATED', 'this route asks for a token');
      return principal;
    },
  };
}
