import { createClient } from '@redis/client';
import type { ProbeContext } from '../probe.ts';
import { boundOf, codeOf, CONNECT_TIMEOUT_MS, markTraffic, type ConnectionContext } from './open-connection.ts';
import { addressOf } from './target-address.ts';

const TIMEOUT_MS = 3_000;

export type RedisAnswer =
  | { readonly kind: 'done'; readonly text: string }
  /** NOAUTH, WRONGPASS, LOADING, MAXCLIENTS, ECONNREFUSED, … */
  | { readonly kind: 'failed'; readonly code: string };

/** One command over one connection. undefined: nothing tells the address. */
export async function askRedis(
  context: ConnectionContext & Pick<ProbeContext, 'secret'>,
  port: number | undefined,
  command: readonly string[],
): Promise<RedisAnswer | undefined> {
  const address = addressOf(context.target, port, 'redis');
  if (address === undefined) return undefined;
  const { credentials } = context.target.service;
  const client = createClient({
    // RESP 2 without HELLO and CLIENT SETINFO: a server that wants a password, or is old, answers as it does to others.
    RESP: 2,
    disableClientInfo: true,
    socket: { ...address, connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false },
    ...(credentials === undefined
      ? {}
      : { username: credentials.user || 'default', password: context.secret(credentials.password) }),
  });
  // The same failure rejects the call.
  client.on('error', () => {});
  markTraffic(context);
  const bound = boundOf(context.signal, TIMEOUT_MS);
  const end = (): void => {
    if (client.isOpen) client.destroy();
  };
  bound.addEventListener('abort', end, { once: true });
  try {
    await client.connect();
    return { kind: 'done', text: await client.sendCommand<string>(command) };
  } catch (error) {
    return { kind: 'failed', code: bound.aborted ? 'ETIMEDOUT' : redisCodeOf(error) };
  } finally {
    bound.removeEventListener('abort', end);
    end();
  }
}

function redisCodeOf(error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  if (text.includes('max number of clients')) return 'MAXCLIENTS';
  if (error instanceof Error && error.name === 'ConnectionTimeoutError') return 'ETIMEDOUT';
  // By convention the first word of an answer is its code; the text after it may quote the command.
  return /^[A-Z]{3,20}(?= )/.exec(text)?.[0] ?? codeOf(error);
}
