// The fields of an error that rules may name. Empty texts are missing. `peer.*` is what the service talked to when it
// failed: semantic conventions v1.44 (server.*, network.peer.*), the older net.peer.*, Node's system errors (address,
// port), and the words of health checks (service_name, host).
import type { HealingError } from '../store/attempt-store.ts';
import type { Scalar } from './rule.ts';

const columns: Readonly<Record<string, (error: HealingError) => unknown>> = {
  service: (error) => error.service,
  severity: (error) => error.severity,
  error_type: (error) => error.errorType,
  exception_type: (error) => error.exceptionType,
  message: (error) => error.message,
  environment: (error) => error.environment,
  release: (error) => error.release,
  host: (error) => error.host,
  container_id: (error) => error.containerId,
  trace_id: (error) => error.traceId,
  handled: (error) => error.handled,
  source: (error) => error.source,
  fingerprint: (error) => error.fingerprint,
  'peer.address': ({ details }) => peerAddress(details),
  'peer.port': ({ details }) => peerPort(details),
  'peer.name': ({ details }) => first(details, ['service_name', 'peer.service']) ?? peerAddress(details),
};

const DETAILS = 'details.';

export const fieldNames: readonly string[] = Object.keys(columns);

/** Whether an error can have it at all; each `details.<key>` is one. */
export function isField(name: string): boolean {
  return Object.hasOwn(columns, name) || (name.startsWith(DETAILS) && name.length > DETAILS.length);
}

/** undefined: missing. Lists and maps as JSON, so that `contains` can look into them. */
export function fieldOf(error: HealingError, name: string): Scalar | undefined {
  const value = name.startsWith(DETAILS)
    ? detailOf(error.details, name.slice(DETAILS.length))
    : Object.hasOwn(columns, name)
      ? columns[name]?.(error)
      : undefined;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : undefined;
}

/** Keys of details hold dots themselves (`server.address`): the longest key that is there comes first. */
function detailOf(details: unknown, path: string): unknown {
  if (typeof details !== 'object' || details === null || Array.isArray(details)) return undefined;
  if (Object.hasOwn(details, path)) return (details as Record<string, unknown>)[path];
  for (let end = path.lastIndexOf('.'); end > 0; end = path.lastIndexOf('.', end - 1)) {
    const key = path.slice(0, end);
    if (!Object.hasOwn(details, key)) continue;
    const inner = detailOf((details as Record<string, unknown>)[key], path.slice(end + 1));
    if (inner !== undefined) return inner;
  }
  return undefined;
}

type Details = HealingError['details'];

const addressKeys = [
  'server.address',
  'net.peer.name',
  'network.peer.address',
  'net.peer.ip',
  'hostname',
  'host',
  'address',
];
const portKeys = ['server.port', 'net.peer.port', 'network.peer.port', 'port'];
const urlKeys = ['url.full', 'http.url'];

function peerAddress(details: Details): string | undefined {
  return first(details, addressKeys) ?? peerUrl(details)?.hostname;
}

function peerPort(details: Details): number | undefined {
  const url = () => {
    const known = peerUrl(details);
    return known === undefined ? undefined : known.port || (known.protocol === 'https:' ? '443' : '80');
  };
  const port = Number(first(details, portKeys) ?? url());
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

function first(details: Details, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = detailOf(details, key);
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') return String(value);
  }
  return undefined;
}

/** Only read, never called. */
function peerUrl(details: Details): URL | undefined {
  const text = first(details, urlKeys);
  return text !== undefined && /^https?:/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
}
