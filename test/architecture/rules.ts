// DESIGN as data: what may see what, and what may stand where. A change of the architecture is a change of this file.

/**
 * Data moves down this list; a folder imports only from itself and from the rows above its own. `capture` is the library
 * that services carry: nothing imports it, and it imports nothing of the rest.
 */
export const flow: readonly (readonly string[])[] = [
  ['access'],
  ['ingest'],
  ['errors'],
  ['store'],
  ['healing'],
  ['agents'],
  ['operations'],
  ['api', 'mcp', 'admin'],
  ['doctor'],
];

export const library = 'capture';

/** Seen from every folder but the library; they see only each other. */
export const foundation: readonly string[] = ['failure.ts', 'metrics.ts'];

/** These alone see everything; only they see each other. The rest takes its settings as arguments. */
export const composition: readonly string[] = ['config.ts', 'app.ts', 'main.ts'];

export interface TextRule {
  readonly name: string;
  readonly pattern: RegExp;
  /** Where the pattern may stand. */
  readonly allowed: RegExp;
}

const NOWHERE = /^$/;

export const textRules: readonly TextRule[] = [
  {
    name: 'only config.ts reads the environment',
    pattern: /\bprocess\.env\b|\bprocess\[['"]env['"]\]|\benv\b.*from ['"]node:process['"]/,
    // The library follows the OTEL_* variables of its host, as every SDK does.
    allowed: /^src\/(?:config\.ts$|capture\/)/,
  },
  {
    name: 'only main.ts ends the process',
    pattern: /\bprocess\.(?:exit|abort|reallyExit)\b|\bprocess\.exitCode\s*=/,
    // A host that crashes must still end after the library has flushed.
    allowed: /^src\/(?:main\.ts|capture\/crash-handlers\.ts)$/,
  },
  {
    name: 'SQL stands in store/queries*.ts, the migrations and postgres-*.ts of healing only',
    pattern:
      /\b(?:SELECT\s+[\w{*(]|INSERT\s+INTO|DELETE\s+FROM|(?:CREATE|ALTER|DROP|TRUNCATE|RENAME|OPTIMIZE|ATTACH|DETACH)\s+(?:TABLE|DATABASE|VIEW|MATERIALIZED)|(?:ORDER|GROUP)\s+BY\s)/,
    // Healing asks a PostgreSQL of the user's, which is not our store, in files named after it.
    allowed:
      /^src\/(?:store\/(?:queries(?:-[a-z-]+)?|schema|migrations?(?:-[a-z-]+)?|migrate)|healing\/(?:probes|actions)\/postgres-[a-z-]+)\.ts$/,
  },
  { name: 'exports have names', pattern: /^\s*export\s+default\b|\bas\s+default\b/, allowed: NOWHERE },
  {
    name: 'no barrels',
    pattern: /^\s*export\s+(?:type\s+)?(?:\*|\{[^}]*\}\s*from)/,
    // The entry of the published library is the one place where callers need all its names together.
    allowed: /^src\/capture\/capture\.ts$/,
  },
];

/** Names that say nothing about what is inside, as a whole or as the last word. */
export const emptyNames: readonly string[] = [
  'util',
  'helper',
  'common',
  'manager',
  'misc',
  'index',
  'shared',
  'stuff',
];

/** What oxlint stops at as well; here it cannot be switched off by a comment. */
export const MAX_CODE_LINES = 300;
