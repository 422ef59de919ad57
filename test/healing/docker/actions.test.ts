// The container actions on a real engine, each with what observe makes of it, also after the worst moments.
import { afterAll, beforeAll, expect } from 'vitest';
import type { Action, Intent } from '../../../src/healing/action.ts';
import { containerMemoryRaise } from '../../../src/healing/actions/container-memory-raise.ts';
import { containerRestart } from '../../../src/healing/actions/container-restart.ts';
import { containerStart } from '../../../src/healing/actions/container-start.ts';
import { containerStop } from '../../../src/healing/actions/container-stop.ts';
import { type Harness, startHarness } from './harness.ts';
import { dockerTest as test, missing } from './engine.ts';

const MIB = 1024 * 1024;
/** Ignores SIGTERM, as what hangs does: stopping it takes the whole stop time-out. */
const HANGING = { stopSignal: 'SIGTERM' };

let harness: Harness;

beforeAll(async () => {
  if (missing === undefined) harness = await startHarness();
});
afterAll(() => harness?.stop());

test('a restart is applied once the container runs anew', async () => {
  const id = await harness.runFixable({ name: 'restart-me', ...HANGING });
  const { intent, context, startedAt } = await intend(containerRestart, id, { stop_timeout: 1000 });
  expect(await containerRestart.run(intent, context)).toEqual({ kind: 'done', after: {} });
  const observed = await containerRestart.observe(intent, context);
  expect(observed).toMatchObject({ kind: 'applied', after: { status: 'running' } });
  expect((await harness.inspect(id)).startedAt).not.toBe(startedAt);
});

test('a container that was restarted since the diagnosis is not restarted again', async () => {
  const id = await harness.runFixable({ name: 'restart-twice' });
  const context = await harness.contextOf(id);
  await harness.real.docker.getContainer(id).restart({ t: 0 });
  expect(await containerRestart.prepare({ stop_timeout: 1000 }, context)).toEqual({
    refused: 'superseded: the container was started anew since the diagnosis',
  });
});

test('two restarts in a row are two attempts of their own', async () => {
  const id = await harness.runFixable({ name: 'again' });
  for (const _ of [1, 2]) {
    const { intent, context } = await intend(containerRestart, id, { stop_timeout: 0 });
    await containerRestart.run(intent, context);
    expect(await containerRestart.observe(intent, context)).toMatchObject({ kind: 'applied' });
  }
});

test('a restart whose answer is lost is unknown, then seen as applied, and is asked for once', async () => {
  const id = await harness.runFixable({ name: 'lost-answer', ...HANGING });
  const { intent, context } = await intend(containerRestart, id, { stop_timeout: 2000 });
  harness.proxy.setAnswers('cut');
  const ran = await containerRestart.run(intent, context);
  harness.proxy.setAnswers('pass');
  expect(ran.kind).toBe('unknown');
  expect(await containerRestart.observe(intent, context)).toMatchObject({ kind: 'applied' });
  expect(harness.proxy.mutations().filter((call) => call.includes(id))).toEqual([
    `POST /v1.41/containers/${id}/restart?t=2`,
  ]);
});

test('an engine killed between stop and start of a restart leaves it half done, and it is finished', async () => {
  const id = await harness.runFixable({ name: 'half-done', ...HANGING, restartPolicy: 'unless-stopped' });
  const control = await harness.runFixable({ name: 'control' });
  const { intent, context } = await intend(containerRestart, id, { stop_timeout: 1000 });
  const died = eventOf(id, 'die');
  const ran = containerRestart.run(intent, context);
  await died;
  await harness.real.kill9();
  expect((await ran).kind).toBe('unknown');
  const observed = containerRestart.observe(intent, context);
  await harness.real.restart();
  expect(await observed).toEqual({ kind: 'partial' });
  expect((await harness.inspect(id)).status).toBe('exited');
  expect(await containerRestart.complete?.(intent, context)).toEqual({ kind: 'done', after: {} });
  expect((await harness.inspect(id)).status).toBe('running');
  expect((await harness.inspect(control)).status).toBe('running');
});

test('what somebody stops after our restart is not half done: it stays stopped', async () => {
  const id = await harness.runFixable({ name: 'stopped-after' });
  const { intent, context } = await intend(containerRestart, id, { stop_timeout: 0 });
  await containerRestart.run(intent, context);
  await harness.real.docker.getContainer(id).stop({ t: 0 });
  expect(await containerRestart.observe(intent, context)).toMatchObject({
    kind: 'applied',
    after: { status: 'exited' },
  });
});

