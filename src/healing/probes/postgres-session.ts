// One login to the target's PostgreSQL, as a probe: a single try, since repeated wrong ones can lock an account.
import { Socket } from 'node:net';
import { Client } from 'pg';
import type { ProbeContext } from '../probe.ts';
import { boundOf, codeOf, markTraffic, openConnection, type ConnectionContext } from './open-connection.ts';
import { receiveAnswer } from './receive-answer.ts';
import { SSL_REQUEST } from './sniff-signs.ts';
import { addressOf, type Address } from './target-address.ts';

export const APPLICATION_NAME = 'errata-probe';
/** With the second for the question about TLS below the 5 s that a call has unless its rule says otherwise. */
const TIMEOUT_MS = 3_000;
const TLS_ANSWER_MS = 1_000;

export type Session<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** SQLSTATE, or the code of the connection's failure. */
  | { readonly kind: 'failed'; readonly code: string };

/** undefined: the catalogue has no address or no credentials. */
export async function withPostgres<T>(
  context: ConnectionContext & Pick<ProbeContext, 'secret'>,
  port: number | undefined,
  work: (client: Client) => Promise<T>,
): Promise<Session<T> | undefined> {
  const address = addressOf(context.target, port, 'postgresql');
  const { credentials } = context.target.service;
  if (address === undefined || credentials === undefined) return undefined;
  const login = {
    user: credentials.user,
    password: context.secret(credentials.password),
    database: credentials.database,
  };
  const tls = await asksForTls(address, context);
  if (typeof tls === 'string') return { kind: 'failed', code: tls };
  markTraffic(context);
  const socket = new Socket();
  const client = new Client({
    ...address,
    ...login,
    stream: () => socket,
    // As libpq's `prefer`: a server that insists on TLS must not look as if the password was wrong.
    ssl: tls ? { rejectUnauthorized: false } : false,
    application_name: APPLICATION_NAME,
  });
  // A lost connection fails the query; the event as well would end the process.
  client.on('error', () => {});
  const bound = boundOf(context.signal, TIMEOUT_MS);
  bound.addEventListener('abort', () => void socket.destroy(), { once: true });
  try {
    await client.connect();
    return { kind: 'done', value: await work(client) };
  } catch (error) {
    return { kind: 'failed', code: bound.aborted ? 'ETIMEDOUT' : codeOf(error) };
  } finally {
    // Says goodbye, so that the server logs nothing; whatever is left is cut off at the bound.
    client.end().catch(() => {});
  }
}

/** A string: why the server could not be asked. */
async function asksForTls(address: Address, context: ConnectionContext): Promise<boolean | string> {
  const opened = await openConnection(address, context);
  if (opened.kind === 'failed') return opened.code;
  const { socket } = opened;
  socket.write(SSL_REQUEST);
  const answer = await receiveAnswer(socket, (bytes) => bytes.length > 0, TLS_ANSWER_MS);
  socket.destroy();
  return answer.toString('latin1') === 'S';
}
