// What only happens on real connections: bodies in pieces, slow and vanishing senders, stops in the middle.
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { openReceiver } from './open-receiver.ts';
import type { TestReceiver } from './open-receiver.ts';
import { errorSpan, json, tracesOf, tracesProtobuf } from './samples.ts';

let open: TestReceiver | undefined;
let sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await open?.stop(1_000);
});

async function start(...options: Parameters<typeof openReceiver>): Promise<{ at: TestReceiver; port: number }> {
  open = openReceiver(...options);
  const { port } = await open.start();
  return { at: open, port };
}

async function connectTo(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  // Resets are what some of these tests are about.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Everything the server says, until it has said `until` or the connection ends. */
async function read(socket: Socket, until?: RegExp): Promise<string> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    text += chunk.toString('latin1');
    if (until?.test(text) === true) break;
  }
  return text;
}

function head(length: number | 'chunked', ...more: readonly string[]): string {
  const framing = length === 'chunked' ? 'transfer-encoding: chunked' : `content-length: ${length}`;
  const lines = ['POST /v1/traces HTTP/1.1', 'host: x', 'content-type: application/json', framing, ...more];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

async function poll(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

const body = json(tracesOf(errorSpan));

test('a chunked body is taken', async () => {
  const { at, port } = await start();
  const socket = await connectTo(port);
  socket.write(head('chunked'));
  for (let from = 0; from < body.length; from += 100) {
    const chunk = body.subarray(from, from + 100);
    socket.write(`${chunk.length.toString(16)}\r\n`);
    socket.write(chunk);
    socket.write('\r\n');
  }
  socket.write('0\r\n\r\n');
  expect(await read(socket, /\{\}$/)).toMatch(/^HTTP\/1\.1 200 /);
  expect(at.candidates()).toHaveLength(1);
});

test('a chunked body over the limit is answered 413 while it still comes in', async () => {
  const { port } = await start({ settings: { maxBodyBytes: 1_000 } });
  const socket = await connectTo(port);
  socket.write(head('chunked'));
  socket.write(`${(2_000).toString(16)}\r\n${'x'.repeat(2_000)}\r\n`);
  expect(await read(socket, /"code":3/)).toMatch(/^HTTP\/1\.1 413 /);
});

test('a body that is announced over the limit is answered 413 before it is sent', async () => {
  const { port } = await start();
  const socket = await connectTo(port);
  socket.write(head(67_108_865));
  expect(await read(socket, /"code":3/)).toMatch(/^HTTP\/1\.1 413 /);
});

test('Expect: 100-continue is answered, then the body is taken', async () => {
  const { at, port } = await start();
  const socket = await connectTo(port);
  socket.write(head(body.length, 'expect: 100-continue'));
  expect(await read(socket, /\r\n\r\n/)).toMatch(/^HTTP\/1\.1 100 /);
  socket.write(body);
  expect(await read(socket, /\{\}$/)).toMatch(/^HTTP\/1\.1 200 /);
  expect(at.candidates()).toHaveLength(1);
});

test('pipelined requests are answered in their order', async () => {
  const { at, port } = await start();
  const socket = await connectTo(port);
  const good = `${head(body.length)}${body.toString()}`;
  socket.write(`${good}${head(1)}{${good}`);
  const text = await read(socket, /(?:HTTP[^]*){3}\{\}$/);
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400', 'HTTP/1.1 200']);
  expect(at.candidates()).toHaveLength(2);
});

test('a sender that goes away in the middle of the body stores nothing and leaves nothing in flight', async () => {
  const { at, port } = await start();
  const socket = await connectTo(port);
  socket.write(head(body.length));
  socket.write(body.subarray(0, body.length - 1));
  await poll(() => at.metricsText().includes(`errata_otlp_bytes_in_flight ${body.length - 1}`));
  socket.destroy();
  await poll(() => at.metricsText().includes('errata_otlp_bytes_in_flight 0'));
  expect(at.deliveries).toHaveLength(0);
  // It will come again: nothing was refused.
  expect(at.outcomes).toEqual([]);
});

test('a slow-loris is cut off, in the headers and in the body, and others are served meanwhile', async () => {
  const { at, port } = await start({ settings: { requestTimeoutMs: 400 } });
  const inHeaders = await connectTo(port);
  inHeaders.write('POST /v1/traces HTTP/1.1\r\nhost: x\r\n');
  const inBody = await connectTo(port);
  inBody.write(head(body.length));
  inBody.write(body.subarray(0, 10));
  const closed = Promise.all([once(inHeaders, 'close'), once(inBody, 'close')]);
  inHeaders.resume();
  inBody.resume();
  const other = await connectTo(port);
  other.write(`${head(body.length)}${body.toString()}`);
  expect(await read(other, /\{\}$/)).toMatch(/^HTTP\/1\.1 200 /);
  await closed;
  expect(at.candidates()).toHaveLength(1);
});

test('bytes that are no HTTP are answered 400 with a Status', async () => {
  const { port } = await start();
  const socket = await connectTo(port);
  socket.write('\x16\x03\x01 this is TLS\r\n\r\n');
  const text = await read(socket);
  expect(text).toMatch(/^HTTP\/1\.1 400 /);
  expect(text).toMatch(/\{"code":3,"message":"this is not an HTTP\/1.1 request"\}$/);
});

test('1000 connections that are kept alive are all served, twice', async () => {
  const { at, port } = await start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
  const protobuf = gzipSync(tracesProtobuf(errorSpan));
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' };
  const send = () =>
    new Promise<number>((resolve, reject) => {
      const sending = httpRequest({ port, host: '127.0.0.1', path: '/v1/traces', method: 'POST', agent, headers });
      sending.on('error', reject).on('response', (answer: IncomingMessage) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
      });
      sending.end(protobuf);
    });
  for (let round = 0; round < 2; round++) {
    const statuses = await Promise.all(Array.from({ length: 1_000 }, send));
    expect(new Set(statuses)).toEqual(new Set([200]));
  }
  expect(at.candidates()).toHaveLength(2_000);
  agent.destroy();
});

test('a 64 MiB body is taken', async () => {
  const { at, port } = await start();
  const padded = Buffer.alloc(67_108_864, ' ');
  body.copy(padded);
  const answer = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: padded,
  });
  expect(answer.status).toBe(200);
  expect(at.candidates()).toHaveLength(1);
});

