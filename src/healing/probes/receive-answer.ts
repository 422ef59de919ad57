import type { Socket } from 'node:net';

const MAX_BYTES = 4_096;

/** What came until it is enough, the other side closes, or time is up. */
export function receiveAnswer(
  socket: Socket,
  isEnough: (bytes: Buffer) => boolean,
  timeoutMs: number,
): Promise<Buffer> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const done = (): void => {
      clearTimeout(timer);
      socket.off('data', take).off('close', done).off('end', done);
      resolve(bytes);
    };
    const take = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length >= MAX_BYTES || isEnough(bytes)) done();
    };
    const timer = setTimeout(done, timeoutMs);
    socket.on('data', take).on('close', done).on('end', done);
    if (socket.destroyed) done();
  });
}
