// Must show 3: the processor is killed at each arrow of the state machine, and the engine between stop and start of a
// restart. In the end the container runs, no more was done than is permitted, and every attempt has an end.
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { dockerTest, missing } from '../../healing/docker/engine.ts';
import { openStage } from './stage.ts';
import type { AttemptView, Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  if (missing === undefined) {
    stage = await openStage({ rules: ['not-responding.yaml'], healing: { concurrent: 20, common_cause_targets: 20 } });
  }
}, 60_000);
afterAll(async () => stage?.stop(), 120_000);

/** Listens to nobody after its first start, and serves after the next. SIGTERM ends neither: a restart takes its time. */
function hang(name: string): Promise<string> {
  return stage.real.runContainer({
    name,
    cmd: ['sh', '-c', 'test -f /tmp/again && exec httpd -f -p 8080; touch /tmp/again; exec sleep 86400'],
    labels: { 'errata.autofix': 'true', 'errata.service': name, 'errata.port': '8080' },
    stopSignal: 'SIGTERM',
    restartPolicy: 'unless-stopped',
  });
}

const report = (target: string) =>
  stage.report(
    Array.from({ length: 6 }, () => ({
      service: `caller-of-${target}`,
      type: 'TimeoutError',
      message: `no answer from ${target} within 2000 ms`,
      attributes: { 'server.address': target, 'server.port': 8080, 'error.type': 'ETIMEDOUT' },
    })),
  );

async function answers(id: string): Promise<boolean> {
  const address = await stage.real.addressOf(id);
  const signal = AbortSignal.timeout(1_000);
  return fetch(`http://${address}:8080/`, { signal }).then(
    (response) => response.status < 500,
    () => false,
  );
}

const isOpen = ({ state }: AttemptView) => state !== 'ended' && state !== 'suppressed';
const restartsOf = (id: string) =>
  stage.proxy.mutations().filter((call) => call.includes(id) && call.includes('restart'));

/** Its callers go on to fail until it answers. */
async function untilItAnswers(name: string, id: string): Promise<void> {
  await vi.waitFor(
    async () => {
      if (!(await answers(id))) {
        await report(name).catch(() => undefined);
        throw new Error('it does not answer yet');
      }
    },
    { timeout: 90_000, interval: 1_000 },
  );
}

async function allEnded(): Promise<readonly AttemptView[]> {
  return vi.waitFor(
    async () => {
      const all = await stage.attempts();
      expect(all.filter(isOpen)).toEqual([]);
      return all;
    },
    { timeout: 60_000, interval: 500 },
  );
}

for (const state of ['diagnosing', 'acting', 'verifying']) {
  dockerTest(
    `killed while ${state}: the container runs in the end`,
    async () => {
      const name = `while-${state}`;
      const id = await hang(name);
      await report(name);
      const seen = await vi.waitFor(
        async () => {
          const found = (await stage.attempts()).find((attempt) => attempt.target === name && attempt.state === state);
          if (found === undefined) throw new Error(`not ${state} yet`);
          return found;
        },
        { timeout: 30_000, interval: 5 },
      );
      await stage.killAndStart();
      await untilItAnswers(name, id);
      const ended = (await allEnded()).filter(({ target }) => target === name);
      expect(ended.map(({ id: attemptId }) => attemptId)).toContain(seen.id);
      expect(restartsOf(id)).toHaveLength(1);
      expect(ended.find((attempt) => attempt.id === seen.id)?.outcome).toBe('succeeded');
    },
    150_000,
  );
}

dockerTest(
  'the engine is killed between stop and start of a restart: the container is started',
  async () => {
    const name = 'engine-killed';
    const id = await hang(name);
    const events = (await stage.real.docker.getEvents({
      filters: JSON.stringify({ container: [id], event: ['die'] }),
    })) as Readable;
    await report(name);
    await once(events, 'data');
    await stage.real.kill9();
    events.destroy();
    await stage.real.restart();
    await untilItAnswers(name, id);
    await allEnded();
    expect((await stage.real.docker.getContainer(id).inspect()).State.Running).toBe(true);
    expect(restartsOf(id)).toHaveLength(1);
  },
  150_000,
);

dockerTest(
  'killed eight times at any moment while three containers hang: all run, none restarted more than permitted',
  async () => {
    const names = ['any-1', 'any-2', 'any-3'];
    const ids = await Promise.all(names.map(hang));
    for (let kill = 0; kill < 8; kill += 1) {
      for (const name of names) await report(name);
      // Moments that fall into each part of an attempt, which takes some ten seconds.
      await new Promise((resolve) => {
        setTimeout(resolve, 700 + ((kill * 2_311) % 7_000));
      });
      await stage.killAndStart();
    }
    await Promise.all(names.map((name, index) => untilItAnswers(name, ids[index] ?? '')));
    await allEnded();
    for (const id of ids) {
      expect(restartsOf(id).length).toBeGreaterThanOrEqual(1);
      expect(restartsOf(id).length).toBeLessThanOrEqual(3);
    }
    console.info(`8 kills, 3 containers: ${ids.map((id) => restartsOf(id).length).join(', ')} restarts`);
  },
  240_000,
);
