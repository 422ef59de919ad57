// Probes of containers against a real Docker engine.
import { afterAll, beforeAll, expect } from 'vitest';
import { dockerTest as test, missing } from '../docker/engine.ts';
import { startHarness, type Harness } from '../docker/harness.ts';
import { runProbe, targetAt } from './probe-setup.ts';

const MIB = 1024 * 1024;
let harness: Harness;

beforeAll(async () => {
  if (missing === undefined) harness = await startHarness();
});
afterAll(() => harness?.stop());

async function probe(name: string, id: string) {
  const target = { ...targetAt(1), container: await harness.inspect(id) };
  return await runProbe(name, { target, engine: harness.engine });
}

test('a container that runs, and the same stopped by hand', async () => {
  const id = await harness.runFixable({ name: 'held', memoryBytes: 32 * MIB, healthCheck: 'wget -q localhost' });
  const facts = await probe('container.inspect', id);
  expect(facts).toMatchObject({
    status: 'running',
    recent_oom: false,
    operator_hold: false,
    paused: false,
    memory_bytes: 33_554_432,
    health_protocol: 'http',
  });
  expect(Number(facts['age_s'])).toBeLessThan(60);
  await harness.real.docker.getContainer(id).stop({ t: 0 });
  await expect
    .poll(() => probe('container.inspect', id))
    .toMatchObject({ status: 'exited', exit_code: 137, recent_oom: false, operator_hold: true });
});

test('a process that the kernel killed for its memory is a recent oom, in a container that runs on', async () => {
  const hog = 'tail /dev/zero; while true; do sleep 1; done';
  const id = await harness.runFixable({ name: 'hog', memoryBytes: 16 * MIB, cmd: ['sh', '-c', hog] });
  await expect
    .poll(() => probe('container.inspect', id), { timeout: 20_000 })
    .toMatchObject({ status: 'running', recent_oom: true });
});

test('memory that grows is told from memory that does not, as a share of the limit', async () => {
  // tmpfs pages count as the container's memory: half a MiB every tenth of a second.
  const fill = 'i=0; while true; do dd if=/dev/zero of=/dev/shm/$i bs=512k count=1 2>&-; i=$((i+1)); sleep 0.1; done';
  const growing = await harness.runFixable({ name: 'leak', memoryBytes: 60 * MIB, cmd: ['sh', '-c', fill] });
  const steady = await harness.runFixable({ name: 'steady', memoryBytes: 60 * MIB });
  const fromMs = performance.now();
  const [leak, calm] = await Promise.all([probe('memory.trend', growing), probe('memory.trend', steady)]);
  expect(performance.now() - fromMs).toBeLessThan(5_000);
  expect(leak['growing']).toBe(true);
  expect(Number(leak['slope_bytes_per_s'])).toBeGreaterThan(500_000);
  expect(calm['growing']).toBe(false);
  const usage = await probe('container.usage', steady);
  expect(Number(usage['memory_ratio'])).toBeCloseTo(Number(usage['memory_bytes']) / 62_914_560, 5);
  expect(Number(usage['cpu'])).toBeLessThan(0.5);
});
