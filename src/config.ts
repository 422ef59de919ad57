// Environment over errata.yaml over defaults, made into one frozen Config. All faults are told at once, each with the
// file, line and key or the variable it stands in. The only reader of process.env.
import * as z from 'zod';
import { hostOf, isLoopback, openHouseFaults } from './access/open-house.ts';
import { MAX_COMPANY, scopes } from './access/principal.ts';
import { toTokenRecord } from './access/token-record.ts';
import type { TokenRecord } from './access/token-record.ts';
import {
  agentsSchema,
  channelsSchema,
  referencesOf,
  toAgentsSettings,
  toChannelSettings,
} from './agents/settings-schema.ts';
import type { ChannelSettings } from './agents/channel.ts';
import type { AgentsSettings } from './agents/roster.ts';
import {
  dockerSchema,
  healingSchema,
  servicesSchema,
  readReferences,
  secretsOf,
  toHealingSettings,
  toService,
} from './healing/settings-schema.ts';
import { rulesFolder } from './healing/rules-folder.ts';
import type { HealingConfig } from './healing/assemble-healing.ts';
import { redactionRules } from './errors/redact-rules.ts';
import type { RedactionSettings } from './errors/redact.ts';
import { readConfigFile } from './config-file.ts';
import type { FileLines } from './config-file.ts';
import { Failure } from './failure.ts';
import { toRemoteSettings } from './mcp/remote-settings.ts';
import type { RemoteSettings } from './mcp/remote-settings.ts';
import { mcpSchema, toMcpSettings } from './mcp/settings-schema.ts';
import type { McpSettings } from './mcp/settings-schema.ts';
import type { StoreTarget } from './store/open-client.ts';

export interface Config extends HealingConfig {
  readonly host: string;
  readonly ports: { readonly otlp: number; readonly api: number; readonly admin: number };
  readonly logLevel: string;
  readonly store: {
    readonly target: StoreTarget;
    readonly cluster: string | undefined;
    readonly retentionDays: number;
  };
  readonly ingest: {
    /** OTel severity number: logs from here on count as errors. */
    readonly logThreshold: number;
    readonly corsOrigins: readonly string[];
    readonly maxBytesInFlight: number;
    /** Bytes of bodies as sent, for each token. */
    readonly bytesPerSecond: number;
  };
  readonly api: { readonly ratePerSecond: number };
  readonly redaction: RedactionSettings;
  readonly tokens: readonly TokenRecord[];
  readonly agents: AgentsSettings;
  readonly channels: readonly ChannelSettings[];
  readonly mcp: McpSettings;
  /** How people reach the admin page, for links in messages; undefined: as it is bound. */
  readonly publicUrl: string | undefined;
  /** Where Grafana is, for a link on the admin page; undefined: no link. */
  readonly grafanaUrl: string | undefined;
  /** Where our own traces and metrics go; undefined: nowhere. */
  readonly ownTelemetry: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const LOG_THRESHOLDS = { info: 9, warn: 13, error: 17, fatal: 21 } as const;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const port = z.int().min(0).max(65_535);
const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a name: letters, digits and _');
const rate = z.int().min(1).max(1_000_000);
/** Where it is, and no more: it is shown in messages. */
const serverUrl = z
  .url({ protocol: /^https?$/ })
  .refine(
    (url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''),
    'must hold no user and no password: these are CLICKHOUSE_USER and CLICKHOUSE_PASSWORD',
  );
const token = z.union([
  z.strictObject({
    name: z.string().min(1),
    hash: z.string().regex(/^[0-9a-fA-F]{64}$/, 'must be a SHA-256 in 64 hex characters'),
    company: z.union([z.literal('*'), z.int().min(1).max(MAX_COMPANY)]),
    scopes: z.array(z.enum(scopes)).min(1),
  }),
  z.strictObject({
    name: z.string().min(1),
    env: z.string().min(1),
    company: z.union([z.literal('*'), z.int().min(1).max(MAX_COMPANY)]),
    scopes: z.array(z.enum(scopes)).min(1),
  }),
]);

/** `openssl rand -hex 16` or longer: wrong tokens are counted, but a right one always passes, so none may be guessable. */
const MIN_TOKEN_CHARS = 32;

/** The keys of errata.yaml, and by the table below also those that a variable may set. */
const fileSchema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  ports: z.strictObject({ otlp: port.default(4318), api: port.default(8092), admin: port.default(8080) }).prefault({}),
  data_dir: z.string().min(1).default('./data'),
  log_level: z.enum(LOG_LEVELS).default('info'),
  retention_days: z.int().min(1).max(3_650).default(30),
  clickhouse: z
    .strictObject({
      url: serverUrl.optional(),
      user: z.string().default('default'),
      password: z.string().default(''),
      database: name.default('errata'),
      cluster: name.optional(),
    })
    .prefault({}),
  ingest: z
    .strictObject({
      log_threshold: z.enum(['info', 'warn', 'error', 'fatal']).default('warn'),
      cors_origins: z.array(z.string().min(1)).default([]),
      max_bytes_in_flight: z.int().min(1_048_576).default(268_435_456),
      // One token that sends more than a fast network link carries has run wild.
      bytes_per_second: z.int().min(65_536).default(268_435_456),
    })
    .prefault({}),
  api: z.strictObject({ rate_per_second: rate.default(200) }).prefault({}),
  redaction: z
    .strictObject({
      enabled: z.boolean().default(true),
      off: z.array(z.enum(redactionRules)).default([]),
      keys: z.array(z.string().min(1)).default([]),
    })
    .prefault({}),
  tokens: z.array(token).default([]),
  rules: z.string().min(1).default('./rules'),
  healing: healingSchema.prefault({}),
  docker: dockerSchema.prefault({}),
  services: servicesSchema.default([]),
  agents: agentsSchema.prefault({}),
  channels: channelsSchema.default([]),
  mcp: mcpSchema.prefault({}),
  public_url: z.url({ protocol: /^https?$/ }).optional(),
  grafana_url: z.url({ protocol: /^https?$/ }).optional(),
});

