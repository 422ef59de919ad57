// Collects a request's body. Bytes are counted as they come, not as they are announced: a sender that announces much and
// sends slowly holds nothing.
import type { IncomingMessage } from 'node:http';
import { Failure } from '../failure.ts';
import type { ByteShare } from './byte-budget.ts';

/**
 * Throws PAYLOAD_TOO_LARGE, OVERLOADED, or MALFORMED when the sender went away in the middle. What comes after a refusal
 * is drained by node:http, so that the sender gets to read the answer.
 */
export function readBody(request: IncomingMessage, share: ByteShare, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = () => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      // An aborted request may still raise an error, which nobody else listens to.
      request.on('error', () => undefined);
    };
    const onData = (chunk: Buffer) => {
      try {
        size += chunk.length;
        if (size > maxBytes) throw tooLarge(maxBytes);
        share.take(chunk.length);
        chunks.push(chunk);
      } catch (failure) {
        stop();
        request.resume();
        reject(failure instanceof Error ? failure : new Error(String(failure)));
      }
    };
    const onEnd = () => {
      stop();
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size));
    };
    const onClose = () => {
      stop();
      reject(new Failure('MALFORMED', 'the body ended in the middle'));
    };
    if (request.destroyed) return onClose();
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

export function tooLarge(maxBytes: number): Failure {
  return new Failure('PAYLOAD_TOO_LARGE', `the body is larger than ${maxBytes} bytes`);
}
