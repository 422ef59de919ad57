// Who calls: settled before a byte of the body is read, so that a stranger can't make us parse anything.
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { requireLocalCaller } from '../access/local-caller.ts';
import type { Principal } from '../access/principal.ts';
import type { RateLimiter } from '../access/rate-limit.ts';
import { watchStanding } from '../access/watch-standing.ts';
import { Failure } from '../failure.ts';

/**
 * Throws UNAUTHENTICATED, and RATE_LIMITED for a wrong token after many of one address. Without an address it is asked
 * again about somebody who was let in before.
 */
export type Identify = (headers: IncomingHttpHeaders, address?: string) => Principal;

export interface Callers {
  /** An onRequest hook. Throws UNAUTHENTICATED, RATE_LIMITED, FORBIDDEN. */
  readonly admit: (request: FastifyRequest) => Promise<void>;
  /** Who it is; undefined on routes that ask for no token, and when it was refused. */
  find(request: FastifyRequest): Principal | undefined;
  get(request: FastifyRequest): Principal;
  /** Aborted soon after this caller would be refused; `until`: when there is nothing left to watch. */
  standing(request: FastifyRequest, until: AbortSignal): AbortSignal;
}

export interface CallersParts {
  readonly identify: Identify;
  readonly rateLimiter: RateLimiter;
}

export function createCallers({ identify, rateLimiter }: CallersParts): Callers {
  const principals = new WeakMap<FastifyRequest, Principal>();
  const get = (request: FastifyRequest) => {
    const principal = principals.get(request);
    if (principal === undefined) throw new Failure('UNAUTHENTICATED', 'this route asks for a token');
    return principal;
  };
  return {
    async admit(request) {
      const principal = identify(request.headers, request.ip);
      if (principal.tokenId === 'local') requireLocalCaller(request.headers);
      principals.set(request, principal);
      rateLimiter.admit(principal, 1);
    },
    find: (request) => principals.get(request),
    get,
    standing: (request, until) =>
      watchStanding({ principal: get(request), ask: () => identify(request.headers), until }),
  };
}
