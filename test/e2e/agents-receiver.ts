// Who is told by webhook: a server of its own that notes each message, checks its signature as any receiver would, and can be
// away, or take a message without an answer.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Message {
  /** The path that it came to, without its slash. */
  readonly to: string;
  /** `webhook-id`. */
  readonly id: string;
  readonly type: string;
  /** Group and cause: equal keys are one message. */
  readonly key: string;
  readonly service: string;
}

export interface MessageReceiver {
  readonly url: string;
  readonly messages: readonly Message[];
  /** Signatures that were wrong. */
  readonly forged: readonly string[];
  /** false: it takes messages, and never answers. */
  answers: boolean;
  shut(): Promise<void>;
  /** On the same port. */
  open(): Promise<void>;
}

export async function startMessageReceiver(secret: string): Promise<MessageReceiver> {
  const messages: Message[] = [];
  const forged: string[] = [];
  let server: Server;
  let port = 0;

  async function take(request: IncomingMessage): Promise<void> {
    const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature } = request.headers;
    const text = (await request.toArray()).map(String).join('');
    const expected = createHmac('sha256', secret)
      .update(`${String(id)}.${String(time)}.${text}`)
      .digest('base64');
    if (signature !== `v1,${expected}`) forged.push(String(signature));
    const { type, data } = JSON.parse(text) as { type: string; data: { key: string; service: string } };
    messages.push({ to: request.url?.slice(1) ?? '', id: String(id), type, key: data.key, service: data.service });
  }

  async function open(): Promise<void> {
    server = createServer((request, response) => {
      void take(request).then(() => {
        if (receiver.answers) response.writeHead(204).end();
      });
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  }

  await open();
  const receiver: MessageReceiver = {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    messages,
    forged,
    answers: true,
    open,
    shut: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
