// A sender over a few keep-alive connections: node:http, because it costs less of the machine than fetch.
import { Agent, request } from 'node:http';

export interface Sender {
  /** Resolves with the status when the answer has been read. */
  post(path: string, body: Buffer): Promise<number>;
  close(): void;
}

interface SenderSettings {
  readonly base: string;
  readonly connections: number;
  readonly headers: Readonly<Record<string, string>>;
}

export function createSender({ base, connections, headers }: SenderSettings): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    post: (path, body) =>
      new Promise((resolve, reject) => {
        const sent = request(
          new URL(path, base),
          { agent, method: 'POST', headers: { ...headers, 'content-length': body.length } },
          (response) => {
            response.resume();
            response.on('end', () => resolve(response.statusCode ?? 0));
            response.on('error', reject);
          },
        );
        sent.on('error', reject);
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}
