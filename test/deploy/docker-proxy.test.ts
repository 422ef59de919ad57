// The proxy before the Docker socket: the configuration that compose mounts, in a real HAProxy before a real engine. What
// healing calls goes through; what would give the host away does not.
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { createDockerEngine } from '../../src/healing/docker-engine.ts';
import type { DockerEngine } from '../../src/healing/docker-engine.ts';
import { freePort } from '../collector/collector-process.ts';
import { missing as dockerMissing, startEngine } from '../healing/docker/engine.ts';
import type { RealEngine } from '../healing/docker/engine.ts';
import { haproxyMissing } from './haproxy.ts';
import { requirement } from '../require.ts';

const missing = (await haproxyMissing()) ?? dockerMissing;
const test = await requirement('haproxy', async () => missing);

let folder: string;
let real: RealEngine;
let proxy: ChildProcess;
let port: number;
let client: DockerEngine;

beforeAll(async () => {
  if (missing !== undefined) return;
  real = await startEngine();
  await real.importBusybox();
  folder = await mkdtemp(join(tmpdir(), 'errata-proxy-'));
  port = await freePort();
  const config = (await readFile('deploy/docker-proxy/haproxy.cfg', 'utf8'))
    .replace('bind :2375', `bind 127.0.0.1:${port}`)
    .replace('unix@/var/run/docker.sock', `unix@${real.socket}`);
  await writeFile(join(folder, 'haproxy.cfg'), config);
  proxy = spawn('haproxy', ['-f', join(folder, 'haproxy.cfg')], { stdio: 'ignore' });
  client = createDockerEngine({
    host: `tcp://127.0.0.1:${port}`,
    now: Date.now,
    logger: pino({ enabled: false }),
  });
  await vi.waitFor(() => client.engine.ping(), { timeout: 10_000, interval: 50 });
});
afterAll(async () => {
  if (missing !== undefined) return;
  await client.stop();
  const gone = once(proxy, 'exit');
  proxy.kill();
  await gone;
  await real.stop();
  await rm(folder, { recursive: true, force: true });
});

test('the line of docs/compose.md says the group of the socket as a container sees it', async () => {
  const line = /^export DOCKER_GID=\$\((docker run .*?)\)/m.exec(await readFile('docs/compose.md', 'utf8'))?.[1] ?? '';
  await chown(real.socket, 0, 4242);
  // The image is not to be had here; its `stat` is busybox too.
  const here = line.replace('/var/run/docker.sock', real.socket).replace(/haproxy:\S+ stat/, 'busybox busybox stat');
  const { stdout } = await promisify(execFile)('sh', ['-c', here], {
    env: { PATH: process.env['PATH'], DOCKER_HOST: real.host },
  });
  expect(stdout).toBe('4242\n');
});

function start(name: string): Promise<string> {
  return real.runContainer({ name, labels: { 'errata.autofix': 'true' }, memoryBytes: 33_554_432 });
}

/** Status of a raw request: the path is sent as it is written. */
function statusOf(method: string, path: string, body?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length };
    const sent = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

test('everything that healing asks of the engine goes through', async () => {
  const { engine } = client;
  const events: string[] = [];
  client.subscribe((signal) => {
    events.push(signal.kind === 'event' ? signal.event.action : signal.kind);
  });
  client.start();
  await vi.waitFor(() => expect(events).toContain('connected'));
  const id = await start('healed');
  expect((await engine.listLabelled()).map((container) => container.id)).toEqual([id]);
  expect(await engine.inspect(id)).toMatchObject({ name: 'healed', status: 'running' });
  expect((await engine.usage(id))?.memoryBytes).toBeGreaterThan(0);
  expect((await engine.hostMemory()).limitsBytes).toBe(33_554_432);
  expect(await engine.setMemory(id, 50_331_648, 100_663_296)).toEqual({ kind: 'done' });
  expect(await engine.inspect(id)).toMatchObject({ memoryBytes: 50_331_648, memorySwapBytes: 100_663_296 });
  expect(await engine.restart(id, 1)).toEqual({ kind: 'done' });
  expect(await engine.stop(id, 1)).toEqual({ kind: 'done' });
  expect(await engine.inspect(id)).toMatchObject({ status: 'exited' });
  expect(await engine.start(id)).toEqual({ kind: 'done' });
  await vi.waitFor(() => expect(events).toContain('restart'), { timeout: 10_000 });
});

