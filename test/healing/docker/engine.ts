// A Docker engine of a test's own: data, socket and network bridge are apart from any other engine of the machine, and
// all of it is gone after stop(). Needs root and Debian's docker.io; no registry, images are made from installed packages.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { vi } from 'vitest';
import { requirement } from '../../require.ts';

const run = promisify(execFile);

async function dockerMissing(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'a Docker engine can be started only by root on Linux';
  for (const [file, ask] of [
    ['dockerd', '--version'],
    ['busybox', '--help'],
    ['ip', '-V'],
  ] as const) {
    try {
      await run(file, [ask]);
    } catch {
      return `${file} is not installed (apt-get install docker.io busybox-static iproute2)`;
    }
  }
  return undefined;
}

export const missing = await dockerMissing();
export const dockerTest = await requirement('docker', async () => missing);

export interface NewContainer {
  readonly name: string;
  /** `busybox` unless told; its commands are in the path. */
  readonly image?: string;
  readonly cmd?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly memoryBytes?: number;
  readonly env?: readonly string[];
  /** A shell line. */
  readonly healthCheck?: string;
  readonly restartPolicy?: 'no' | 'always' | 'unless-stopped' | 'on-failure';
  /** SIGKILL unless told, so that stopping takes no time; SIGTERM is what a hanging process ignores. */
  readonly stopSignal?: string;
}

export interface RealEngine {
  readonly socket: string;
  /** For DOCKER_HOST. */
  readonly host: string;
  readonly bridge: string;
  /** The test's own way in, as an operator has it. */
  readonly docker: Docker;
  importBusybox(): Promise<void>;
  /** `redis`: Debian's redis-server with its libraries, and busybox. */
  importRedis(): Promise<void>;
  /** Its full id. Starts it; runs `sleep` unless told. */
  runContainer(options: NewContainer): Promise<string>;
  addressOf(id: string): Promise<string>;
  /** SIGKILL; containers run on. */
  kill9(): Promise<void>;
  /** SIGTERM or after kill9: comes up again with the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  log(): string;
}

export interface EngineOptions {
  /** Further arguments of dockerd (`-H`, `--tlsverify` …). */
  readonly args?: readonly string[];
}

