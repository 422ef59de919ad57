// `errata token create|list|revoke`. The token itself is printed once and kept nowhere.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Failure } from '../failure.ts';
import { MAX_COMPANY, scopes } from './principal.ts';
import type { Scope } from './principal.ts';
import { changeTokens, readTokens } from './token-file.ts';
import { hashToken, newToken } from './token-record.ts';
import type { TokenRecord } from './token-record.ts';

interface TokenCommandParts {
  readonly dataDir: string;
  /** Names of the roster. */
  readonly agents: readonly string[];
  /** One line of output. */
  readonly out: (line: string) => void;
  readonly now: () => number;
}

const USAGE = `errata token create --name NAME --company ID|* [--scopes ingest,read,...] [--expires 90d]
errata token list
errata token revoke ID

scopes: ${scopes.join(', ')}; ingest alone when not given. --expires: days (90d) or hours (12h); never when not given.`;

const HOUR_MS = 3_600_000;
const MAX_NAME_LENGTH = 100;

/** Exit code: 0 done, 1 could not be done, 2 asked wrongly. */
export function runTokenCommand(argv: readonly string[], parts: TokenCommandParts): number {
  const [command, ...rest] = argv;
  if (argv.includes('--help')) {
    parts.out(USAGE);
    return 0;
  }
  try {
    switch (command) {
      case 'create':
        return createToken(rest, parts);
      case 'list':
        return listTokens(rest, parts);
      case 'revoke':
        return revokeToken(rest, parts);
      case undefined:
      default:
        throw new Usage(command === undefined ? 'say create, list or revoke' : `there is no command ${command}`);
    }
  } catch (cause) {
    if (cause instanceof Usage) {
      parts.out(`${cause.message}\n\n${USAGE}`);
      return 2;
    }
    parts.out(reasonOf(cause, parts.dataDir));
    return 1;
  }
}

/** What the system refused is told as it said it: nothing else tells a folder of another user from a full disk. */
function reasonOf(cause: unknown, dataDir: string): string {
  const inner = cause instanceof Failure ? cause.cause : cause;
  // EEXIST is the lock of another command.
  if (inner instanceof Error && 'syscall' in inner && (inner as NodeJS.ErrnoException).code !== 'EEXIST')
    return `the data folder ${dataDir} can't be used: ${inner.message}`;
  if (cause instanceof Failure) return cause.message;
  throw cause;
}

/** Asked wrongly: the answer ends in the manual. */
class Usage extends Error {}

function createToken(argv: readonly string[], { dataDir, agents, out, now }: TokenCommandParts): number {
  const { values } = read(argv, ['name', 'company', 'scopes', 'expires']);
  const token = newToken();
  const record: TokenRecord = {
    id: randomUUID(),
    name: readName(values['name']),
    hash: hashToken(token),
    company: readCompany(values['company']),
    scopes: readScopes(values['scopes'] ?? 'ingest'),
    createdAtMs: now(),
    expiresAtMs: values['expires'] === undefined ? undefined : now() + readHours(values['expires']) * HOUR_MS,
    revokedAtMs: undefined,
  };
  changeTokens(dataDir, (tokens) => [...tokens, record]);
  out(token);
  out(`id ${record.id}; shown this once, and kept only as a hash`);
  if (record.scopes.includes('approve') && agents.includes(record.name)) {
    out(
      `warning: ${record.name} is an agent of the roster, and no agent can approve, whatever its scopes: a person needs a token of another name`,
    );
  }
  return 0;
}

function listTokens(argv: readonly string[], { dataDir, out, now }: TokenCommandParts): number {
  read(argv, []);
  const tokens = readTokens(dataDir);
  if (tokens.length === 0) out('no tokens: only this machine may call, and it may do everything');
  for (const token of tokens) {
    out([token.id, token.name, `company ${token.company}`, token.scopes.join(','), stateOf(token, now())].join('  '));
  }
  return 0;
}

function revokeToken(argv: readonly string[], { dataDir, out, now }: TokenCommandParts): number {
  const { positionals } = read(argv, []);
  const [id] = positionals;
  if (id === undefined || positionals.length > 1)
    throw new Usage('say which token: its id, as `errata token list` shows it');
  changeTokens(dataDir, (tokens) => {
    if (!tokens.some((token) => token.id === id)) throw new Failure('NOT_FOUND', `there is no token ${id}`);
    return tokens.map((token) => (token.id === id ? { ...token, revokedAtMs: token.revokedAtMs ?? now() } : token));
  });
  out(`revoked ${id}; a running server refuses it within a second`);
  return 0;
}

function stateOf({ expiresAtMs, revokedAtMs }: TokenRecord, nowMs: number): string {
  if (revokedAtMs !== undefined) return `revoked ${new Date(revokedAtMs).toISOString()}`;
  if (expiresAtMs === undefined) return 'never expires';
  return `${expiresAtMs <= nowMs ? 'expired' : 'expires'} ${new Date(expiresAtMs).toISOString()}`;
}

function read(argv: readonly string[], names: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
      allowPositionals: true,
    });
  } catch (cause) {
    throw new Usage(cause instanceof Error ? cause.message : String(cause));
  }
}

function readName(text: string | undefined): string {
  // One line of a list, and a field of an audit trail.
  if (text === undefined || !/^[\w .@-]+$/.test(text) || text.length > MAX_NAME_LENGTH) {
    throw new Usage('--name: letters, digits, spaces and _ . @ - only');
  }
  return text;
}

function readCompany(text: string | undefined): number | '*' {
  if (text === '*') return '*';
  if (text === undefined || !/^[1-9]\d{0,9}$/.test(text) || Number(text) > MAX_COMPANY) {
    throw new Usage(`--company: a number from 1 to ${MAX_COMPANY}, or * for all`);
  }
  return Number(text);
}

function readScopes(text: string): readonly Scope[] {
  return text.split(',').map((part) => {
    const scope = scopes.find((known) => known === part.trim());
    if (scope === undefined) throw new Usage(`--scopes: there is no scope ${part}`);
    return scope;
  });
}

function readHours(text: string): number {
  const [, count, unit] = /^(\d{1,5})([dh])$/.exec(text) ?? [];
  if (count === undefined || Number(count) === 0) throw new Usage('--expires: like 90d or 12h');
  return Number(count) * (unit === 'd' ? 24 : 1);
}
