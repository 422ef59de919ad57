// Must show 1: a container that hangs is found out, restarted, and proven to work.
import { afterAll, beforeAll, expect } from 'vitest';
import { dockerTest, missing } from '../../healing/docker/engine.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  if (missing === undefined) stage = await openStage();
}, 60_000);
afterAll(async () => stage?.stop(), 60_000);

dockerTest(
  'a container that hangs is restarted, verified, and its errors are resolved',
  async () => {
    const id = await stage.real.runContainer({
      name: 'inventory',
      cmd: ['httpd', '-f', '-p', '8080'],
      labels: { 'errata.autofix': 'true', 'errata.service': 'inventory', 'errata.port': '8080' },
      stopSignal: 'SIGTERM',
    });
    const before = await stage.real.docker.getContainer(id).inspect();
    // It accepts connections and answers nothing, as a deadlocked service does.
    process.kill(before.State.Pid, 'SIGSTOP');
    const startedMs = Date.now();
    await stage.report(
      Array.from({ length: 6 }, () => ({
        type: 'TimeoutError',
        message: 'no answer from inventory within 2000 ms',
        attributes: { 'server.address': 'inventory', 'server.port': 8080, 'error.type': 'ETIMEDOUT' },
      })),
    );
    const attempt = await stage.attempt(({ state }) => state === 'ended' || state === 'suppressed', 60_000);
    const tookMs = Date.now() - startedMs;
    expect(attempt).toMatchObject({ outcome: 'succeeded', finding: 'CONTAINER_HUNG', target: 'inventory' });
    expect(attempt.steps).toMatchObject([{ action: 'container.restart', state: 'done' }]);
    expect(stage.proxy.mutations()).toHaveLength(1);
    const after = await stage.real.docker.getContainer(id).inspect();
    expect(after.State.Running).toBe(true);
    const { errors } = await stage.get<{ errors: readonly object[] }>('/api/errors?service=checkout');
    expect(errors).toHaveLength(6);
    for (const error of errors) {
      expect(error).toMatchObject({ resolved: true, auto_fix_attempted: true, auto_fix_successful: true });
    }
    const stoppedMs = Date.parse(after.State.StartedAt) - startedMs;
    console.info(`from first error to verified ${tookMs} ms; the container was up again after ${stoppedMs} ms`);
  },
  90_000,
);
