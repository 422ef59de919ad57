// Probes make servers complain in their logs: an SSLRequest looks like a broken client to most, a PING like an attack to
// some. Such errors, from a target that was probed just before, are not new trouble and must match no rule.
import type { HealingError } from '../store/attempt-store.ts';
import type { ProbeTraffic } from './probe.ts';

export interface ProbeEcho {
  mark(traffic: ProbeTraffic): void;
  isEcho(error: HealingError): boolean;
}

const ECHO_MS = 30_000;
/** Clocks of a target and of Errata differ a little. */
const SKEW_MS = 2_000;
/** Logs come late, so marks outlive their echo. */
const KEEP_MS = 600_000;
const MAX_NAMES = 5_000;
const MAX_SPANS = 20;

interface Span {
  readonly fromMs: number;
  toMs: number;
}

/** Of servers alone, never what a client says: a client's ECONNRESET is trouble also while its peer is probed. */
const complaints = new RegExp(
  [
    'invalid length of startup packet',
    'incomplete startup packet',
    'unsupported frontend protocol',
    'could not accept SSL connection',
    'Possible SECURITY ATTACK detected',
    'Aborted connection',
    'Got packets out of order',
    'bad_header',
    'HPE_INVALID_METHOD',
    'Parse Error: Invalid method',
    'received bogus greeting from client',
    'first record does not look like a TLS handshake',
  ].join('|'),
  'i',
);

/** A refused login is an echo only if it was ours: others' are what a rule looks for. */
const OURS = 'errata-probe';

export function createProbeEcho({ now }: { readonly now: () => number }): ProbeEcho {
  // By name, the longest untouched first.
  const probed = new Map<string, Span[]>();

  function mark({ targetName, atMs, containerId, aliases = [] }: ProbeTraffic): void {
    const names = [targetName, ...aliases, ...(containerId === undefined ? [] : [containerId, shortId(containerId)])];
    for (const name of new Set(names.map((name) => name.toLowerCase()))) touch(name, atMs);
  }

  function touch(name: string, atMs: number): void {
    const spans = (probed.get(name) ?? []).filter(({ toMs }) => toMs > now() - KEEP_MS);
    const last = spans.at(-1);
    if (last !== undefined && atMs <= last.toMs + ECHO_MS) last.toMs = Math.max(last.toMs, atMs);
    else spans.push({ fromMs: atMs, toMs: atMs });
    probed.delete(name);
    probed.set(name, spans.slice(-MAX_SPANS));
    for (const oldest of probed.keys()) {
      if (probed.size <= MAX_NAMES) break;
      probed.delete(oldest);
    }
  }

  function isEcho(error: HealingError): boolean {
    if (!isComplaint(error)) return false;
    const names = [error.service, error.host, error.containerId, shortId(error.containerId)];
    return names.some((name) =>
      probed
        .get(name.toLowerCase())
        ?.some(({ fromMs, toMs }) => error.timestampMs >= fromMs - SKEW_MS && error.timestampMs <= toMs + ECHO_MS),
    );
  }

  return { mark, isEcho };
}

function isComplaint({ message, details }: HealingError): boolean {
  if (complaints.test(message)) return true;
  return (
    /password authentication failed/i.test(message) &&
    (message.includes(OURS) || Object.values(details).some((value) => value === OURS))
  );
}

/** What Docker names a container's host by default. */
function shortId(id: string): string {
  return id.slice(0, 12);
}
