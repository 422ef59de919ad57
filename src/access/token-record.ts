// A token as it is kept: never the token itself, only its SHA-256. A token is 256 random bits, so a plain hash is enough:
// there is nothing to guess that salt or stretching would protect.
import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { MAX_COMPANY, scopes } from './principal.ts';
import type { Scope } from './principal.ts';

export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the whole token, 64 hex characters. */
  readonly hash: string;
  readonly company: number | '*';
  readonly scopes: readonly Scope[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number | undefined;
  readonly revokedAtMs: number | undefined;
}

/** An entry of `tokens` in errata.yaml; `token` is what its `env` names, read by config.ts. */
export type ConfiguredToken = {
  readonly name: string;
  readonly company: number | '*';
  readonly scopes: readonly Scope[];
} & ({ readonly hash: string } | { readonly token: string });

const TOKEN_BYTES = 32;
const PREFIX = 'errata_';

/** The prefix lets secret scanners, and our own redaction, know one when they see it. */
export function newToken(): string {
  return `${PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`;
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

export function toTokenRecord(configured: ConfiguredToken): TokenRecord {
  return {
    id: `config:${configured.name}`,
    name: configured.name,
    hash: 'hash' in configured ? configured.hash.toLowerCase() : hashToken(configured.token),
    company: configured.company,
    scopes: configured.scopes,
    createdAtMs: 0,
    expiresAtMs: undefined,
    revokedAtMs: undefined,
  };
}

/** With one record, even an expired or revoked one, nobody is let in without a token any more. */
export function hasTokens(records: readonly TokenRecord[]): boolean {
  return records.length > 0;
}

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** One entry of tokens.json. */
export const storedToken = z
  .strictObject({
    id: z.string().min(1),
    name: z.string().min(1),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    company: z.union([z.literal('*'), z.int().min(1).max(MAX_COMPANY)]),
    scopes: z.array(z.enum(scopes)),
    created_at: time,
    expires_at: time.optional(),
    revoked_at: time.optional(),
  })
  .transform((entry): TokenRecord => ({
    id: entry.id,
    name: entry.name,
    hash: entry.hash,
    company: entry.company,
    scopes: entry.scopes,
    createdAtMs: entry.created_at,
    expiresAtMs: entry.expires_at,
    revokedAtMs: entry.revoked_at,
  }));

export function toStoredToken(record: TokenRecord): z.input<typeof storedToken> {
  return {
    id: record.id,
    name: record.name,
    hash: record.hash,
    company: record.company,
    scopes: [...record.scopes],
    created_at: new Date(record.createdAtMs).toISOString(),
    ...(record.expiresAtMs === undefined ? {} : { expires_at: new Date(record.expiresAtMs).toISOString() }),
    ...(record.revokedAtMs === undefined ? {} : { revoked_at: new Date(record.revokedAtMs).toISOString() }),
  };
}
