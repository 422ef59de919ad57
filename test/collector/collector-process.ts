// The real collector as a child process, on free ports and a folder of its own.
import { execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { expect } from 'vitest';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;
export const configPath = `${root}collector/config.yaml`;

/** Compiling the collector's 400 packages on two busy cores; found in .cache/ afterwards. */
export const BUILD_TIMEOUT_MS = 30 * 60_000;

export async function goMissing(): Promise<string | undefined> {
  try {
    await run('go', ['version']);
    return undefined;
  } catch {
    return 'Go, which builds the collector, is not installed (https://go.dev/doc/install)';
  }
}

/** Path of the collector's binary, built when it is not in .cache/ yet. */
export async function buildCollector(): Promise<string> {
  const { stdout } = await run(`${root}collector/build.sh`, [], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

export interface Collector {
  readonly otlp: string;
  readonly grpc: string;
  readonly metrics: string;
  /** The end of what it has logged. */
  log(): string;
  /** SIGKILL, and gone when it resolves. */
  kill(): Promise<void>;
}

export interface CollectorOptions {
  readonly binary: string;
  readonly directory: string;
  readonly endpoint: string;
  readonly token?: string;
}

/** Resolves when its health check answers. */
export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const [grpc, http, health, metrics] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const child = spawn(options.binary, ['--config', configPath], {
    env: {
      ERRATA_COLLECTOR_GRPC_PORT: String(grpc),
      ERRATA_COLLECTOR_HTTP_PORT: String(http),
      ERRATA_COLLECTOR_HEALTH_PORT: String(health),
      ERRATA_COLLECTOR_METRICS_PORT: String(metrics),
      ERRATA_COLLECTOR_DIR: options.directory,
      ERRATA_ENDPOINT: options.endpoint,
      ...(options.token === undefined ? {} : { ERRATA_TOKEN: options.token }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-20_000)));

  await expect
    .poll(() => child.exitCode !== null || isUp(`http://127.0.0.1:${health}/`), { timeout: 30_000 })
    .toBe(true);
  if (child.exitCode !== null) throw new Error(`the collector ended with ${child.exitCode}:\n${log}`);
  return {
    otlp: `http://127.0.0.1:${http}`,
    grpc: `http://127.0.0.1:${grpc}`,
    metrics: `http://127.0.0.1:${metrics}/metrics`,
    log: () => log,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

async function isUp(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Below the range from which systems take ports for outgoing connections, which could have ours before we listen. */
const FIRST_PORT = 20_000;

/** Test files run side by side: each worker has ports of its own, and gives none twice. */
const PORTS_OF_WORKER = 2_000;
const worker = Number(process.env['VITEST_POOL_ID'] ?? '1') - 1;
let given = randomInt(PORTS_OF_WORKER);

/** Free at this moment. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + worker * PORTS_OF_WORKER + (given % PORTS_OF_WORKER);
    given += 1;
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    // Taken, which is the answer.
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
