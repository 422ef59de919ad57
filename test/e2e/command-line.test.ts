// What the built command answers to what is typed, and to what stands in its way.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcessor } from '../processor.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'errata-command-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function errata(argv: readonly string[], env: Record<string, string> = {}, uid?: number): Promise<Said> {
  // By its name, as npx does: the build makes it a program.
  const child = spawn(resolve('dist/main.js'), argv, {
    cwd: uid === undefined ? folder : '/',
    uid,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      ERRATA_CONFIG: resolve('test/empty.yaml'),
      ERRATA_DATA_DIR: join(folder, 'nothing-yet'),
      ERRATA_OTLP_PORT: '0',
      ERRATA_API_PORT: '0',
      ERRATA_ADMIN_PORT: '0',
      ...env,
    },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => void (out += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => void (err += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

async function hold(): Promise<{ port: number; server: Server }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server };
}

test('the version and the usage are answers', async () => {
  expect(await errata(['--version'])).toEqual({ code: 0, out: '0.1.0\n', err: '' });
  for (const argv of [['help'], ['--help'], ['-h'], []])
    expect(await errata(argv)).toEqual({ code: 0, out: expect.stringMatching(/^errata serve {2,}run/), err: '' });
});

test('a command that there is not is named', async () => {
  expect(await errata(['foo'])).toEqual({
    code: 2,
    out: '',
    err: expect.stringMatching(/^there is no command foo\n\nerrata serve /),
  });
});

test('serve takes no arguments: asked for help it tells, asked for more it refuses, and serves in neither case', async () => {
  expect(await errata(['serve', '--help'])).toEqual({
    code: 0,
    out: expect.stringMatching(/^errata serve\n/),
    err: '',
  });
  expect(await errata(['serve', '--port', '80'])).toEqual({
    code: 2,
    out: '',
    err: expect.stringMatching(/^serve takes no arguments: --port 80\n\nerrata serve\n/),
  });
});

test('ports that others hold are told in a line each, and nothing is started', async () => {
  const [one, other] = [await hold(), await hold()];
  const dataDir = join(folder, 'ports');
  const env = { ERRATA_DATA_DIR: dataDir, ERRATA_API_PORT: `${one.port}`, ERRATA_ADMIN_PORT: `${other.port}` };
  const said = await errata(['serve'], env);
  one.server.close();
  other.server.close();
  expect(said).toEqual({
    code: 1,
    out: '',
    err:
      `errata can't start: api: ${one.port} is taken by another program: stop it, or set ERRATA_API_PORT\n` +
      `admin: ${other.port} is taken by another program: stop it, or set ERRATA_ADMIN_PORT\n`,
  });
  await expect(readdir(dataDir)).rejects.toThrow(/ENOENT/);
});

test('two doors on one port are told apart from another program', async () => {
  const { port, server } = await hold();
  server.close();
  await once(server, 'close');
  expect(await errata(['serve'], { ERRATA_API_PORT: `${port}`, ERRATA_ADMIN_PORT: `${port}` })).toEqual({
    code: 1,
    out: '',
    err: `errata can't start: admin: ${port} is the port of api as well: set ERRATA_ADMIN_PORT\n`,
  });
});

test('a folder that is taken is told in a line, without what the engine says of it', async ({ skip }) => {
  skip(process.platform !== 'linux', 'who holds a lock can be seen on Linux only');
  const dataDir = join(folder, 'taken');
  const env = { ERRATA_DATA_DIR: dataDir };
  const first = await startProcessor(dataDir);
  try {
    const held = `the folder ${join(dataDir, 'clickhouse')} is held by another process: `;
    expect(await errata(['backup', join(folder, 'copy')], env)).toEqual({
      code: 1,
      out: `${held}stop the processor first, or ask it for a backup (POST /api/backups)\n`,
      err: '',
    });
    expect(await errata(['serve'], env)).toEqual({
      code: 1,
      out: '',
      err: `errata can't start: ${held}one folder, one process\n`,
    });
    expect(await errata(['rules', 'backtest'], env)).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(
        new RegExp(`^${held}one folder, one process; stop the processor that runs on it, .*\n$`),
      ),
    });
  } finally {
    await first.kill();
  }
  // What a killed processor left says that it holds the folder, and it does not.
  const next = await startProcessor(dataDir);
  expect(await next.stop()).toBe(0);
});

test('a data folder that can not be read is told with the reason, by each command', async () => {
  // Leads to itself: nobody can read it, root neither.
  const dataDir = join(folder, 'endless');
  await symlink(dataDir, dataDir);
  const env = { ERRATA_DATA_DIR: dataDir };
  const reason = /^the data folder \S+\/endless can't be used: ELOOP: too many symbolic links encountered, .*\n$/;
  expect(await errata(['backup', join(folder, 'copy')], env)).toEqual({
    code: 1,
    out: expect.stringMatching(/^the data folder \S+\/endless can't be used: ELOOP: too many symbolic links /),
    err: '',
  });
  expect(await errata(['token', 'create', '--name', 'a', '--company', '1'], env)).toEqual({
    code: 1,
    out: expect.stringMatching(reason),
    err: '',
  });
  expect(await errata(['serve'], env)).toEqual({
    code: 1,
    out: '',
    err: expect.stringMatching(/^errata can't start: .*ELOOP: too many symbolic links encountered.*\n$/),
  });
});

test('a data folder of another user is told as what it is', async ({ skip }) => {
  skip(process.getuid?.() !== 0, 'needs another user');
  const dataDir = await mkdtemp(join(tmpdir(), 'errata-private-'));
  await mkdir(join(dataDir, 'clickhouse'));
  const env = { ERRATA_DATA_DIR: dataDir };
  const nobody = 65_534;
  const denied = (call: string) => expect.stringContaining(`EACCES: permission denied, ${call} '${dataDir}/`);
  expect(await errata(['backup', join(tmpdir(), 'errata-none')], env, nobody)).toEqual({
    code: 1,
    out: denied('lstat'),
    err: '',
  });
  expect(await errata(['token', 'create', '--name', 'a', '--company', '1'], env, nobody)).toEqual({
    code: 1,
    out: denied('stat'),
    err: '',
  });
  expect(await errata(['serve'], env, nobody)).toEqual({ code: 1, out: '', err: denied('stat') });
  await rm(dataDir, { recursive: true });
});
