import { readTokens } from '../access/token-file.ts';
import type { TokenRecord } from '../access/token-record.ts';
import { toFailure } from '../failure.ts';
import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';

interface TokensQuestion {
  readonly dataDir: string;
  /** Those of errata.yaml. */
  readonly tokens: readonly TokenRecord[];
  /** The roster. */
  readonly agents: readonly { readonly name: string }[];
  readonly nowMs: number;
}

const SOON_MS = 7 * 86_400_000;

const { good, warning, bad } = findingsOf('tokens');

export function checkTokens({ dataDir, tokens, agents, nowMs }: TokensQuestion): readonly Finding[] {
  let stored: readonly TokenRecord[];
  try {
    stored = readTokens(dataDir);
  } catch (cause) {
    return [bad(toFailure(cause).message, 'restore it from a backup, or move it away and create the tokens anew')];
  }
  const kept = [...tokens, ...stored].filter(({ revokedAtMs }) => revokedAtMs === undefined);
  // That they are needed beyond loopback is a fault of the configuration.
  if (tokens.length + stored.length === 0) return [good('none: only this machine may call, and it may do everything')];
  const valid = kept.filter(({ expiresAtMs }) => expiresAtMs === undefined || expiresAtMs > nowMs);
  const sending = valid.filter(({ scopes }) => scopes.includes('ingest'));
  return [
    sending.length === 0
      ? warning('no valid token may send', 'errata token create --name collector --company ...')
      : good(`${valid.length} valid, ${sending.length} of them may send`),
    ...kept.flatMap((token) => expiryOf(token, nowMs)),
    ...valid
      .filter(({ name, scopes }) => scopes.includes('approve') && agents.some((agent) => agent.name === name))
      .map(({ name }) =>
        warning(
          `${name} may approve by its scopes, but is an agent of the roster, which never can`,
          'give a person a token of another name',
        ),
      ),
  ];
}

function expiryOf({ name, expiresAtMs }: TokenRecord, nowMs: number): readonly Finding[] {
  if (expiresAtMs === undefined || expiresAtMs > nowMs + SOON_MS) return [];
  const when = new Date(expiresAtMs).toISOString();
  return [
    expiresAtMs <= nowMs
      ? warning(`${name} has expired ${when}`, 'give its holder a new one, or revoke it (errata token list)')
      : warning(`${name} expires ${when}`, 'create a new one and give it to its holder before (errata token create)'),
  ];
}
