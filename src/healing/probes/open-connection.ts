// One TCP connection of a probe: marked, bounded, and closed on abort.
import { connect, type Socket } from 'node:net';
import type { ProbeContext } from '../probe.ts';
import type { Address } from './target-address.ts';

/** One lost SYN is sent again after a second. */
export const CONNECT_TIMEOUT_MS = 1_500;

/** What a connection needs to know; actions have it too. */
export type ConnectionContext = Pick<ProbeContext, 'target' | 'mark' | 'now' | 'signal'>;

export type Opened =
  | { readonly kind: 'open'; readonly socket: Socket }
  | { readonly kind: 'failed'; readonly code: string };

export function openConnection(address: Address, context: ConnectionContext): Promise<Opened> {
  markTraffic(context);
  return new Promise((resolve) => {
    const bound = boundOf(context.signal, CONNECT_TIMEOUT_MS);
    const socket = connect({ ...address, noDelay: true });
    const fail = (code: string): void => {
      socket.destroy();
      resolve({ kind: 'failed', code });
    };
    const abort = (): void => fail('ETIMEDOUT');
    if (bound.aborted) return abort();
    bound.addEventListener('abort', abort, { once: true });
    // Stays for the whole life of the socket: a reset later on must not end the process.
    socket.on('error', (error) => fail(codeOf(error)));
    socket.once('connect', () => {
      bound.removeEventListener('abort', abort);
      resolve({ kind: 'open', socket });
    });
  });
}

export function boundOf(signal: AbortSignal, timeoutMs: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
}

export function markTraffic({ mark, target, now }: ConnectionContext): void {
  mark({
    targetName: target.name,
    atMs: now(),
    containerId: target.container?.id,
    aliases: [target.service.name, ...target.service.aliases, ...hostOf(target.service.address)],
  });
}

function hostOf(address: Address | undefined): readonly string[] {
  return address === undefined ? [] : [address.host];
}

/** `ECONNREFUSED`, `28P01`: what the error is called, never its text, which may quote what was sent. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'UNKNOWN';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error && error.name === 'AbortError' ? 'ETIMEDOUT' : 'UNKNOWN';
}
