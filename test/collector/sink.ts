// Stands where the processor stands and keeps what the collector sends, as it came.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

export interface Sink {
  /** The names that otlp-samples.ts gave, sorted, each once. */
  names(): readonly string[];
  received(): string;
  authorization(): string | undefined;
  refused(): number;
  kill(): Promise<void>;
}

/** Answers 503 to the first `refusals` requests. */
export async function startSink(port: number, refusals: number): Promise<Sink> {
  const bodies: string[] = [];
  let authorization: string | undefined;
  let refused = 0;
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      if (refused < refusals) {
        refused++;
        response.writeHead(503, { 'retry-after': '1' }).end();
        return;
      }
      authorization = request.headers.authorization;
      // Strings lie in protobuf as they are, so that no decoder is needed to see them.
      bodies.push(gunzipSync(body).toString('latin1'));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    names: () => [...new Set(bodies.flatMap((body) => body.match(/\b(?:by|ok)-[a-z0-9-]+/g) ?? []))].sort(),
    received: () => bodies.join('\n'),
    authorization: () => authorization,
    refused: () => refused,
    async kill() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
