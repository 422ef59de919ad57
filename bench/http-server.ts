// The two servers that receive-http.ts compares, each in a process of its own: `receiver`, whose next stage takes
// everything and does nothing, and `bare`, which collects and inflates the body and answers.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { pino } from 'pino';
import { createReceiver } from '../src/ingest/receiver.ts';
import { createMetrics } from '../src/metrics.ts';

const port = process.argv[2] === 'bare' ? await startBare() : await startReceiver();
process.send?.(port);

async function startReceiver(): Promise<number> {
  const receiver = createReceiver(
    { host: '127.0.0.1', port: 0, logThreshold: 13, corsOrigins: [], maxBytesInFlight: 268_435_456 },
    {
      accept: () => Promise.resolve({ rejected: 0 }),
      authenticate: () => ({ tokenId: 'local', name: 'local', company: 1, scopes: new Set(['ingest'] as const) }),
      admit: () => undefined,
      onOutcome: () => undefined,
      metrics: createMetrics(),
      logger: pino({ level: 'warn' }),
    },
  );
  return (await receiver.start()).port;
}

async function startBare(): Promise<number> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      gunzipSync(Buffer.concat(chunks));
      response.writeHead(200, { 'content-type': 'application/x-protobuf', 'content-length': 0 }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
