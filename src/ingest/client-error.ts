// Bytes that are no HTTP, and connections that take too long. Nothing was routed, so the answer is written by hand.
import type { Socket } from 'node:net';
import { Failure } from '../failure.ts';
import { failureBody } from './export-response.ts';

const reasons: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** The sender is too slow, or gone. No answer: a 408 would make senders drop what they may well send again. */
const SILENT = new Set(['ERR_HTTP_REQUEST_TIMEOUT', 'ECONNRESET']);

/** `isBusy`: a request of this connection is being handled, whose answer this must not be mistaken for. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket, isBusy: boolean): void {
  const code = error.code ?? '';
  if (isBusy || SILENT.has(code) || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = failureBody(new Failure('MALFORMED', 'this is not an HTTP/1.1 request'), 'json');
  const head = [
    `HTTP/1.1 ${reasons[code] ?? '400 Bad Request'}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
  ];
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]));
}
