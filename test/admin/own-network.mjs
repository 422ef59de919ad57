// Runs as `own-network.mjs PORT SOCKET CHROMIUM ARGUMENTS...` inside a network namespace that has nothing but its own
// loopback: what is sent to PORT there goes on over SOCKET, a file, at whose other end the processor is.
import { spawn, spawnSync } from 'node:child_process';
import { connect, createServer } from 'node:net';

const [port, socket, chromium, ...chromiumArguments] = process.argv.slice(2);

spawnSync('ip', ['link', 'set', 'lo', 'up']);
createServer((inside) => {
  const outside = connect(socket);
  inside.pipe(outside).pipe(inside);
  for (const end of [inside, outside]) end.on('error', () => void [inside, outside].map((one) => one.destroy()));
}).listen(Number(port), '127.0.0.1', () => {
  // 3 and 4 are the pipe by which Playwright speaks with it.
  const child = spawn(chromium, chromiumArguments, { stdio: ['inherit', 'inherit', 'inherit', 'inherit', 'inherit'] });
  child.once('exit', (code) => process.exit(code ?? 1));
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
});