test('what creates, runs, mounts, reads files, kills or deletes is refused', async () => {
  const id = await start('kept');
  const create = '{"Image":"busybox","HostConfig":{"Binds":["/:/host"],"Privileged":true}}';
  const refused: readonly (readonly [string, string, string?])[] = [
    ['POST', '/v1.41/containers/create', create],
    ['POST', `/v1.41/containers/${id}/exec`, '{"Cmd":["sh"]}'],
    ['POST', `/v1.41/containers/${id}/kill`],
    ['POST', `/v1.41/containers/${id}/attach`],
    ['POST', `/v1.41/containers/${id}/rename?name=x`],
    ['GET', `/v1.41/containers/${id}/archive?path=/`],
    ['PUT', `/v1.41/containers/${id}/archive?path=/`],
    ['GET', `/v1.41/containers/${id}/logs?stdout=1`],
    ['GET', `/v1.41/containers/${id}/export`],
    ['DELETE', `/v1.41/containers/${id}?force=1`],
    ['POST', '/v1.41/containers/prune'],
    ['POST', '/v1.41/build'],
    ['POST', '/v1.41/images/create?fromImage=x'],
    ['GET', '/v1.41/images/json'],
    ['GET', '/v1.41/secrets'],
    ['GET', '/v1.41/volumes'],
    ['POST', '/v1.41/volumes/create', '{}'],
    ['POST', '/v1.41/swarm/init', '{}'],
    // A name or a part of an id may be another container's.
    ['POST', '/v1.41/containers/kept/restart'],
    ['POST', `/v1.41/containers/${id.slice(0, 12)}/restart`],
    // Another version of the API has other calls.
    ['GET', '/containers/json'],
    ['GET', '/v1.24/containers/json'],
    ['GET', `/v1.41/containers/${id}/restart`],
    ['POST', `/v1.41/containers/${id}/json`],
    // Ways around a comparison of paths.
    ['POST', `/v1.41/containers/${id}/restart/../exec`],
    ['POST', `/v1.41/containers/${id}/restart/%2e%2e/exec`],
    ['POST', `/v1.41/containers/${id}%2Fexec`],
    ['GET', '/v1.41//images/json'],
    ['GET', '/v1.41/_ping/../images/json'],
    ['POST', `/v1.41/containers/${id}/exec#/restart`],
  ];
  const statuses = await Promise.all(refused.map(([method, path, body]) => statusOf(method, path, body)));
  // 400: HAProxy takes a path with a fragment for no HTTP at all.
  expect(statuses.filter((status) => status !== 403)).toEqual([400]);
  expect(await client.engine.inspect(id)).toMatchObject({ name: 'kept', status: 'running' });
});

test('an update changes memory, and nothing else', async () => {
  const id = await start('limited');
  const path = `/v1.41/containers/${id}/update`;
  expect(await statusOf('POST', path, '{"Memory":50331648,"MemorySwap":100663296}')).toBe(200);
  for (const body of [
    '{"RestartPolicy":{"Name":"always"}}',
    '{"Memory":50331648,"MemorySwap":100663296,"CpuShares":2}',
    '{"CpuShares":2,"Memory":50331648,"MemorySwap":100663296}',
    '{"Memory":50331648,"MemorySwap":100663296}{"CpuShares":2}',
    '',
  ])
    expect(await statusOf('POST', path, body)).toBe(403);
});

test('its configuration is valid, and so is that of the balancer', async () => {
  const run = promisify(execFile);
  await run('haproxy', ['-c', '-f', 'deploy/docker-proxy/haproxy.cfg']);
  // Names of other containers are not known here: those servers are merely off.
  await run('haproxy', ['-c', '-f', 'deploy/balancer/haproxy.cfg']);
});
