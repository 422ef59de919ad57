// What the client of the Docker engine promises, on a real one.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test as plainTest } from 'vitest';
import { createDockerEngine } from '../../../src/healing/docker-engine.ts';
import { operatorHold } from '../../../src/healing/operator-hold.ts';
import { freePort } from '../../collector/collector-process.ts';
import { type RealEngine, dockerTest as test, missing, startEngine } from './engine.ts';
import { type Harness, startHarness } from './harness.ts';

const MIB = 1024 * 1024;
const logger = pino({ enabled: false });

let harness: Harness;

beforeAll(async () => {
  if (missing === undefined) harness = await startHarness();
});
afterAll(() => harness?.stop());

test('a container is found by its labels, exactly and never by a part of them', async () => {
  const labels = (service: string) => ({ 'com.docker.compose.project': 'shop', 'com.docker.compose.service': service });
  const api = await harness.real.runContainer({ name: 'shop-api-1', labels: labels('api') });
  for (const service of ['billing-api', 'api-2', 'ap']) {
    await harness.real.runContainer({ name: `shop-${service}-1`, labels: labels(service) });
  }
  const oneOff = { ...labels('api'), 'com.docker.compose.oneoff': 'True' };
  await harness.real.runContainer({ name: 'shop-api-run-1', labels: oneOff });
  expect(await idsOf({ project: 'shop', service: 'api', labels: {} })).toEqual([api]);
  expect(await idsOf({ project: undefined, service: 'api', labels: {} })).toEqual([api]);
  expect(await idsOf({ project: 'sho', service: 'api', labels: {} })).toEqual([]);
  expect(await idsOf({ project: undefined, service: undefined, labels: {} })).toEqual([]);
});

