// Who calls: the holder of a token, or the local user when no token exists and everything is bound to loopback.
import { Failure } from '../failure.ts';

/** ingest: send errors · read: look · write: log, resolve, reopen · fix: start fixes · approve: a person's consent · admin: tokens, pause. */
export const scopes = ['ingest', 'read', 'write', 'fix', 'approve', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** `company` is a company id, or `*` for forwarders and operators, which name the company in each call. */
export interface Principal {
  readonly tokenId: string;
  readonly name: string;
  readonly company: number | '*';
  readonly scopes: ReadonlySet<Scope>;
}

/** The company that a call without a word about it belongs to (SEED.md's `company_id: 1`). */
const DEFAULT_COMPANY = 1;

/** The largest company id: the store's column is UInt32. */
export const MAX_COMPANY = 4_294_967_295;

/** The one company that this call reads or writes: the token's own, whatever was asked for; with `*`, the asked one. */
export function companyFor(principal: Principal, asked: number | undefined): number {
  return principal.company === '*' ? (asked ?? DEFAULT_COMPANY) : principal.company;
}

/** Throws FORBIDDEN when the token lacks the scope. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (!principal.scopes.has(scope)) throw new Failure('FORBIDDEN', `this token lacks the scope ${scope}`);
}
