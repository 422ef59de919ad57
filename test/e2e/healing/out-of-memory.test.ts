// Must show 6: a container that the kernel killed at its memory limit gets more, once; the second time it is a leak.
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { dockerTest, missing } from '../../healing/docker/engine.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';

const MIB = 1024 * 1024;

let stage: Stage;

beforeAll(async () => {
  if (missing === undefined) stage = await openStage({ rules: ['out-of-memory.yaml'] });
}, 60_000);
afterAll(async () => stage?.stop(), 60_000);

dockerTest(
  'a container killed at its limit of 64 MiB gets half as much again, and the second time people are asked',
  async () => {
    const id = await stage.real.runContainer({
      name: 'reports',
      // Works until it is told to leak; the engine starts it again.
      cmd: ['sh', '-c', 'until test -f /leak; do sleep 0.1; done; rm /leak; exec tail /dev/zero'],
      labels: { 'errata.autofix': 'true', 'errata.service': 'reports' },
      memoryBytes: 64 * MIB,
      restartPolicy: 'always',
    });
    await leak(id, 1);
    const startedMs = Date.now();
    await report();
    const first = await stage.attempt(({ state }) => state === 'ended' || state === 'suppressed');
    const verifiedMs = Date.now() - startedMs;
    expect(first).toMatchObject({
      outcome: 'succeeded',
      finding: 'MEMORY_LIMIT_TOO_LOW',
      target: 'reports',
      facts: { 'box.recent_oom': true, 'box.memory_bytes': 64 * MIB },
      steps: [{ action: 'container.memory.raise', state: 'done' }],
    });
    // The engine's own limit of both together is twice that of memory; as much swap as before is left.
    expect(await limitsOf(id)).toEqual({ memory: 96 * MIB, withSwap: 160 * MIB });
    const [error] = (await stage.get<{ errors: readonly object[] }>('/api/errors?service=reports')).errors;
    expect(error).toMatchObject({ error_type: 'out_of_memory', resolved: true, auto_fix_successful: true });

    await leak(id, 2);
    const leakedMs = Date.now();
    // A rule fires once in 30 s for the same trouble: it goes on, and is seen again.
    const second = await vi.waitFor(
      async () => {
        await report();
        return stage.attempt((attempt) => attempt.id !== first.id && attempt.state === 'ended', 1_000);
      },
      { timeout: 40_000, interval: 500 },
    );
    expect(second).toMatchObject({
      outcome: 'escalated',
      finding: 'MEMORY_LEAK_SUSPECTED',
      escalated_to: 'morgan',
      facts: { 'box.recent_oom': true, 'past.attempts': 1 },
      steps: [],
    });
    expect(await stage.get(`/api/fixes/${first.id}`)).toMatchObject({ outcome: 'relapsed' });
    expect(stage.proxy.mutations()).toEqual([expect.stringContaining(`/containers/${id}/update`)]);
    expect(await limitsOf(id)).toEqual({ memory: 96 * MIB, withSwap: 160 * MIB });
    const askedMs = Date.now() - leakedMs;
    console.info(`limit raised and verified after ${verifiedMs} ms; the second time handed over after ${askedMs} ms`);
  },
  90_000,
);

function report(): Promise<void> {
  const message = 'container reports was OOMKilled, exit code 137';
  return stage.report([{ service: 'reports', type: 'OOMKilled', message, attributes: {} }]);
}

/** Until the kernel has killed it `times` times, and it runs again. */
async function leak(id: string, times: number): Promise<void> {
  const container = stage.real.docker.getContainer(id);
  const exec = await container.exec({ Cmd: ['touch', '/leak'] });
  await exec.start({ Detach: true });
  await vi.waitFor(
    async () => {
      const { State, RestartCount } = await container.inspect();
      expect({ times: RestartCount, running: State.Running }).toEqual({ times, running: true });
    },
    { timeout: 15_000, interval: 100 },
  );
}

async function limitsOf(id: string): Promise<object> {
  const { Memory, MemorySwap } = (await stage.real.docker.getContainer(id).inspect()).HostConfig;
  return { memory: Memory, withSwap: MemorySwap };
}
