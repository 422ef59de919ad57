import * as z from 'zod';
import { defineProbe } from '../probe.ts';
import { openConnection } from './open-connection.ts';
import type { ConnectionContext } from './open-connection.ts';
import { addressOf, portField } from './target-address.ts';
import type { Address } from './target-address.ts';

export const tcpConnect = defineProbe({
  name: 'tcp.connect',
  summary: 'Opens one TCP connection from where Errata runs, and closes it.',
  parameters: z.strictObject({ port: portField }),
  facts: {
    ok: 'true: the connection was made',
    error: 'code of the failure: ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENOTFOUND, …',
    verdict:
      'open; refused: the host is up, nothing listens; timed_out: dropped (firewall, route, host down); full: the host answers at once, this port does not: the process accepts no connection any more; unreachable: no route; dns: the name is not known; no_address: neither the catalogue nor the container tells where it listens',
  },
  needsEngine: false,
  async run({ port }, context) {
    const address = addressOf(context.target, port);
    if (address === undefined) return { verdict: 'no_address' };
    const opened = await openConnection(address, context);
    if (opened.kind === 'failed') {
      const isFull = opened.code === 'ETIMEDOUT' && (await refuses({ ...address, port: CLOSED_PORT }, context));
      return { ok: false, error: opened.code, ...(isFull ? { verdict: 'full' } : verdictOf(opened.code)) };
    }
    opened.socket.destroy();
    return { ok: true, verdict: 'open' };
  },
});

/** discard: nothing listens there nowadays. A firewall in between would drop this one too. */
const CLOSED_PORT = 9;

async function refuses(address: Address, context: ConnectionContext): Promise<boolean> {
  const opened = await openConnection(address, context);
  if (opened.kind === 'open') opened.socket.destroy();
  return opened.kind === 'failed' && opened.code === 'ECONNREFUSED';
}

function verdictOf(code: string): { readonly verdict?: string } {
  switch (code) {
    case 'ECONNREFUSED':
    case 'ECONNRESET':
      return { verdict: 'refused' };
    case 'ETIMEDOUT':
      return { verdict: 'timed_out' };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
    // The own machine's firewall says no.
    case 'EACCES':
    case 'EPERM':
      return { verdict: 'unreachable' };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { verdict: 'dns' };
    default:
      return {};
  }
}