/** Variable → key of errata.yaml. */
const VARIABLES = {
  ERRATA_HOST: ['host'],
  ERRATA_OTLP_PORT: ['ports', 'otlp'],
  ERRATA_API_PORT: ['ports', 'api'],
  ERRATA_ADMIN_PORT: ['ports', 'admin'],
  ERRATA_DATA_DIR: ['data_dir'],
  ERRATA_LOG_LEVEL: ['log_level'],
  ERRATA_RULES: ['rules'],
  DOCKER_HOST: ['docker', 'host'],
  CLICKHOUSE_URL: ['clickhouse', 'url'],
  CLICKHOUSE_USER: ['clickhouse', 'user'],
  CLICKHOUSE_PASSWORD: ['clickhouse', 'password'],
  CLICKHOUSE_DATABASE: ['clickhouse', 'database'],
  CLICKHOUSE_CLUSTER: ['clickhouse', 'cluster'],
} as const;

const NUMERIC = new Set<string>(['ERRATA_OTLP_PORT', 'ERRATA_API_PORT', 'ERRATA_ADMIN_PORT']);

interface LoadOptions {
  readonly env?: Environment;
  /** false: nothing will listen, so a host without tokens is no fault yet (`errata token create`). */
  readonly serving?: boolean;
}

/** Throws CONFIG_INVALID whose message holds one line for each fault. */
export function loadConfig({ env = process.env, serving = true }: LoadOptions = {}): Config {
  const { path, values, lines } = readConfigFile(isSet(env['ERRATA_CONFIG']) ? env['ERRATA_CONFIG'] : undefined);
  const faults = [...lines.faults];
  for (const [variable, key] of Object.entries(VARIABLES)) {
    const text = env[variable];
    if (isSet(text)) setKey(values, key, NUMERIC.has(variable) ? toNumber(text) : text);
  }
  const parsed = fileSchema.safeParse(values);
  if (!parsed.success)
    faults.push(...parsed.error.issues.flatMap((issue) => describe(issue, { env, path, at: lines.at })));
  const config = parsed.success ? toConfig(parsed.data, { env, serving, faults }) : undefined;
  if (config === undefined || faults.length > 0) {
    const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
    throw new Failure('CONFIG_INVALID', `the configuration has ${count}:\n${faults.join('\n')}`);
  }
  return deepFreeze(config);
}

/** What `errata mcp` needs. A client starts it in any folder, so no errata.yaml is read. Throws CONFIG_INVALID. */
export function loadRemote(env: Environment = process.env): RemoteSettings {
  return toRemoteSettings(env);
}

type FileValues = z.output<typeof fileSchema>;

interface Loading {
  readonly env: Environment;
  readonly serving: boolean;
  readonly faults: string[];
}

