// Real servers from Debian's packages (postgresql, redis-server, memcached, mariadb-server) as child processes, each on a
// free port and in a folder of its own, which goes with it.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../collector/collector-process.ts';

const run = promisify(execFile);

export interface Server {
  readonly port: number;
  /** What it has logged so far. */
  readonly log: () => string;
  stop(): Promise<void>;
}

const POSTGRES_ROOT = '/usr/lib/postgresql';
const binaries = {
  redis: '/usr/bin/redis-server',
  memcached: '/usr/bin/memcached',
  mariadb: '/usr/sbin/mariadbd',
  installMariadb: '/usr/bin/mariadb-install-db',
};

/** For `requirement('servers', …)`. */
export function serversMissing(): Promise<string | undefined> {
  try {
    for (const path of [postgresBinary('initdb'), ...Object.values(binaries)]) accessSync(path);
    return Promise.resolve(undefined);
  } catch (cause) {
    return Promise.resolve(`apt-get install postgresql redis-server memcached mariadb-server (${String(cause)})`);
  }
}

export const POSTGRES_USER = 'errata';
export const POSTGRES_PASSWORD = 'right-horse';

/** Role errata (superuser), password by SCRAM, also over the network; with TLS, only over that. */
export async function startPostgres(
  settings: Readonly<Record<string, string | number>> = {},
  { tls = false }: { readonly tls?: boolean } = {},
): Promise<Server> {
  const owner = userOf('postgres');
  const directory = makeDirectory(owner);
  const options = { ...owner, env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' }, cwd: directory };
  const secret = `${directory}/password`;
  writeFileSync(secret, POSTGRES_PASSWORD);
  await run(
    postgresBinary('initdb'),
    ['-D', `${directory}/data`, '-U', POSTGRES_USER, '-A', 'scram-sha-256', `--pwfile=${secret}`, '--no-sync'],
    options,
  );
  if (tls) {
    await run('openssl', selfSigned(`${directory}/data/server.key`, `${directory}/data/server.crt`), options);
    writeFileSync(`${directory}/data/pg_hba.conf`, 'hostssl all all all scram-sha-256\n');
  }
  const port = await freePort();
  const all = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: directory,
    fsync: 'off',
    ssl: tls ? 'on' : 'off',
    ...settings,
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(postgresBinary('postgres'), ['-D', `${directory}/data`, ...flags], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // SIGINT is its fast shutdown: sessions are cut off.
  return await serve(child, { port, directory, isUp: (log) => log.includes('ready to accept'), signal: 'SIGINT' });
}

export async function startRedis(...flags: readonly string[]): Promise<Server> {
  const directory = makeDirectory({});
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory, ...flags];
  const child = spawn(binaries.redis, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  return await serve(child, { port, directory, isUp: (log) => log.includes('Ready to accept') });
}

export async function startMemcached(): Promise<Server> {
  const directory = makeDirectory({});
  const port = await freePort();
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn(binaries.memcached, ['-l', '127.0.0.1', '-p', String(port), '-m', '8', ...user], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return await serve(child, { port, directory, isUp: () => true });
}

export async function startMariadb(): Promise<Server> {
  const owner = userOf('mysql');
  const directory = makeDirectory(owner);
  const places = ['--no-defaults', `--datadir=${directory}/data`];
  await run(binaries.installMariadb, [...places, '--skip-test-db', '--auth-root-authentication-method=normal'], owner);
  const port = await freePort();
  const child = spawn(
    binaries.mariadb,
    [
      ...places,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${directory}/socket`,
      `--pid-file=${directory}/pid`,
      '--skip-name-resolve',
      '--log-warnings=4',
      '--innodb-buffer-pool-size=8M',
    ],
    { ...owner, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  return await serve(child, { port, directory, isUp: (log) => log.includes('ready for connections') });
}

interface Start {
  readonly port: number;
  readonly directory: string;
  readonly isUp: (log: string) => boolean;
  readonly signal?: NodeJS.Signals;
}

/** Resolves when it says so and its port is open. */
async function serve(child: ChildProcess, start: Start): Promise<Server> {
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-100_000)));
  }
  const gone = once(child, 'exit');
  // Should the test process end without stop(), the server must not stay.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  while (!start.isUp(log) || !(await isOpen(start.port))) {
    if (child.exitCode !== null) throw new Error(log);
    await wait(20);
  }
  return {
    port: start.port,
    log: () => log,
    async stop() {
      child.kill(start.signal ?? 'SIGTERM');
      await gone;
      process.off('exit', kill);
      rmSync(start.directory, { recursive: true, force: true });
    },
  };
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    // Not yet.
    return false;
  } finally {
    socket.destroy();
  }
}

/** Arguments of openssl for a key and a certificate that nobody trusts. */
export function selfSigned(key: string, certificate: string): readonly string[] {
  const files = ['-keyout', key, '-out', certificate];
  return ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-days', '1', ...files];
}

interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL and MariaDB refuse root; whoever is not root runs them as themselves. */
function userOf(name: string): Owner {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${name}:`));
  if (line === undefined) throw new Error(`there is no user ${name}`);
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

function makeDirectory({ uid, gid }: Owner): string {
  const directory = mkdtempSync(`${tmpdir()}/errata-server-`);
  if (uid !== undefined && gid !== undefined) chownSync(directory, uid, gid);
  return directory;
}

function postgresBinary(name: string): string {
  const versions = readdirSync(POSTGRES_ROOT).sort((a, b) => Number(b) - Number(a));
  return `${POSTGRES_ROOT}/${versions[0] ?? ''}/bin/${name}`;
}
