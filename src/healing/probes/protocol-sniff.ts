// What a port really speaks. Each question goes over a connection of its own, in the order that does least harm: listen
// first, as servers that greet must never be sent anything; then bytes that their receivers answer without a complaint in
// their log; HTTP last, since all others take it for an attack or a broken client.
import { connect as connectTls } from 'node:tls';
import type { Socket } from 'node:net';
import * as z from 'zod';
import { defineProbe, type ProbeContext } from '../probe.ts';
import { protocols } from '../target.ts';
import { codeOf, openConnection } from './open-connection.ts';
import { receiveAnswer } from './receive-answer.ts';
import { SSL_REQUEST, printable, signOf, signOfHello, signOfSslAnswer, type Sign } from './sniff-signs.ts';
import { addressOf, portField, type Address } from './target-address.ts';

const GREETING_MS = 250;
const ANSWER_MS = 700;
/** The last question may reach an application, which takes its time. */
const LAST_ANSWER_MS = 1_400;

export const protocolSniff = defineProbe({
  name: 'protocol.sniff',
  summary: 'Finds out which protocol the port speaks, over at most six short connections.',
  parameters: z.strictObject({ port: portField }),
  facts: {
    protocol: `${protocols.join(', ')}, or unknown`,
    evidence: 'what it was told by, or why it is unknown',
    silent: 'of an unknown protocol: true when it accepts and neither answers nor closes, as a process does that hangs',
  },
  needsEngine: false,
  async run({ port }, context) {
    const address = addressOf(context.target, port);
    if (address === undefined) return {};
    let silent = true;
    const heard = (): void => void (silent = false);
    for (const question of questions) {
      if (context.signal.aborted) return { protocol: 'unknown', evidence: 'not finished in time' };
      const answer = await ask(question, address, { ...context, heard });
      if (answer !== undefined) return { ...answer };
    }
    return { protocol: 'unknown', evidence: 'no answer that is known', silent };
  },
});

type Question = (socket: Socket, address: Address) => Promise<Sign | undefined>;

const HELLO_ID = 0x45525241;

const questions: readonly Question[] = [
  async (socket) => {
    const greeting = await receiveAnswer(socket, (bytes) => bytes.length > 0, GREETING_MS);
    if (greeting.length > 0) return greetingSign(greeting);
    socket.write(SSL_REQUEST);
    return await answerTo(socket, signOfSslAnswer, ANSWER_MS);
  },
  async (socket) => {
    socket.write('PING\r\n');
    return await answerTo(socket, signOf, ANSWER_MS);
  },
  async (socket) => {
    socket.write(mongoHello(HELLO_ID));
    return await answerTo(socket, (bytes) => signOfHello(bytes, HELLO_ID), ANSWER_MS);
  },
  (socket, { host }) => tlsHandshake(socket, host),
  async (socket) => {
    // Connection preface and empty SETTINGS (RFC 9113, 3.4).
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');
    return await answerTo(socket, signOf, ANSWER_MS);
  },
  async (socket, { host }) => {
    socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: errata-probe\r\nConnection: close\r\n\r\n`);
    return await answerTo(socket, signOf, LAST_ANSWER_MS);
  },
];

/** `heard`: to be called when the other side sends, ends or resets. */
interface Asking extends ProbeContext {
  readonly heard: () => void;
}

async function ask(question: Question, address: Address, context: Asking): Promise<Sign | undefined> {
  const opened = await openConnection(address, context);
  if (opened.kind === 'failed') return { protocol: 'unknown', evidence: opened.code };
  const { socket } = opened;
  const abort = (): void => void socket.destroy();
  context.signal.addEventListener('abort', abort, { once: true });
  socket.once('end', context.heard).once('error', context.heard);
  try {
    return await question(socket, address);
  } finally {
    if (socket.bytesRead > 0) context.heard();
    context.signal.removeEventListener('abort', abort);
    socket.destroy();
  }
}

function greetingSign(greeting: Buffer): Sign {
  return signOf(greeting) ?? { protocol: 'unknown', evidence: `greeted: ${printable(greeting.toString('latin1'))}` };
}

async function answerTo(
  socket: Socket,
  toSign: (bytes: Buffer) => Sign | undefined,
  timeoutMs: number,
): Promise<Sign | undefined> {
  return toSign(await receiveAnswer(socket, (bytes) => toSign(bytes) !== undefined, timeoutMs));
}

/** Whoever is behind the certificate: only that TLS is spoken is asked, nothing is sent over it. */
function tlsHandshake(socket: Socket, host: string): Promise<Sign | undefined> {
  return new Promise((resolve) => {
    const servername = /^[\d.]+$|:/.test(host) ? '' : host;
    const secure = connectTls({ socket, servername, rejectUnauthorized: false, ALPNProtocols: ['h2', 'http/1.1'] });
    const done = (sign: Sign | undefined): void => {
      clearTimeout(timer);
      secure.destroy();
      resolve(sign);
    };
    const timer = setTimeout(() => done(undefined), ANSWER_MS);
    secure.once('secureConnect', () => done({ protocol: 'tls', evidence: secure.getProtocol() ?? 'TLS' }));
    secure.once('close', () => done(undefined));
    secure.on('error', (error) => {
      // An alert is TLS too: it wants a client certificate, or another version.
      const code = codeOf(error);
      done(code.includes('_ALERT_') ? { protocol: 'tls', evidence: code } : undefined);
    });
  });
}

/** OP_MSG with the document {hello: 1, $db: 'admin'}, which needs no login. */
function mongoHello(requestId: number): Buffer {
  const document = Buffer.from('\0\0\0\0\x10hello\0\x01\0\0\0\x02$db\0\x06\0\0\0admin\0\0', 'latin1');
  document.writeInt32LE(document.length, 0);
  const header = Buffer.alloc(21);
  header.writeInt32LE(header.length + document.length, 0);
  header.writeInt32LE(requestId, 4);
  header.writeInt32LE(2013, 12);
  return Buffer.concat([header, document]);
}