function toConfig(values: FileValues, { env, serving, faults }: Loading): Config {
  const { clickhouse, ingest } = values;
  const tokens: TokenRecord[] = [];
  for (const [index, entry] of values.tokens.entries()) {
    if ('hash' in entry) tokens.push(toTokenRecord(entry));
    else {
      const secret = env[entry.env];
      if (secret === undefined || secret === '')
        faults.push(`tokens.${index}.env: the variable ${entry.env} is not set`);
      else if (secret.length < MIN_TOKEN_CHARS)
        faults.push(`tokens.${index}.env: the variable ${entry.env} holds fewer than ${MIN_TOKEN_CHARS} characters`);
      else
        tokens.push(toTokenRecord({ name: entry.name, company: entry.company, scopes: entry.scopes, token: secret }));
    }
  }
  if (serving) faults.push(...openHouseFaults({ ...values, publicUrl: values.public_url, dataDir: values.data_dir }));
  if (clickhouse.cluster !== undefined && clickhouse.url === undefined) {
    faults.push('clickhouse.cluster: needs clickhouse.url: the embedded store is one machine');
  }
  const ownTelemetry = env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (ownTelemetry !== undefined && ownTelemetry !== '' && isOwnPort(ownTelemetry, values.ports.otlp)) {
    faults.push(`OTEL_EXPORTER_OTLP_ENDPOINT: ${ownTelemetry} is our own OTLP port: our telemetry would feed itself`);
  }
  return {
    host: values.host,
    ports: values.ports,
    dataDir: values.data_dir,
    logLevel: values.log_level,
    store: {
      target:
        clickhouse.url === undefined
          ? { kind: 'embedded', dataDir: values.data_dir }
          : {
              kind: 'server',
              url: clickhouse.url,
              user: clickhouse.user,
              password: clickhouse.password,
              database: clickhouse.database,
            },
      cluster: clickhouse.cluster,
      retentionDays: values.retention_days,
    },
    ingest: {
      logThreshold: LOG_THRESHOLDS[ingest.log_threshold],
      corsOrigins: ingest.cors_origins,
      maxBytesInFlight: ingest.max_bytes_in_flight,
      bytesPerSecond: ingest.bytes_per_second,
    },
    api: { ratePerSecond: values.api.rate_per_second },
    redaction: {
      enabled: values.redaction.enabled,
      rules: Object.fromEntries(values.redaction.off.map((rule) => [rule, false])),
      extraKeys: values.redaction.keys,
    },
    tokens,
    healing: toHealingSettings(values.healing, { isShared: clickhouse.url !== undefined }),
    rules: rulesFolder(values.rules),
    services: values.services.map(toService),
    docker: { host: values.docker.host, tls: values.docker.tls },
    secrets: {
      ...readReferences(secretsOf(values.services), env, faults),
      ...readReferences(referencesOf(values.agents, values.channels), env, faults),
    },
    agents: toAgentsSettings(values.agents),
    channels: toChannelSettings(values.channels),
    mcp: toMcpSettings(values.mcp),
    publicUrl: values.public_url?.replace(/\/+$/, ''),
    grafanaUrl: values.grafana_url,
    ownTelemetry: ownTelemetry === '' ? undefined : ownTelemetry,
  };
}

interface Where {
  readonly env: Environment;
  readonly path: string;
  readonly at: FileLines['at'];
}

function describe(issue: z.core.$ZodIssue, where: Where): string[] {
  const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
  const message = issue.code === 'unrecognized_keys' ? 'is not a key of errata.yaml' : issue.message;
  return paths.map((path) => {
    const dotted = path.map(String).join('.');
    const variable = Object.entries(VARIABLES).find(([, key]) => key.join('.') === dotted)?.[0];
    if (variable !== undefined && isSet(where.env[variable])) return `${variable}: ${message}`;
    return `${where.at(path) ?? where.path}: ${dotted}: ${message}`;
  });
}

/** An empty variable is as good as none: compose files set such. */
function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

function setKey(values: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) values[key] = value;
  else {
    const inner = values[key];
    const next = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
    values[key] = next;
    setKey(next, rest, value);
  }
}

function toNumber(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function isOwnPort(endpoint: string, ownPort: number): boolean {
  if (!URL.canParse(endpoint)) return false;
  const url = new URL(endpoint);
  return url.port === String(ownPort) && isLoopback(hostOf(endpoint));
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner as object);
  return Object.freeze(value);
}
