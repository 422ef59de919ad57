import * as z from 'zod';
import { defineProbe } from '../probe.ts';
import { openConnection } from './open-connection.ts';
import { addressOf, portField } from './target-address.ts';

export const tcpConnect = defineProbe({
  name: 'tcp.connect',
  summary: 'Opens one TCP connection from where Errata runs, and closes it.',
  parameters: z.strictObject({ port: portField }),
  facts: {
    ok: 'true: the connection was made',
    error: 'code of the failure: ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENOTFOUND, …',
    verdict:
      'open; refused: the host is up, nothing listens; timed_out: dropped (firewall, route, host down); unreachable: no route; dns: the name is not known',
  },
  needsEngine: false,
  async run({ port }, context) {
    const address = addressOf(context.target, port);
    if (address === undefined) return {};
    const opened = await openConnection(address, context);
    if (opened.kind === 'failed') return { ok: false, error: opened.code, ...verdictOf(opened.code) };
    opened.socket.destroy();
    return { ok: true, verdict: 'open' };
  },
});

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
