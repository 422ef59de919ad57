import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as NetServer,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { createServer as createTlsServer } from 'node:tls';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../../collector/collector-process.ts';
import { requirement } from '../../require.ts';
import {
  selfSigned,
  serversMissing,
  startMariadb,
  startMemcached,
  startPostgres,
  startRedis,
  type Server,
} from '../servers.ts';
import { createMarks, runProbe, targetAt } from './probe-setup.ts';

const run = promisify(execFile);
const withServers = await requirement('servers', serversMissing);

const closings: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

async function started(server: Promise<Server>): Promise<Server> {
  const running = await server;
  closings.push(() => running.stop());
  return running;
}

async function portOf(server: NetServer): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  closings.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const sniff = (port: number, mark = createMarks().mark) => runProbe('protocol.sniff', { target: targetAt(port), mark });

withServers('names PostgreSQL after one connection, and it logs nothing', async () => {
  const { port, log } = await started(startPostgres());
  const before = log();
  const { marks, mark } = createMarks();
  expect(await sniff(port, mark)).toEqual({ protocol: 'postgresql', evidence: 'N to SSLRequest' });
  expect(marks.length).toBe(1);
  expect(log()).toBe(before);
});

withServers('names Redis, also with a password, also when it refuses more clients', async () => {
  const open = await started(startRedis());
  expect(await sniff(open.port)).toEqual({ protocol: 'redis', evidence: '+PONG' });
  const locked = await started(startRedis('--requirepass', 'right-horse'));
  expect(await sniff(locked.port)).toEqual({ protocol: 'redis', evidence: '-NOAUTH' });
  const full = await started(startRedis('--maxclients', '1'));
  const occupyAndSniff = () => {
    const client = connect(full.port, '127.0.0.1');
    closings.push(() => void client.destroy());
    return sniff(full.port);
  };
  await expect.poll(occupyAndSniff).toEqual({ protocol: 'redis', evidence: '-ERR' });
});

withServers('names memcached', async () => {
  const { port } = await started(startMemcached());
  expect(await sniff(port)).toEqual({ protocol: 'memcached', evidence: 'ERROR to PING' });
});

withServers('names MySQL by its greeting and sends it nothing', async () => {
  const { port } = await started(startMariadb());
  const { marks, mark } = createMarks();
  expect(await sniff(port, mark)).toEqual({ protocol: 'mysql', evidence: 'MySQL handshake' });
  expect(marks.length).toBe(1);
});

test('names HTTP, and its handler is not asked', async () => {
  let requests = 0;
  const port = await portOf(createHttpServer((_request, response) => response.end(String((requests += 1)))));
  expect(await sniff(port)).toEqual({ protocol: 'http', evidence: 'HTTP/1.1 400 Bad Request' });
  expect(requests).toBe(0);
});

test('names HTTP that answers nothing but a whole request', async () => {
  const port = await portOf(
    createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        if (bytes.toString('latin1').startsWith('GET ')) socket.end('HTTP/1.0 200 OK\r\n\r\nhi');
      });
    }),
  );
  expect(await sniff(port)).toEqual({ protocol: 'http', evidence: 'HTTP/1.0 200 OK' });
});

test('names TLS, whoever signed its certificate', async () => {
  const directory = mkdtempSync(`${tmpdir()}/errata-tls-`);
  closings.push(() => rmSync(directory, { recursive: true }));
  const [key, cert] = [`${directory}/key.pem`, `${directory}/cert.pem`];
  await run('openssl', selfSigned(key, cert));
  const port = await portOf(createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }));
  expect((await sniff(port))['protocol']).toBe('tls');
});

test('names gRPC by its HTTP/2 frames', async () => {
  const port = await portOf(createHttp2Server());
  expect(await sniff(port)).toEqual({ protocol: 'grpc', evidence: 'HTTP/2 frame' });
});

test('a greeting that is not known ends it: nothing is sent', async () => {
  let received = 0;
  const port = await portOf(
    createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (bytes) => (received += bytes.length));
      socket.write('220 mail.example ESMTP\r\n');
    }),
  );
  expect(await sniff(port)).toEqual({ protocol: 'unknown', evidence: 'greeted: 220 mail.example ESMTP' });
  expect(received).toBe(0);
});

test('a silent port is unknown, after six connections in under six seconds, all closed', async () => {
  let open = 0;
  const server = createTcpServer((socket) => {
    open += 1;
    socket.on('error', () => {});
    socket.on('close', () => (open -= 1));
    socket.resume();
  });
  const port = await portOf(server);
  const { marks, mark } = createMarks();
  const fromMs = performance.now();
  expect(await sniff(port, mark)).toEqual({
    protocol: 'unknown',
    evidence: 'no answer that is known',
    silent: true,
  });
  expect(performance.now() - fromMs).toBeLessThan(6_000);
  expect(marks.length).toBe(6);
  await expect.poll(() => open).toBe(0);
});

test('an abort ends it at once', async () => {
  const port = await portOf(createTcpServer((socket) => socket.resume().on('error', () => {})));
  const fromMs = performance.now();
  const facts = await runProbe('protocol.sniff', { target: targetAt(port), signal: AbortSignal.timeout(400) });
  expect(facts).toEqual({ protocol: 'unknown', evidence: 'not finished in time' });
  expect(performance.now() - fromMs).toBeLessThan(1_000);
});

test('a closed port is unknown, with the reason', async () => {
  expect(await sniff(await freePort())).toEqual({ protocol: 'unknown', evidence: 'ECONNREFUSED' });
});

test('a port that answers or closes is not silent, whatever it speaks', async () => {
  for (const answer of [
    (socket: Socket) => void socket.on('data', () => socket.write('nothing that anybody knows\r\n')),
    (socket: Socket) => void socket.on('data', () => socket.end()),
  ]) {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      answer(socket);
    });
    expect(await sniff(await portOf(server))).toMatchObject({ protocol: 'unknown', silent: false });
    server.close();
  }
});
