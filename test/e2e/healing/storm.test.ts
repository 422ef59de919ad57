// Must show 2: many errors of one target are one restart; many targets at once are none.
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { dockerTest, missing } from '../../healing/docker/engine.ts';
import { openStage } from './stage.ts';
import type { Reported, Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  if (missing === undefined) stage = await openStage({ rules: ['not-responding.yaml'] });
}, 60_000);
afterAll(async () => stage?.stop(), 120_000);

const timeoutOf = (target: string): Reported => ({
  type: 'TimeoutError',
  message: `no answer from ${target} within 2000 ms`,
  attributes: { 'server.address': target, 'server.port': 8080, 'error.type': 'ETIMEDOUT' },
});

dockerTest(
  '10,000 errors of one target within a second are one restart',
  async () => {
    const id = await stage.real.runContainer({
      name: 'one',
      cmd: ['httpd', '-f', '-p', '8080'],
      labels: { 'errata.autofix': 'true', 'errata.service': 'one', 'errata.port': '8080' },
    });
    process.kill((await stage.real.docker.getContainer(id).inspect()).State.Pid, 'SIGSTOP');
    const batch = Array.from({ length: 1_000 }, () => timeoutOf('one'));
    const startedMs = performance.now();
    await Promise.all(Array.from({ length: 10 }, () => stage.report(batch)));
    const sentMs = Math.round(performance.now() - startedMs);
    const { total } = await stage.get<{ total: number }>('/api/errors?service=checkout&limit=1');
    expect(total).toBe(10_000);
    const attempt = await stage.attempt(({ state }) => state === 'ended', 60_000);
    expect(attempt).toMatchObject({ outcome: 'succeeded', finding: 'CONTAINER_HUNG' });
    expect(await stage.attempts()).toHaveLength(1);
    expect(stage.proxy.mutations()).toHaveLength(1);
    console.info(`10,000 errors stored in ${sentMs} ms; one restart`);
  },
  90_000,
);

dockerTest(
  'forty targets at once have one cause: nothing is done, and one attempt tells people',
  async () => {
    const before = stage.proxy.mutations().length;
    const names = Array.from({ length: 40 }, (_, number) => `many-${number}`);
    for (const name of names) {
      await stage.real.runContainer({
        name,
        labels: { 'errata.autofix': 'true', 'errata.service': name, 'errata.port': '8080' },
      });
    }
    await stage.report(names.flatMap((name) => Array.from({ length: 5 }, () => timeoutOf(name))));
    const stopped = await vi.waitFor(
      async () => {
        const all = (await stage.attempts()).filter(({ target }) => target.startsWith('many-'));
        expect(all).toHaveLength(40);
        return all;
      },
      { timeout: 30_000, interval: 200 },
    );
    expect(stopped.filter(({ suppression }) => suppression === 'common_cause')).toHaveLength(40);
    expect(stopped.filter(({ escalated_to: to }) => to !== null && to !== '')).toHaveLength(1);
    expect(stage.proxy.mutations()).toHaveLength(before);
  },
  120_000,
);