export async function startEngine(options: EngineOptions = {}): Promise<RealEngine> {
  const directory = await mkdtemp(join(tmpdir(), 'errata-docker-'));
  const socket = join(directory, 'docker.sock');
  const bridge = await addBridge();
  const docker = new Docker({ socketPath: socket, version: 'v1.41', ...NO_ENVIRONMENT });
  const args =
    `--data-root ${directory}/data --exec-root ${directory}/exec --pidfile ${directory}/pid -H unix://${socket}
    --bridge ${bridge} --live-restore --iptables=false --ip6tables=false --ip-forward=false --log-level=error`
      .split(/\s+/)
      .concat(options.args ?? []);
  let child: ChildProcess | undefined;
  let log = '';
  let stopped = false;
  // Should the test process end without stop(), nothing of it may stay.
  const atExit = () => {
    if (child?.pid !== undefined) kill(child.pid);
    sweep(directory, bridge);
  };
  const atEnd = () => process.exit();
  process.once('exit', atExit);
  for (const end of ENDS) process.once(end, atEnd);

  async function up(): Promise<void> {
    // dockerd takes a killed containerd that nobody has reaped yet for a living one, and waits for it.
    await rm(join(directory, 'exec/containerd/containerd.pid'), { force: true });
    const started = spawn('dockerd', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    started.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-20_000)));
    await vi.waitFor(async () => started.exitCode ?? (await docker.ping()), { timeout: 30_000, interval: 50 });
    if (started.exitCode !== null) throw new Error(`dockerd ended with ${started.exitCode}:\n${log}`);
  }

  async function down(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    const late = setTimeout(() => child?.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(late);
  }

  async function stop(): Promise<void> {
    if (stopped) return;
    stopped = true;
    // Live restore keeps containers running without an engine: they go first.
    const left = await docker.listContainers({ all: true }).catch(() => []);
    await Promise.all(
      left.map(({ Id }) =>
        docker
          .getContainer(Id)
          .remove({ force: true })
          .catch(() => undefined),
      ),
    );
    await down('SIGTERM');
    process.off('exit', atExit);
    for (const end of ENDS) process.off(end, atEnd);
    sweep(directory, bridge);
  }

  async function importImage(name: string, fill: (root: string) => Promise<void>): Promise<void> {
    const root = join(directory, `image-${name}`);
    await mkdir(join(root, 'bin'), { recursive: true });
    await copyFile('/bin/busybox', join(root, 'bin/busybox'));
    for (const applet of APPLETS) await symlink('busybox', join(root, 'bin', applet));
    await mkdir(join(root, 'tmp'));
    await fill(root);
    const tar = spawn('tar', ['-C', root, '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const answer = await docker.importImage(tar.stdout, { repo: name, tag: 'latest' });
    answer.resume();
    await finished(answer);
  }

  const engine: RealEngine = {
    socket,
    host: `unix://${socket}`,
    docker,
    bridge,
    importBusybox: () => importImage('busybox', async () => undefined),
    importRedis: () => importImage('redis', copyRedis),
    runContainer: async (options) => {
      const container = await docker.createContainer({
        name: options.name,
        Image: options.image ?? 'busybox',
        Cmd: [...(options.cmd ?? ['sleep', '86400'])],
        Env: ['PATH=/bin', ...(options.env ?? [])],
        Labels: { ...options.labels },
        StopSignal: options.stopSignal ?? 'SIGKILL',
        ...(options.healthCheck === undefined
          ? {}
          : { Healthcheck: { Test: ['CMD-SHELL', options.healthCheck], Interval: 5e8, Timeout: 1e9, Retries: 2 } }),
        HostConfig: {
          RestartPolicy: { Name: options.restartPolicy ?? 'no' },
          ...(options.memoryBytes === undefined ? {} : { Memory: options.memoryBytes }),
        },
      });
      await container.start();
      return container.id;
    },
    addressOf: async (id) =>
      (await docker.getContainer(id).inspect()).NetworkSettings.Networks['bridge']?.IPAddress ?? '',
    kill9: () => down('SIGKILL'),
    restart: async () => {
      await down('SIGTERM');
      await up();
    },
    stop,
    log: () => log,
  };
  try {
    await up();
  } catch (cause) {
    await stop();
    throw cause;
  }
  return engine;
}

/** How a test process is told to go; `disconnect`: who started it is gone. */
const ENDS = ['SIGTERM', 'SIGINT', 'disconnect'];

/** dockerode reads DOCKER_HOST and wins over the socket, unless told that there is no host. */
const NO_ENVIRONMENT = { host: undefined, port: undefined, protocol: 'http' } as unknown as Docker.DockerOptions;

const APPLETS = [
  'sh',
  'sleep',
  'httpd',
  'nc',
  'cat',
  'echo',
  'kill',
  'mkdir',
  'rm',
  'test',
  'touch',
  'wget',
  'dd',
  'head',
  'tail',
  'ps',
  'true',
  'false',
  'ls',
  'yes',
  'tr',
];

/** Its name is the lock on its addresses: of two processes that want the same, one gets it. */
async function addBridge(): Promise<string> {
  for (let net = process.pid % 200; ; net = (net + 1) % 250) {
    const bridge = `errata${net}`;
    try {
      await run('ip', ['link', 'add', bridge, 'type', 'bridge']);
    } catch {
      continue;
    }
    await run('ip', ['addr', 'add', `10.213.${net}.1/24`, 'dev', bridge]);
    await run('ip', ['link', 'set', bridge, 'up']);
    return bridge;
  }
}

/** What a killed engine leaves: the shims of its containers with what runs in them, mounts, its folder and its bridge. */
function sweep(directory: string, bridge: string): void {
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (!readProc(`${entry}/cmdline`).includes(`\0-address\0${directory}/`)) continue;
    const children = readProc(`${entry}/task/${entry}/children`).split(' ');
    for (const pid of [...children, entry]) if (pid !== '') kill(Number(pid));
  }
  const mounts = readProc('self/mountinfo')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '');
  for (const path of mounts.filter((mount) => mount.startsWith(`${directory}/`)).reverse()) {
    execFileSync('umount', ['-l', path]);
  }
  rmSync(directory, { recursive: true, force: true });
  execFileSync('ip', ['link', 'del', bridge]);
}

function readProc(path: string): string {
  try {
    return readFileSync(join('/proc', path), 'utf8');
  } catch {
    // Its process is gone.
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already, as it should be.
  }
}

async function copyRedis(root: string): Promise<void> {
  const { stdout } = await run('ldd', ['/usr/bin/redis-server']);
  const libraries = stdout.match(/\/\S+(?= \(0x)/g) ?? [];
  for (const path of ['/usr/bin/redis-server', ...libraries]) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await copyFile(await realpath(path), join(root, path));
  }
  await symlink('/usr/bin/redis-server', join(root, 'bin/redis-server'));
}