test('a restart that never reached the engine is not applied, but only after its time is over', async () => {
  const id = await harness.runFixable({ name: 'never-asked' });
  const { intent, context } = await intend(containerRestart, id, { stop_timeout: 10_000 });
  const signal = AbortSignal.timeout(700);
  expect(await containerRestart.observe(intent, { ...context, signal })).toEqual({ kind: 'unknown' });
  const now = () => intent.atMs + 40_000;
  expect(await containerRestart.observe(intent, { ...context, now })).toEqual({ kind: 'not_applied' });
});

test('a container that is gone is superseded', async () => {
  const id = await harness.runFixable({ name: 'gone' });
  const { intent, context } = await intend(containerRestart, id, { stop_timeout: 0 });
  await harness.real.docker.getContainer(id).remove({ force: true });
  expect(await containerRestart.observe(intent, context)).toEqual({ kind: 'superseded' });
  expect(await containerRestart.run(intent, context)).toEqual({
    kind: 'failed',
    reason: 'superseded: the container is gone',
  });
  expect(await containerRestart.prepare({ stop_timeout: 0 }, context)).toEqual({
    refused: 'superseded: the container is gone',
  });
});

test('what somebody paused is not restarted', async () => {
  const id = await harness.runFixable({ name: 'paused' });
  await harness.real.docker.getContainer(id).pause();
  const context = await harness.contextOf(id);
  expect(await containerRestart.prepare({ stop_timeout: 0 }, context)).toEqual({ refused: 'the container is paused' });
});

test.each([
  ['without the label', {}, 'the container does not carry errata.autofix=true'],
  ['with another value of it', { 'errata.autofix': 'yes' }, 'the container does not carry errata.autofix=true'],
  [
    'of our own stack',
    { 'errata.autofix': 'true', 'com.docker.compose.service': 'clickhouse' },
    "the container belongs to Errata's own deployment",
  ],
])('no action touches a container %s', async (name, labels, refused) => {
  const id = await harness.real.runContainer({ name: name.replaceAll(' ', '-'), labels, memoryBytes: 32 * MIB });
  const before = harness.proxy.mutations().length;
  for (const action of [containerRestart, containerStart, containerStop, containerMemoryRaise]) {
    const params = action.parameters.parse(action === containerMemoryRaise ? { cap: 64 * MIB } : {});
    expect(await action.prepare(params, await harness.contextOf(id))).toEqual({ refused });
  }
  expect(harness.proxy.mutations().length).toBe(before);
});

test('a stopped container is started, and starting it once more changes nothing', async () => {
  const id = await harness.runFixable({ name: 'start-me' });
  await harness.real.docker.getContainer(id).stop({ t: 0 });
  const { intent, context } = await intend(containerStart, id, {});
  expect(await containerStart.observe(intent, context)).toEqual({ kind: 'not_applied' });
  expect(await containerStart.run(intent, context)).toEqual({ kind: 'done', after: {} });
  const { startedAt } = await harness.inspect(id);
  expect(await containerStart.run(intent, context)).toEqual({ kind: 'done', after: {} });
  expect(await containerStart.observe(intent, context)).toEqual({
    kind: 'applied',
    after: { started_at: startedAt, status: 'running' },
  });
});

test('stopping is observed as stopped, twice is once, and undo starts it again', async () => {
  const id = await harness.runFixable({ name: 'stop-me' });
  const { intent, context } = await intend(containerStop, id, { stop_timeout: 0 });
  expect(await containerStop.run(intent, context)).toEqual({ kind: 'done', after: {} });
  expect(await containerStop.run(intent, context)).toEqual({ kind: 'done', after: {} });
  expect(await containerStop.observe(intent, context)).toMatchObject({ kind: 'applied', after: { status: 'exited' } });
  expect(await containerStop.undo?.(intent, context)).toEqual({ kind: 'done', after: {} });
  expect((await harness.inspect(id)).status).toBe('running');
});