test('a container is named by its full id, not by a name or a part of the id', async () => {
  const id = await harness.real.runContainer({ name: 'full-id' });
  for (const part of ['full-id', id.slice(0, 12), id.slice(0, 63)]) {
    await expect(harness.engine.inspect(part)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(harness.engine.restart(part, 0)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  }
  expect(await harness.engine.inspect('0'.repeat(64))).toBeUndefined();
});

test('inspect tells what healing reads', async () => {
  const id = await harness.real.runContainer({
    name: 'seen',
    labels: { 'errata.service': 'seen' },
    memoryBytes: 32 * MIB,
    healthCheck: 'test -e /bin/sh',
    restartPolicy: 'on-failure',
  });
  await expect.poll(async () => (await harness.inspect(id)).health, { timeout: 10_000 }).toBe('healthy');
  expect(await harness.inspect(id)).toMatchObject({
    id,
    name: 'seen',
    labels: { 'errata.service': 'seen' },
    status: 'running',
    exitCode: 0,
    oomKilled: false,
    memoryBytes: 33_554_432,
    memorySwapBytes: 67_108_864,
    restartPolicy: 'on-failure',
    healthCommand: 'test -e /bin/sh',
    addresses: [expect.stringMatching(/^10\.213\.\d+\.\d+$/)],
  });
  expect((await harness.engine.listLabelled()).map((container) => container.id)).toContain(id);
});

test('use of memory and CPU is that of the container, and none when it does not run', async () => {
  const id = await harness.real.runContainer({
    name: 'busy',
    memoryBytes: 32 * MIB,
    cmd: ['sh', '-c', 'while true; do true; done'],
  });
  const usage = await harness.engine.usage(id);
  expect(usage?.memoryLimitBytes).toBe(33_554_432);
  expect(usage?.memoryBytes).toBeLessThan(33_554_432);
  expect(usage?.cpu).toBeGreaterThan(0.2);
  await harness.real.docker.getContainer(id).stop({ t: 0 });
  expect(await harness.engine.usage(id)).toBeUndefined();
});

test('the host has its memory, and the limits of what runs are summed', async () => {
  const before = await harness.engine.hostMemory();
  await harness.real.runContainer({ name: 'limited', memoryBytes: 48 * MIB });
  const after = await harness.engine.hostMemory();
  expect(after.totalBytes).toBeGreaterThan(256 * MIB);
  expect(after.limitsBytes - before.limitsBytes).toBe(48 * MIB);
});

test('what the engine refuses is refused with its words, and nothing is sent twice', async () => {
  const id = await harness.real.runContainer({ name: 'refusing', memoryBytes: 64 * MIB });
  expect(await harness.engine.setMemory(id, 256 * MIB, 128 * MIB)).toEqual({
    kind: 'refused',
    reason: expect.stringMatching(/Minimum memoryswap limit should be larger than memory limit/),
  });
  expect(await harness.engine.start('0'.repeat(64))).toEqual({ kind: 'gone' });
  expect(await harness.engine.start(id)).toEqual({ kind: 'done' });
  const calls = harness.proxy.mutations().filter((call) => call.includes(id));
  expect(calls).toEqual([`POST /v1.41/containers/${id}/update`, `POST /v1.41/containers/${id}/start`]);
});

test('no answer in time is unknown, and the engine goes on', async () => {
  const impatient = createDockerEngine({ host: harness.proxy.host, now: Date.now, logger, answerWithinMs: -1_500 });
  const id = await harness.real.runContainer({ name: 'impatient', stopSignal: 'SIGTERM' });
  const { startedAt } = await harness.inspect(id);
  expect(await impatient.engine.restart(id, 2)).toEqual({ kind: 'unknown', reason: 'no answer within 500 ms' });
  expect((await harness.inspect(id)).startedAt).toBe(startedAt);
  await expect.poll(async () => (await harness.inspect(id)).startedAt, { timeout: 10_000 }).not.toBe(startedAt);
});

test('a stop by somebody else is his, ours are not, also right after our own', async () => {
  const id = await harness.runFixable({ name: 'held' });
  await seen(id, 'start');
  await harness.engine.restart(id, 0);
  await seen(id, 'restart');
  await harness.engine.stop(id, 0);
  await expect.poll(() => actionsOf(id).filter((action) => action === 'stop').length).toBe(2);
  expect(harness.engine.foreignEventsOf(id).map(({ action }) => action)).toEqual(['start']);
  expect(await holdOf(id)).toBeUndefined();

  await harness.engine.start(id);
  await harness.real.docker.getContainer(id).stop({ t: 0 });
  await expect.poll(() => actionsOf(id).filter((action) => action === 'stop').length).toBe(3);
  expect(harness.engine.foreignEventsOf(id).map(({ action }) => action)).toEqual(['start', 'kill', 'kill', 'stop']);
  expect(await holdOf(id)).toMatch(/^held was stopped from outside \(stop at /);
});

test('running out of memory and a failing health check are seen', async () => {
  const id = await harness.real.runContainer({
    name: 'hungry',
    memoryBytes: 16 * MIB,
    cmd: ['sh', '-c', 'sleep 1; exec tail /dev/zero'],
  });
  await seen(id, 'oom');
  await seen(id, 'die');
  expect(harness.engine.eventsOf(id).find(({ action }) => action === 'die')?.exitCode).toBe(137);
  const sick = await harness.real.runContainer({ name: 'sick', healthCheck: 'false' });
  await seen(sick, 'health_status: unhealthy');
  expect(harness.engine.foreignEventsOf(sick).map(({ action }) => action)).toEqual(['start']);
});

test('events go on after the engine was killed and came back, and what came before is kept once', async () => {
  const id = await harness.real.runContainer({ name: 'survivor' });
  await seen(id, 'start');
  const signals: string[] = [];
  const leave = harness.client.subscribe(({ kind }) => signals.push(kind));
  await harness.real.kill9();
  await expect(harness.engine.ping()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  await expect(harness.engine.inspect(id)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  expect(await harness.engine.restart(id, 0)).toMatchObject({ kind: 'unknown' });
  await harness.real.restart();
  await expect.poll(() => signals, { timeout: 20_000 }).toContain('connected');
  expect(signals[0]).toBe('lost');
  await harness.real.docker.getContainer(id).pause();
  await seen(id, 'pause');
  expect(actionsOf(id)).toEqual(['start', 'pause']);
  leave();
});

test('an engine behind TLS is reached with our certificate, and not without', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'errata-tls-'));
  const port = await freePort();
  await makeCertificates(directory);
  let real: RealEngine | undefined;
  try {
    const pem = ['ca', 'cert', 'key'].flatMap((name) => [
      `--tls${name === 'ca' ? 'cacert' : name}`,
      `${directory}/${name}.pem`,
    ]);
    real = await startEngine({ args: ['-H', `tcp://127.0.0.1:${port}`, '--tlsverify', ...pem] });
    const [ca, cert, key] = await Promise.all(
      ['ca', 'cert', 'key'].map((name) => readFile(join(directory, `${name}.pem`), 'utf8')),
    );
    const tls = { ca: ca ?? '', cert: cert ?? '', key: key ?? '' };
    const host = `tcp://127.0.0.1:${port}`;
    await createDockerEngine({ host, tls, now: Date.now, logger }).engine.ping();
    const bare = createDockerEngine({ host, now: Date.now, logger }).engine;
    await expect(bare.ping()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  } finally {
    await real?.stop();
    await rm(directory, { recursive: true, force: true });
  }
});

plainTest('an engine that is not there is unavailable and stops at once', async () => {
  const client = createDockerEngine({ host: 'unix:///nowhere.sock', now: Date.now, logger });
  const lost = new Promise<void>((resolve) => client.subscribe(({ kind }) => kind === 'lost' && resolve()));
  client.start();
  await lost;
  await expect(client.engine.ping()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  await client.stop();
  await client.stop();
});

plainTest.each(['http://localhost', 'unix://', 'localhost:2375', 'ssh://host', 'tcp://'])(
  'the host %s is refused at the start',
  (host) => {
    expect(() => createDockerEngine({ host, now: Date.now, logger })).toThrow(
      'the Docker host must be unix:///path or tcp://host:port',
    );
  },
);

async function idsOf(selector: Parameters<Harness['engine']['find']>[0]): Promise<readonly string[]> {
  return (await harness.engine.find(selector)).map(({ id }) => id);
}

function actionsOf(id: string): readonly string[] {
  return harness.engine.eventsOf(id).map(({ action }) => action);
}

async function seen(id: string, action: string): Promise<void> {
  await expect.poll(() => actionsOf(id), { timeout: 20_000 }).toContain(action);
}

async function holdOf(id: string): Promise<string | undefined> {
  const container = await harness.inspect(id);
  return operatorHold({
    container,
    events: harness.engine.eventsOf(id),
    foreignEvents: harness.engine.foreignEventsOf(id),
  });
}

/** One that signs itself serves as authority, server and client. */
async function makeCertificates(directory: string): Promise<void> {
  const out = `-keyout ${directory}/key.pem -out ${directory}/cert.pem`;
  const args = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=errata-test ${out}`;
  await promisify(execFile)('openssl', [...args.split(' '), '-addext', 'subjectAltName=IP:127.0.0.1']);
  await promisify(execFile)('cp', [join(directory, 'cert.pem'), join(directory, 'ca.pem')]);
}
