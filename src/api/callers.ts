// Who calls: settled before a byte of the body is read, so that a stranger can't make us parse anything.
import type { FastifyRequest } from 'fastify';
import type { Authenticate } from '../access/authenticate.ts';
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

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

export function createCallers({ authenticate, rateLimiter }: CallersParts): Callers {
  const principals = new WeakMap<FastifyRequest, Principal>();
  return {
    async admit(request) {
      const principal = authenticate(request.headers.authorization);
      if (principal.tokenId === 'local') requireLocalCaller(request);
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

/**
 * Without tokens, loopback is the only guard, and a web page in the user's browser stands behind it too. A name that was
 * rebound to 127.0.0.1 shows in Host, a page of another site in Origin.
 */
function requireLocalCaller({ headers }: FastifyRequest): void {
  const { host, origin } = headers;
  if (host === undefined || !LOOPBACK.test(host)) {
    throw new Failure('FORBIDDEN', 'without tokens this server answers to localhost only: see `errata token create`');
  }
  if (origin !== undefined && !LOOPBACK.test(origin.replace(/^https?:\/\//i, ''))) {
    throw new Failure('FORBIDDEN', 'without tokens this server answers no web page of another site');
  }
}
