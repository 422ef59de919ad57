// What the services depend on, each broken in its own way.
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';

export async function startSurroundings() {
  const postgres = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    // PostgreSQL reads "GET " as the length of a startup packet, finds it invalid, and hangs up with an ErrorResponse.
    socket.once('data', () => socket.end('E\0\0\0\x2dSFATAL\0C08P01\0Minvalid startup packet\0\0'));
  });
  const silent = createHttpServer(() => undefined);
  const busy = createHttpServer((_request, response) => response.writeHead(429, { 'retry-after': '30' }).end());
  const gateway = createHttpServer((_request, response) => response.writeHead(502).end('bad gateway'));
  const closed = createTcpServer();
  const servers = [postgres, silent, busy, gateway, closed];
  const [postgresAt, silentAt, busyAt, gatewayAt, closedAt] = await Promise.all(servers.map(listen));
  await close(closed);
  return {
    postgres: postgresAt,
    silent: silentAt,
    busy: busyAt,
    gateway: gatewayAt,
    /** Nothing listens there any more. */
    closedPort: closedAt.port,
    stop: () => Promise.all(servers.filter((server) => server !== closed).map(close)),
  };
}

async function listen(server) {
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address();
  return { port, url: `http://127.0.0.1:${port}/` };
}

async function close(server) {
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections?.();
  });
}
