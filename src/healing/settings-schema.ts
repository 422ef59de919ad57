// The keys of errata.yaml that are about healing: the switch, the Docker engine, and the catalogue of services.
import * as z from 'zod';
import { duration } from './durations.ts';
import type { HealingSettings } from './engine.ts';
import { protocols } from './target.ts';
import type { CatalogueService } from './target.ts';

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/, 'must be a name: letters, digits, ., _ and -');
const reference = z
  .string()
  .regex(/^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/, 'must be env:NAME or file:PATH: secrets do not stand in files');
const mode = z.enum(['observe', 'approve', 'auto']);

export const healingSchema = z.strictObject({
  // Another processor of the same server would act on the same containers: with a server one of them is switched on.
  enabled: z.boolean().optional(),
  mode: mode.default('observe'),
  actions_per_hour: z.int().min(1).max(1_000).default(20),
  concurrent: z.int().min(1).max(100).default(3),
  common_cause_targets: z.int().min(1).max(1_000).default(4),
  common_cause_within: duration('1s', '1h').prefault('60s'),
  deploy_grace: duration('0ms', '1h').prefault('3m'),
  approval_expires: duration('1s', '7d').prefault('10m'),
});

export const dockerSchema = z.strictObject({
  host: z
    .string()
    .regex(/^(?:unix:\/\/\/|tcp:\/\/).+/, 'must be unix:///path or tcp://host:port')
    .optional(),
  tls: z.strictObject({ ca: z.string().min(1), cert: z.string().min(1), key: z.string().min(1) }).optional(),
});

/** `host:port`, IPv6 in brackets. */
const address = z
  .string()
  .regex(/^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):\d{1,5}$/, 'must be host:port')
  .transform((text) => {
    const at = text.lastIndexOf(':');
    return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
  })
  .refine(({ port }) => port >= 1 && port <= 65_535, 'the port must be 1–65535');

const container = z
  .strictObject({
    project: name.optional(),
    service: name.optional(),
    labels: z.record(z.string().min(1), z.string()).default({}),
  })
  .refine(
    ({ service, labels }) => service !== undefined || Object.keys(labels).length > 0,
    'must name a compose service or labels: an empty selector selects nothing',
  );

const service = z.strictObject({
  name,
  aliases: z.array(z.string().min(1)).default([]),
  company: z.int().min(1).default(1),
  container: container.optional(),
  address: address.optional(),
  protocol: z.enum(protocols).optional(),
  health_check: z
    .strictObject({ protocol: z.enum(protocols), path: z.string().startsWith('/').default('/') })
    .optional(),
  credentials: z
    .strictObject({ user: z.string().default(''), password: reference, database: z.string().default('') })
    .optional(),
  fix_endpoint: z.strictObject({ url: z.url({ protocol: /^https?$/ }), secret: reference }).optional(),
  mode: mode.optional(),
  protected: z.boolean().default(false),
});

export const servicesSchema = z.array(service).superRefine((services, context) => {
  const seen = new Set<string>();
  for (const [index, { name: own, aliases }] of services.entries()) {
    for (const each of new Set([own, ...aliases].map((one) => one.toLowerCase()))) {
      if (seen.has(each))
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `${each} is taken by another service` });
      seen.add(each);
    }
  }
});

export function toService(one: z.output<typeof service>): CatalogueService {
  return {
    name: one.name,
    aliases: one.aliases,
    company: one.company,
    container:
      one.container === undefined
        ? undefined
        : { project: one.container.project, service: one.container.service, labels: one.container.labels },
    address: one.address,
    protocol: one.protocol,
    healthCheck: one.health_check,
    credentials: one.credentials,
    fixEndpoint: one.fix_endpoint,
    mode: one.mode,
    protected: one.protected,
  };
}

/** Processors of one server store within this of each other. */
const SHARED_LAG_MS = 2_000;

export function toHealingSettings(
  values: z.output<typeof healingSchema>,
  { isShared }: { readonly isShared: boolean },
): HealingSettings {
  return {
    enabled: values.enabled ?? !isShared,
    mode: values.mode,
    budget: { actionsPerHour: values.actions_per_hour, concurrent: values.concurrent },
    commonCause: { targets: values.common_cause_targets, withinMs: values.common_cause_within },
    deployGraceMs: values.deploy_grace,
    approvalMs: values.approval_expires,
    lagMs: isShared ? SHARED_LAG_MS : 0,
  };
}

/** Every secret that the catalogue refers to, with the key it stands in. */
export function secretsOf(services: z.output<typeof servicesSchema>): readonly SecretReference[] {
  return services.flatMap(({ name: owner, credentials, fix_endpoint: endpoint }) =>
    [credentials?.password, endpoint?.secret]
      .filter((text) => text !== undefined)
      .map((text) => ({ key: `services: ${owner}`, reference: text })),
  );
}

export interface SecretReference {
  readonly key: string;
  /** `env:NAME` or `file:PATH`. */
  readonly reference: string;
}

/** Values of the variables that are referred to; a missing one is a fault. */
export function readReferences(
  references: readonly SecretReference[],
  env: Readonly<Record<string, string | undefined>>,
  faults: string[],
): Readonly<Record<string, string>> {
  const secrets: Record<string, string> = {};
  for (const { key, reference } of references) {
    const variable = /^env:(.+)$/.exec(reference)?.[1];
    if (variable === undefined) continue;
    const value = env[variable] ?? '';
    if (value === '') faults.push(`${key}: the variable ${variable} is not set`);
    secrets[variable] = value;
  }
  return secrets;
}
