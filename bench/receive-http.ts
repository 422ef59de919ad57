// The receiver over HTTP, gzip bodies of 1000 spans with 1 % errors, against a server that only inflates the same bodies.
// Each server is a process; the load comes from this one, over connections that stay open.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { median } from './median.ts';
import { createSender } from './post.ts';
import type { Sender } from './post.ts';
import type { BenchRow } from './row.ts';
import { makeTraceBatches } from './trace-batches.ts';

const BATCHES = 20;
const CONNECTIONS = 16;
/** Rounds alternate, so that a slow moment of the machine meets both. */
const ROUNDS = 7;
const ROUND_MS = 700;
const WARM_UP_MS = 600;

interface Server {
  readonly process: ChildProcess;
  readonly sender: Sender;
}

export async function benchReceiveHttp(): Promise<BenchRow[]> {
  const bodies = makeTraceBatches(BATCHES).map((batch) => gzipSync(batch));
  const servers = await Promise.all([startServer('receiver'), startServer('bare')]);
  const [receiver, bare] = servers;
  try {
    await requestsPerSecond(receiver.sender, bodies, WARM_UP_MS);
    await requestsPerSecond(bare.sender, bodies, WARM_UP_MS);
    const received: number[] = [];
    const inflated: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      received.push(await requestsPerSecond(receiver.sender, bodies, ROUND_MS));
      inflated.push(await requestsPerSecond(bare.sender, bodies, ROUND_MS));
    }
    const [value, referenceValue] = [median(received), median(inflated)];
    return [
      {
        what: 'receive gzip batches of 1000 spans with 1 % errors over HTTP',
        value,
        unit: 'requests/s',
        reference: 'bare node:http that inflates',
        referenceValue,
        ratio: value / referenceValue,
        target: '≥ 0.8',
      },
    ];
  } finally {
    for (const server of servers) {
      server.sender.close();
      server.process.kill();
    }
  }
}

async function startServer(role: 'receiver' | 'bare'): Promise<Server> {
  // The neighbour of this file, built or not.
  const child = fork(new URL(import.meta.url.replace(/receive-http(\.\w+)$/, 'http-server$1')), [role]);
  const [port] = (await once(child, 'message')) as [number];
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' };
  return {
    process: child,
    sender: createSender({ base: `http://127.0.0.1:${port}`, connections: CONNECTIONS, headers }),
  };
}

async function requestsPerSecond(sender: Sender, bodies: readonly Buffer[], forMs: number): Promise<number> {
  const startMs = performance.now();
  let answered = 0;
  const send = async (first: number) => {
    for (let index = first; performance.now() - startMs < forMs; index++) {
      const status = await sender.post('/v1/traces', bodies[index % bodies.length] ?? Buffer.alloc(0));
      if (status !== 200) throw new Error(`answered ${status}`);
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, connection) => send(connection)));
  return (answered / (performance.now() - startMs)) * 1_000;
}
