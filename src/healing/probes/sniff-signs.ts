// How servers give themselves away: the first bytes of a greeting or of an answer, and what they prove.
import type { Protocol } from '../target.ts';

export interface Sign {
  readonly protocol: Protocol | 'unknown';
  /** A few words of ours; of the server's text only what is printable, and short. */
  readonly evidence: string;
}

/** undefined: these bytes say nothing (yet). */
export function signOf(bytes: Buffer): Sign | undefined {
  const text = bytes.toString('latin1');
  if (isMysqlPacket(bytes)) return { protocol: 'mysql', evidence: 'MySQL handshake' };
  if (isHttp2Frame(bytes)) return { protocol: 'grpc', evidence: 'HTTP/2 frame' };
  if (bytes[0] === 0x15 && bytes[1] === 3) return { protocol: 'tls', evidence: 'TLS alert' };
  if (text.startsWith('HTTP/1.')) return { protocol: 'http', evidence: printable(text.split('\r\n', 1)[0] ?? '') };
  if (text.startsWith('AMQP')) return { protocol: 'amqp', evidence: 'AMQP header' };
  if (/^(?:\+PONG|-NOAUTH|-DENIED|-LOADING|-MASTERDOWN|-ERR )/.test(text)) {
    return { protocol: 'redis', evidence: printable(text.split(' ', 1)[0] ?? '') };
  }
  if (text.startsWith('ERROR\r\n')) return { protocol: 'memcached', evidence: 'ERROR to PING' };
  return undefined;
}

/** Of the PostgreSQL protocol: may we speak TLS? Eight bytes, which AMQP servers answer with their header too. */
export const SSL_REQUEST = Buffer.from('0000000804d2162f', 'hex');

/** To an SSLRequest PostgreSQL alone answers one byte: S (TLS) or N (no TLS). */
export function signOfSslAnswer(bytes: Buffer): Sign | undefined {
  const [first] = bytes.toString('latin1');
  if (bytes.length === 1 && (first === 'S' || first === 'N')) {
    return { protocol: 'postgresql', evidence: `${first} to SSLRequest` };
  }
  return signOf(bytes);
}

/** OP_MSG or OP_REPLY in answer to the request of this id (MongoDB wire protocol: message header). */
export function signOfHello(bytes: Buffer, requestId: number): Sign | undefined {
  if (bytes.length >= 16 && bytes.readInt32LE(8) === requestId && [1, 2013].includes(bytes.readInt32LE(12))) {
    return { protocol: 'mongodb', evidence: 'reply to hello' };
  }
  return signOf(bytes);
}

export function printable(text: string): string {
  return text
    .replace(/[^ -~]+/g, ' ')
    .trim()
    .slice(0, 60);
}

/** Length (3 bytes), sequence 0, then protocol version 10 or an error (too many connections, host not allowed). */
function isMysqlPacket(bytes: Buffer): boolean {
  if (bytes.length < 6 || bytes[3] !== 0) return false;
  const length = bytes.readUIntLE(0, 3);
  return length > 6 && length < 1_000 && (bytes[4] === 0x0a || bytes[4] === 0xff);
}

/** SETTINGS or GOAWAY on stream 0 (RFC 9113, 4.1): the first that a server sends. */
function isHttp2Frame(bytes: Buffer): boolean {
  if (bytes.length < 9 || bytes.readUInt32BE(5) !== 0) return false;
  const length = bytes.readUIntBE(0, 3);
  return (bytes[3] === 4 && length % 6 === 0 && length < 200) || (bytes[3] === 7 && length >= 8 && length < 1_000);
}
