// Who sent it: what all errors of one ResourceSpans or ResourceLogs share. Read once per resource.
// Semantic conventions v1.44: service.*, deployment.*, host.*, container.*, k8s.*; the old deployment.environment too.
import type { Attributes } from '../ingest/candidate.ts';
import { companyFor, MAX_COMPANY } from '../access/principal.ts';
import type { Principal } from '../access/principal.ts';
import { integerOf, textOf, toJsonValue } from './attribute-values.ts';
import { cleanText, cutEnd } from './clean-text.ts';
import type { JsonValue } from './error-event.ts';

export interface ResourceFacts {
  /** undefined: a forwarder named a company that cannot be. */
  readonly companyId: number | undefined;
  readonly service: string;
  readonly namespace: string;
  readonly environment: string;
  readonly release: string;
  readonly host: string;
  readonly containerId: string;
  /** Tells apart two processes of one service: service.instance.id, else the host. */
  readonly instance: string;
  /** telemetry.sdk.language: chooses the stack parser. */
  readonly language: string;
  /** Resource attributes worth showing with each error. */
  readonly details: ReadonlyMap<string, JsonValue>;
}

/** What semconv names a service that did not say. */
const UNKNOWN_SERVICE = 'unknown_service';

/** Columns hold names, not texts; 256 as in Sentry. */
const MAX_NAME_CHARS = 256;

const shownPrefixes = ['k8s.', 'cloud.', 'faas.', 'process.runtime.'];
const shownKeys = new Set([
  'container.image.name',
  'container.name',
  'os.type',
  'process.command',
  'process.executable.name',
  'process.pid',
  'service.instance.id',
  'service.namespace',
  'telemetry.sdk.language',
]);

export function factsOf(resource: Attributes, principal: Principal): ResourceFacts {
  const host = nameOf(resource, 'host.name') || nameOf(resource, 'k8s.pod.name');
  return {
    companyId: companyOf(resource, principal),
    service: nameOf(resource, 'service.name') || UNKNOWN_SERVICE,
    namespace: nameOf(resource, 'service.namespace'),
    environment: nameOf(resource, 'deployment.environment.name') || nameOf(resource, 'deployment.environment'),
    release: nameOf(resource, 'service.version'),
    host,
    containerId: nameOf(resource, 'container.id'),
    instance: nameOf(resource, 'service.instance.id') || host,
    language: nameOf(resource, 'telemetry.sdk.language'),
    details: shownDetails(resource),
  };
}

/** A name as a column holds it: one line, bounded. */
export function toName(text: string): string {
  return cutEnd(cleanText(text).replaceAll('\n', ' ').trim(), MAX_NAME_CHARS);
}

function nameOf(resource: Attributes, key: string): string {
  return toName(textOf(resource, key));
}

function companyOf(resource: Attributes, principal: Principal): number | undefined {
  const value = resource.get('company.id');
  if (principal.company !== '*' || value === undefined) return companyFor(principal, undefined);
  const asked = integerOf(value);
  if (asked === undefined || asked < 1 || asked > MAX_COMPANY) return undefined;
  return companyFor(principal, asked);
}

function shownDetails(resource: Attributes): ReadonlyMap<string, JsonValue> {
  const details = new Map<string, JsonValue>();
  for (const [key, value] of resource) {
    if (shownKeys.has(key) || shownPrefixes.some((prefix) => key.startsWith(prefix))) {
      details.set(key, toJsonValue(value));
    }
  }
  return details;
}
