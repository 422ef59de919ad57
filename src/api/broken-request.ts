// Bytes that are no HTTP request, or one that came too slowly: there is no request object to answer through, only a socket.
import type { Socket } from 'node:net';
import { Failure } from '../failure.ts';
import { toProblem } from './problem.ts';

interface ConnectionError extends Error {
  readonly code?: string;
}

export function answerBrokenRequest(error: ConnectionError, socket: Socket): void {
  // The other side is gone, or has its answer already.
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason] = lineFor(error.code);
  const failure = new Failure('MALFORMED', 'this is not a request that this server can read', { cause: error });
  const body = JSON.stringify({ ...toProblem(failure), status });
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Type: application/problem+json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function lineFor(code: string | undefined): readonly [status: number, reason: string] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return [408, 'Request Timeout'];
  if (code === 'HPE_HEADER_OVERFLOW') return [431, 'Request Header Fields Too Large'];
  return [400, 'Bad Request'];
}
