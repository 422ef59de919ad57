// The keys of errata.yaml that are about agents and about who is told: roster, routes, deadlines, channels.
import * as z from 'zod';
import { duration } from '../healing/durations.ts';
import { MAX_DELEGATIONS, joins } from './case.ts';
import type { ChannelSettings } from './channel.ts';
import { noticeKinds } from './notice.ts';
import type { NoticeKind } from './notice.ts';
import type { AgentsSettings } from './roster.ts';

const agentName = z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, 'must be a name: small letters, digits, _ and -');
const reference = z
  .string()
  .regex(/^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/, 'must be env:NAME or file:PATH: secrets do not stand in files');
const httpUrl = z.url({ protocol: /^https?$/ });
const words = z.array(z.string().min(1)).default([]);

const agent = z.strictObject({
  name: agentName,
  role: z.string().min(1).max(200),
  webhook: z.strictObject({ url: httpUrl, secret: reference }).optional(),
});

const route = z.strictObject({
  error_type: words,
  service: words,
  finding: words,
  to: z.array(agentName).min(1).max(MAX_DELEGATIONS),
  ask: z.array(z.string().min(1).max(500)).max(10).default([]),
  join: z.enum(joins).default('all'),
});

/** Who SEED.md names. ADA's own part is built in; her name stands for `by the routes`. */
const ROSTER = [
  { name: 'morgan', role: 'DevOps: infrastructure' },
  { name: 'alex', role: 'Finance: billing' },
  { name: 'devon', role: 'Strategy: business logic' },
  { name: 'ada', role: 'Orchestrator' },
  { name: 'claude', role: 'Any question' },
];

/** Where all of them are of the roster. */
const ROUTES = [{ finding: ['PAYMENTS_DOWN', 'PAYMENTS_FAILING'], to: ['morgan', 'alex', 'devon'] }];

export const agentsSchema = z
  .strictObject({
    roster: z.array(agent).min(1).max(50).prefault(ROSTER),
    routes: z.array(route).max(200).optional(),
    fallback: agentName.default('morgan'),
    acknowledge_within: duration('1s', '7d').prefault('10m'),
    lease: duration('1s', '1d').prefault('15m'),
    report_within: duration('1s', '30d').prefault('2h'),
    max_offers: z.int().min(1).max(20).default(3),
  })
  .transform(({ roster, routes, ...rest }) => {
    const isThere = (wanted: string) => roster.some(({ name }) => name === wanted);
    const shipped = ROUTES.filter(({ to }) => to.every(isThere)).map((one) => route.parse(one));
    return { ...rest, roster, routes: routes ?? shipped };
  })
  .superRefine(({ roster, routes, fallback }, context) => {
    const names = new Set<string>();
    for (const [index, { name }] of roster.entries()) {
      if (names.has(name))
        context.addIssue({ code: 'custom', path: ['roster', index, 'name'], message: `${name} is there twice` });
      names.add(name);
    }
    const asked = routes.flatMap(({ to }, index) => to.map((name) => ({ name, path: ['routes', index, 'to'] })));
    for (const { name, path } of [...asked, { name: fallback, path: ['fallback'] }]) {
      if (!names.has(name) || name === 'ada') {
        context.addIssue({ code: 'custom', path, message: `${name} is nobody of the roster who can be asked` });
      }
    }
  });

/** No channel is ever told these by its kinds: to name them is a misunderstanding. */
const UNTOLD: Partial<Record<NoticeKind, string>> = {
  delegation_opened: "delegation_opened goes to its agent's webhook (agents.roster), to no channel",
  digest: 'digest comes by itself where something was held back',
};

const kind = z.enum(noticeKinds).superRefine((name, context) => {
  const message = UNTOLD[name];
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** Of one channel: which kinds it is told. */
const told = {
  name: agentName,
  kinds: z
    .array(kind)
    .min(1)
    .default([
      'critical_error',
      'fix_failed',
      'approval_needed',
      'delegation_overdue',
      'case_escalated',
      'breaker_open',
    ]),
  /** Of one company only; all of them when not given. */
  company: z.int().min(1).optional(),
};

export const channelsSchema = z
  .array(
    z.discriminatedUnion('type', [
      z.strictObject({ ...told, type: z.literal('webhook'), url: httpUrl, secret: reference }),
      // The address of such a webhook is its secret.
      z.strictObject({ ...told, type: z.literal('slack'), url: reference }),
      z.strictObject({
        ...told,
        type: z.literal('pagerduty'),
        routing_key: reference,
        url: httpUrl.default('https://events.pagerduty.com/v2/enqueue'),
      }),
      z.strictObject({
        ...told,
        type: z.literal('email'),
        host: z.string().min(1),
        port: z.int().min(1).max(65_535).default(587),
        /** From the first byte; otherwise STARTTLS where the server offers it. */
        tls: z.boolean().default(false),
        user: z.string().default(''),
        password: reference.optional(),
        from: z.email(),
        to: z.array(z.email()).min(1).max(50),
      }),
    ]),
  )
  .max(50)
  .superRefine((channels, context) => {
    const names = new Set<string>();
    for (const [index, { name }] of channels.entries()) {
      if (names.has(name))
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `${name} is there twice` });
      names.add(name);
    }
  });

export function toAgentsSettings(values: z.output<typeof agentsSchema>): AgentsSettings {
  return {
    roster: values.roster.map(({ name, role, webhook }) => ({ name, role, webhook })),
    routes: values.routes.map(({ error_type, service, finding, to, ask, join }) => ({
      errorTypes: error_type,
      services: service,
      findings: finding,
      to,
      ask,
      join,
    })),
    fallback: values.fallback,
    acknowledgeWithinMs: values.acknowledge_within,
    leaseMs: values.lease,
    reportWithinMs: values.report_within,
    maxOffers: values.max_offers,
  };
}

export function toChannelSettings(values: z.output<typeof channelsSchema>): readonly ChannelSettings[] {
  return values.map((channel) =>
    channel.type === 'pagerduty' ? { ...channel, type: 'pagerduty', routingKey: channel.routing_key } : channel,
  );
}

/** Every `env:NAME` that these keys refer to, with the key it stands in. */
export function referencesOf(
  { roster }: z.output<typeof agentsSchema>,
  channels: z.output<typeof channelsSchema>,
): readonly { readonly key: string; readonly reference: string }[] {
  const ofAgents = roster.map(({ name, webhook }) => ({ key: `agents.roster: ${name}`, reference: webhook?.secret }));
  const ofChannels = channels.map((channel) => {
    const reference = { webhook: 'secret', slack: 'url', pagerduty: 'routing_key', email: 'password' }[channel.type];
    return {
      key: `channels: ${channel.name}`,
      reference: Object.entries(channel).find(([key]) => key === reference)?.[1] as string | undefined,
    };
  });
  return [...ofAgents, ...ofChannels].flatMap(({ key, reference }) =>
    reference === undefined ? [] : [{ key, reference }],
  );
}