test('memory is raised by its factor with as much swap as before, once however often it runs, and undone', async () => {
  const id = await harness.runFixable({ name: 'raise-me', memoryBytes: 64 * MIB });
  const { intent, context } = await intend(containerMemoryRaise, id, { factor: 1.5, cap: 128 * MIB });
  expect(intent.before).toEqual({
    id,
    memory_bytes: 67_108_864,
    memory_swap_bytes: 134_217_728,
    wanted_bytes: 100_663_296,
    wanted_swap_bytes: 167_772_160,
  });
  expect(await containerMemoryRaise.observe(intent, context)).toEqual({ kind: 'not_applied' });
  for (const _ of [1, 2]) expect(await containerMemoryRaise.run(intent, context)).toEqual({ kind: 'done', after: {} });
  expect(await containerMemoryRaise.observe(intent, context)).toEqual({
    kind: 'applied',
    after: { memory_bytes: 100_663_296, memory_swap_bytes: 167_772_160 },
  });
  expect(await containerMemoryRaise.undo?.(intent, context)).toEqual({
    kind: 'done',
    after: { memory_bytes: 67_108_864 },
  });
  expect(await harness.inspect(id)).toMatchObject({ memoryBytes: 67_108_864, memorySwapBytes: 134_217_728 });
});

test('undoing a raised limit leaves alone what somebody changed since, and once more changes nothing', async () => {
  const id = await harness.runFixable({ name: 'raised-by-hand', memoryBytes: 64 * MIB });
  const { intent, context } = await intend(containerMemoryRaise, id, { factor: 1.5, cap: 128 * MIB });
  await containerMemoryRaise.run(intent, context);
  await harness.real.docker.getContainer(id).update({ Memory: 120 * MIB, MemorySwap: 240 * MIB });
  expect(await containerMemoryRaise.undo?.(intent, context)).toEqual({
    kind: 'failed',
    reason: 'the limit is 120 MiB now: somebody changed it since',
  });
  expect(await harness.inspect(id)).toMatchObject({ memoryBytes: 120 * MIB, memorySwapBytes: 240 * MIB });
  await containerMemoryRaise.run(intent, context);
  const before = harness.proxy.mutations().length;
  for (const _ of [1, 2]) {
    expect(await containerMemoryRaise.undo?.(intent, context)).toEqual({
      kind: 'done',
      after: { memory_bytes: 67_108_864 },
    });
  }
  expect(harness.proxy.mutations().length).toBe(before + 1);
});

test('memory is raised to the cap and not beyond', async () => {
  const id = await harness.runFixable({ name: 'cap', memoryBytes: 64 * MIB });
  const { intent, context } = await intend(containerMemoryRaise, id, { factor: 4, cap: 96 * MIB });
  await containerMemoryRaise.run(intent, context);
  expect((await harness.inspect(id)).memoryBytes).toBe(100_663_296);
  expect(await prepareRaise(id, { cap: 96 * MIB })).toEqual({ refused: 'the cap of 96 MiB is reached' });
});

test('memory is not raised without a limit, nor where the host has none left', async () => {
  const unlimited = await harness.runFixable({ name: 'unlimited' });
  expect(await prepareRaise(unlimited, { cap: 96 * MIB })).toEqual({ refused: 'the container has no memory limit' });
  const id = await harness.runFixable({ name: 'crowded', memoryBytes: 64 * MIB });
  expect(await prepareRaise(id, { cap: 128 * MIB, host_reserve: 2 ** 50 })).toEqual({
    refused: 'the host reserve of 1073741824 MiB would be touched',
  });
});

async function prepareRaise(id: string, params: Record<string, number>) {
  return containerMemoryRaise.prepare(containerMemoryRaise.parameters.parse(params), await harness.contextOf(id));
}

async function intend(action: Action, id: string, given: Record<string, number>) {
  const context = await harness.contextOf(id);
  const params = action.parameters.parse(given);
  const prepared = await action.prepare(params, context);
  if ('refused' in prepared) throw new Error(prepared.refused);
  const intent: Intent<typeof params> = { params, before: prepared.before, atMs: Date.now() };
  return { intent, context, startedAt: context.target.container?.startedAt };
}

function eventOf(id: string, action: string): Promise<void> {
  return new Promise((resolve) => {
    const leave = harness.client.subscribe((signal) => {
      if (signal.kind !== 'event' || signal.containerId !== id || signal.event.action !== action) return;
      leave();
      resolve();
    });
  });
}
