// A store in a process of its own that outlives the processor, behind a gate that stops at one event of an attempt: with
// the processor killed there, what was durable at that moment is decided by the test and not by chance.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { Attempt } from '../../../src/healing/attempt.ts';

export interface HeldStore {
  /** For the processor. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Stops at the first event that fits. `answer`: it is durable, but the processor is not told; `event`: it is on its way
   * and never arrives. Resolves when it is held there; what is held stays so until its sender is gone.
   */
  hold(what: 'answer' | 'event', fits: (event: Attempt) => boolean): Promise<Attempt>;
  /** Of one attempt, oldest first. */
  durable(attemptId: string): readonly Attempt[];
  stop(): Promise<void>;
}

interface Hold {
  readonly what: 'answer' | 'event';
  readonly fits: (event: Attempt) => boolean;
  readonly held: (event: Attempt) => void;
}

export async function startHeldStore(): Promise<HeldStore> {
  const folder = await mkdtemp(join(tmpdir(), 'errata-held-'));
  const args = ['test/store/clickhouse-http.mjs', '0', folder, 'errata', 's3cret'];
  const store = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(store.stdout, 'data')) as [Buffer];
  const port = Number(String(line).split(' ')[1]);
  const durable: Attempt[] = [];
  let hold: Hold | undefined;

  function takeHold(event: Attempt | undefined): Hold | undefined {
    if (event === undefined || hold?.fits(event) !== true) return undefined;
    const taken = hold;
    hold = undefined;
    return taken;
  }

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const event = eventIn(incoming, body);
    const taken = takeHold(event);
    if (event !== undefined && taken?.what === 'event') return taken.held(event);
    const { method, url: path, headers } = incoming;
    const passed = request({ host: '127.0.0.1', port, method, path, headers });
    passed.on('error', () => outgoing.destroy());
    passed.end(body);
    const [answer] = (await once(passed, 'response')) as [IncomingMessage];
    const text = await buffer(answer);
    if (event !== undefined && answer.statusCode === 200) durable.push(event);
    if (event !== undefined && taken !== undefined) return taken.held(event);
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(text);
  }

  // A sender that was killed meanwhile is none that waits for an answer.
  const gate = createServer((incoming, outgoing) => void forward(incoming, outgoing).catch(() => outgoing.destroy()));
  gate.listen(0, '127.0.0.1');
  await once(gate, 'listening');
  const { port: gatePort } = gate.address() as AddressInfo;
  return {
    env: {
      CLICKHOUSE_URL: `http://127.0.0.1:${gatePort}`,
      CLICKHOUSE_USER: 'errata',
      CLICKHOUSE_PASSWORD: 's3cret',
      CLICKHOUSE_DATABASE: 'errata',
    },
    hold: (what, fits) => new Promise((held) => (hold = { what, fits, held })),
    durable: (attemptId) => durable.filter(({ id }) => id === attemptId),
    stop: async () => {
      gate.close();
      gate.closeAllConnections();
      const gone = once(store, 'exit');
      store.kill('SIGKILL');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The attempt as the event tells it, where the request writes one: the last column of its row. */
function eventIn({ url = '', headers }: IncomingMessage, body: Buffer): Attempt | undefined {
  const query = new URL(url, 'http://gate').searchParams.get('query') ?? '';
  if (!query.startsWith('INSERT INTO attempt_events')) return undefined;
  const row = JSON.parse(String(headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body)) as unknown[];
  return JSON.parse(String(row.at(-1))) as Attempt;
}