test('large gzip bodies are inflated beside each other', async () => {
  const { at, port } = await start();
  // Random text, so that it stays large on the wire.
  const noise = Array.from({ length: 60_000 }, (_, index) => Math.imul(index, 2_654_435_761) >>> 0).join(' ');
  const large = gzipSync(
    json(tracesOf({ ...errorSpan, attributes: [{ key: 'noise', value: { stringValue: noise } }] })),
  );
  expect(large.length).toBeGreaterThan(262_144);
  const answers = await Promise.all(
    Array.from({ length: 6 }, () =>
      fetch(`http://127.0.0.1:${port}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        body: large,
      }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
  expect(at.candidates()).toHaveLength(6);
});

test('a port that is taken fails the start', async () => {
  const { port } = await start();
  const second = openReceiver({ settings: { port } });
  await expect(second.start()).rejects.toThrow(/EADDRINUSE/);
  await second.stop(100);
});

test('stop lets requests in flight finish, refuses new ones, and closes the connections', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let asked = false;
  const { at, port } = await start({
    accept: async () => {
      asked = true;
      await held;
      return { rejected: 0 };
    },
  });
  const inFlight = await connectTo(port);
  inFlight.write(`${head(body.length)}${body.toString()}`);
  await poll(() => asked);
  // Comes with the next request on the same connection.
  inFlight.write(`${head(body.length)}${body.toString()}`);
  const stopped = at.stop(5_000);
  release();
  const text = await read(inFlight);
  expect(text).toMatch(/^HTTP\/1\.1 200 [^]*connection: close/i);
  await stopped;
  expect(at.deliveries).toHaveLength(1);
  const late = connect(port, '127.0.0.1');
  await expect(once(late, 'connect')).rejects.toThrow(/ECONNREFUSED/);
});

test('at its deadline stop ends what is left, and nothing is stored afterwards', async () => {
  const { at, port } = await start();
  const slow = await connectTo(port);
  slow.write(head(body.length));
  slow.write(body.subarray(0, 20));
  await poll(() => at.metricsText().includes('errata_otlp_bytes_in_flight 20'));
  await at.stop(50);
  slow.write(body.subarray(20));
  await once(slow.resume(), 'close');
  expect(at.deliveries).toHaveLength(0);
});

test('while senders keep sending through a stop, everything answered 200 is stored, and nothing after it', async () => {
  const { at, port } = await start();
  let acknowledged = 0;
  let refused = false;
  const sender = async () => {
    while (!refused) {
      try {
        const answer = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
        if (answer.status === 200) acknowledged += 1;
        else refused = true;
        await answer.arrayBuffer();
      } catch {
        // Refused connections are how a stopped server answers.
        refused = true;
      }
    }
  };
  const senders = [sender(), sender(), sender(), sender()];
  await poll(() => acknowledged >= 50);
  await at.stop(5_000);
  const storedAtStop = at.deliveries.length;
  await Promise.all(senders);
  expect(at.deliveries.length).toBe(storedAtStop);
  expect(storedAtStop).toBeGreaterThanOrEqual(acknowledged);
});

test('stop is safe before start and twice', async () => {
  const never = openReceiver();
  await never.stop(100);
  await never.stop(100);
});
