// The engine that other tests build upon: its containers can be reached, and nothing of it stays.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { access, readFile, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { dockerTest as test, startEngine } from './engine.ts';

test('containers are reached by their address, and nothing of a killed engine stays', async () => {
  const real = await startEngine();
  const directory = dirname(real.socket);
  try {
    await real.importBusybox();
    await real.importRedis();
    const web = await real.runContainer({ name: 'web', cmd: ['httpd', '-f', '-p', '80'] });
    const redis = await real.runContainer({
      name: 'redis',
      image: 'redis',
      cmd: ['redis-server', '--save', '', '--protected-mode', 'no'],
    });
    const host = await real.addressOf(web);
    await expect.poll(async () => (await fetch(`http://${host}/`).catch(() => undefined))?.status).toBe(404);
    const address = await real.addressOf(redis);
    await expect.poll(() => ask(address, 6379, 'PING\r\n')).toBe('+PONG\r\n');
    await real.kill9();
    expect(await ask(address, 6379, 'PING\r\n')).toBe('+PONG\r\n');
  } finally {
    await real.stop();
  }
  await expect(access(directory)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(directory);
  await expect.poll(() => commandsWith(directory)).toEqual([]);
  const { stdout } = await promisify(execFile)('ip', ['-br', 'link', 'show', 'type', 'bridge']);
  expect(stdout).not.toContain(real.bridge);
});

async function ask(host: string, port: number, text: string): Promise<string> {
  const socket = connect({ host, port, timeout: 2_000 });
  try {
    socket.write(text);
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    return chunk.toString();
  } catch (cause) {
    return String(cause);
  } finally {
    socket.destroy();
  }
}

async function commandsWith(text: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return commands.filter((command) => command.includes(text));
}
