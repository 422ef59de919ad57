// Stands in front of an engine's socket: notes every request, passes it on byte by byte (also streams), and can keep back
// or cut the answer of a mutating call, so that the caller does not learn what came of it.
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse, createServer, request } from 'node:http';
import type { Socket } from 'node:net';

export interface RecordingProxy {
  readonly host: string;
  /** `POST /v1.41/containers/<id>/restart?t=10`, oldest first. */
  calls(): readonly string[];
  /** Those that could change something. */
  mutations(): readonly string[];
  /** The answer of each mutating call from now on: passed on, or the connection is cut instead once the engine has the request. */
  setAnswers(answers: 'pass' | 'cut'): void;
  stop(): Promise<void>;
}

export async function startRecordingProxy(engineSocket: string): Promise<RecordingProxy> {
  const socket = `${engineSocket}.proxy`;
  const calls: string[] = [];
  let answers: 'pass' | 'cut' = 'pass';

  function forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const call = `${incoming.method} ${incoming.url}`;
    calls.push(call);
    const { method, url: path, headers } = incoming;
    const passed = request({ socketPath: engineSocket, method, path, headers });
    passed.on('error', () => outgoing.destroy());
    passed.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      // The head of a stream must not wait for its first line.
      outgoing.flushHeaders();
      answer.on('error', () => outgoing.destroy());
      answer.on('aborted', () => outgoing.destroy());
      answer.pipe(outgoing);
    });
    passed.on('upgrade', (answer, upstream: Socket, head: Buffer) => {
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
      incoming.socket.write(`HTTP/1.1 101 UPGRADED\r\n${lines.join('')}\r\n`);
      if (head.length > 0) incoming.socket.write(head);
      upstream.pipe(incoming.socket).pipe(upstream);
    });
    outgoing.on('close', () => {
      // A cut call goes on in the engine, as after a client's time-out; streams end with their reader.
      if (!isMutation(call)) passed.destroy();
    });
    incoming.pipe(passed);
    if (answers === 'cut' && isMutation(call)) passed.on('finish', () => incoming.socket.destroy());
  }

  const server = createServer(forward);
  await rm(socket, { force: true });
  server.listen(socket);
  await once(server, 'listening');
  return {
    host: `unix://${socket}`,
    calls: () => calls,
    mutations: () => calls.filter(isMutation),
    setAnswers: (kind) => (answers = kind),
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function isMutation(call: string): boolean {
  return !call.startsWith('GET ') && !call.startsWith('HEAD ');
}
