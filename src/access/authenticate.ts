// From the Authorization header to who calls. Ingest, REST and MCP share it.
import { timingSafeEqual } from 'node:crypto';
import { Failure } from '../failure.ts';
import { scopes } from './principal.ts';
import type { Principal } from './principal.ts';
import { hashToken, hasTokens } from './token-record.ts';
import type { TokenRecord } from './token-record.ts';

/** Throws UNAUTHENTICATED when the token is missing, unknown, expired or revoked: the answer is the same for all four. */
export type Authenticate = (authorizationHeader: string | undefined) => Principal;

/** Everything, for whoever can reach loopback: config.ts refuses any other address while no token exists. */
const localPrincipal: Principal = { tokenId: 'local', name: 'local', company: '*', scopes: new Set(scopes) };

/** RFC 6750: the scheme in any case, then the token's own alphabet. Longer than any token of ours is no token. */
const BEARER = /^bearer +([\w\-.~+/=]{1,512})$/i;

interface AuthenticatorParts {
  readonly records: () => readonly TokenRecord[];
  readonly now: () => number;
}

export function createAuthenticator({ records, now }: AuthenticatorParts): Authenticate {
  // Once a token was there, a tokens.json that goes missing must not open the doors of a process bound to the network.
  let guarded = hasTokens(records());
  return (authorizationHeader) => {
    const known = records();
    guarded ||= hasTokens(known);
    if (!guarded) return localPrincipal;
    const token = BEARER.exec(authorizationHeader ?? '')?.[1];
    if (token === undefined) throw new Failure('UNAUTHENTICATED', 'send a token: Authorization: Bearer errata_...');
    const record = findInForce(known, token, now());
    if (record === undefined) throw new Failure('UNAUTHENTICATED', 'this token is unknown, expired or revoked');
    return principalOf(record);
  };
}

export function principalOf({ id, name, company, scopes: allowed }: TokenRecord): Principal {
  return { tokenId: id, name, company, scopes: new Set(allowed) };
}

/** Compares with every record, so that the time taken tells nothing about which one came close. */
export function findInForce(records: readonly TokenRecord[], token: string, nowMs: number): TokenRecord | undefined {
  const wanted = Buffer.from(hashToken(token), 'hex');
  let found: TokenRecord | undefined;
  for (const record of records) {
    const candidate = Buffer.from(record.hash, 'hex');
    if (candidate.length === wanted.length && timingSafeEqual(candidate, wanted)) found = record;
  }
  return found !== undefined && isInForce(found, nowMs) ? found : undefined;
}

export function isInForce({ expiresAtMs, revokedAtMs }: TokenRecord, nowMs: number): boolean {
  return revokedAtMs === undefined && (expiresAtMs === undefined || nowMs < expiresAtMs);
}
