// The fix endpoint for node:http, and for whatever takes (request, response, next): Express, Connect.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FixAnswer, FixOptions } from './fix-endpoint.ts';
import { FIX_PATH, MAX_FIX_BYTES, createFixEndpoint, refusal } from './fix-endpoint.ts';

/**
 * `createServer(fixHandler({ secret }))`, or `app.use(fixHandler({ secret }))` before anything that reads bodies. Other
 * paths than /errata/fix go to `next`, else they are answered with 404.
 */
export function fixHandler(options: FixOptions) {
  const answer = createFixEndpoint(options);

  async function serve(request: IncomingMessage, key: string | undefined): Promise<FixAnswer> {
    const body = await readBody(request);
    if (body === undefined) return refusal(413, `a fix has at most ${MAX_FIX_BYTES} bytes`);
    return answer({ method: request.method ?? '', key, headers: request.headers, body });
  }

  return (request: IncomingMessage, response: ServerResponse, next?: () => void): void => {
    const path = request.url?.split('?')[0] ?? '';
    const key = keyOf(path);
    if (path !== FIX_PATH && key === undefined) {
      if (next === undefined) send(response, refusal(404, 'not found'));
      else next();
      return;
    }
    serve(request, key).then(
      (answered) => send(response, answered),
      // The caller went away before it had said all: there is nobody to answer.
      () => response.destroy(),
    );
  };
}

/** Of `/errata/fix/<key>`. */
function keyOf(path: string): string | undefined {
  if (!path.startsWith(`${FIX_PATH}/`)) return undefined;
  const encoded = path.slice(FIX_PATH.length + 1);
  try {
    return decodeURIComponent(encoded);
  } catch {
    // No key looks like that, so no signature is of it.
    return encoded;
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Not for await: leaving it early would close the connection before the answer.
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_FIX_BYTES) chunks.push(chunk);
      else resolve(undefined);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
    // Somebody before us read it: the signature will not fit, which says so.
    if (request.readableEnded) resolve(Buffer.alloc(0));
  });
}

function send(response: ServerResponse, { status, body }: FixAnswer): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    // What is left of a body that was too large is not read.
    ...(status === 413 ? { connection: 'close' } : {}),
  });
  response.end(JSON.stringify(body));
}
