// Must show 8: what may not be touched is not touched: no call that could change something reaches the engine, and each
// refusal is on record with its reason.
import { afterEach, expect, vi } from 'vitest';
import { dockerTest } from '../../healing/docker/engine.ts';
import { openStage } from './stage.ts';
import type { AttemptView, Stage } from './stage.ts';

const AUTOFIX = { 'errata.autofix': 'true' };
const RULES = ['not-responding.yaml', 'out-of-memory.yaml'];
/** It falls over when it is started first, and works from then on. */
const FALLS_OVER_ONCE = ['sh', '-c', 'test -f /seen && exec httpd -f -p 8080; touch /seen; exit 1'];

let stage: Stage;

afterEach(async () => stage?.stop(), 60_000);

dockerTest(
  'unlabelled, protected, ambiguous, observed, freshly deployed, of another company: nothing is changed',
  async () => {
    stage = await openStage({
      rules: RULES,
      config: { services: [{ name: 'vault', protected: true, container: { labels: { 'errata.service': 'vault' } } }] },
      healing: { deploy_grace: '3m', common_cause_targets: 100, concurrent: 20 },
    });
    await fallOver('bare', { 'errata.service': 'bare' });
    await fallOver('vault', { ...AUTOFIX, 'errata.service': 'vault' });
    await fallOver('watched', { ...AUTOFIX, 'errata.service': 'watched', 'errata.mode': 'observe' });
    const fresh = await fallOver('fresh', { ...AUTOFIX, 'errata.service': 'fresh' });
    const compose = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'payments' };
    await fallOver('payments-1', { ...AUTOFIX, ...compose });
    await fallOver('payments-2', { ...AUTOFIX, ...compose });

    const startedMs = Date.now();
    await stage.report(['bare', 'vault', 'watched', 'fresh', 'payments'].flatMap(fiveAbout));
    const diagnosed = { finding: 'CONTAINER_EXITED', branch: 'crashed' };
    expect(await suppressed('not_enabled')).toMatchObject({ target: 'bare', ...diagnosed });
    expect(await suppressed('protected')).toMatchObject({ target: 'vault' });
    expect(await suppressed('observe')).toMatchObject({ target: 'watched', ...diagnosed });
    expect(await suppressed('deploy_in_progress')).toMatchObject({ target: 'fresh', ...diagnosed });
    const ambiguous = await suppressed('ambiguous_target');
    expect(ambiguous.note).toContain('payments-1');
    expect(ambiguous.note).toContain('payments-2');
    const tookMs = Date.now() - startedMs;

    // Company 2 names what is company 1's, by its name and by its container.
    for (let count = 0; count < 5; count += 1) await log({ details: { 'server.address': 'fresh' } });
    await log({ message: 'out of memory', container_id: fresh });
    const foreign = await vi.waitFor(
      async () => {
        const all = await stage.attempts('&company_id=2');
        expect(all).toHaveLength(2);
        return all;
      },
      { timeout: 15_000, interval: 100 },
    );
    for (const attempt of foreign) {
      expect(attempt).toMatchObject({ state: 'suppressed', suppression: 'other_company', target: '' });
      // What it did not name is not told to it.
      expect(attempt.note).not.toContain('fresh');
    }
    const own = await stage.attempts();
    expect(own.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => 'suppressed'));
    expect(stage.proxy.mutations()).toEqual([]);
    expect((await stage.real.docker.getContainer(fresh).inspect()).State.Running).toBe(false);
    console.info(`five targets held back after ${tookMs} ms, ${stage.proxy.calls().length} reading calls, none else`);
  },
  60_000,
);

dockerTest(
  'nothing is changed while fixes are paused, also over a crash; then it is put right',
  async () => {
    stage = await openStage({ rules: RULES });
    const id = await fallOver('inventory', { ...AUTOFIX, 'errata.service': 'inventory', 'errata.port': '8080' });
    expect(await stage.post('/api/healing/pause', { paused: true, reason: 'stocktaking' })).toMatchObject({
      status: 200,
    });
    await stage.report(fiveAbout('inventory'));
    const held = await suppressed('paused');
    expect(held).toMatchObject({ target: 'inventory', finding: 'CONTAINER_EXITED', steps: [] });

    await stage.killAndStart();
    // Until the switch was read it is taken as on.
    await vi.waitFor(async () => {
      expect(await stage.get('/api/healing')).toMatchObject({ paused: true, by: 'local', reason: 'stocktaking' });
    });
    const [error] = (await stage.get<{ errors: readonly { id: string }[] }>('/api/errors?limit=1')).errors;
    expect((await stage.post(`/api/errors/${error?.id}/fix`)).body).toMatchObject({
      status: 'suppressed',
      reason: 'paused',
    });
    expect(stage.proxy.mutations()).toEqual([]);

    await stage.post('/api/healing/pause', { paused: false });
    const goesOnMs = Date.now();
    const fixed = await vi.waitFor(
      async () => {
        await stage.report(fiveAbout('inventory'));
        return stage.attempt(({ suppression }) => suppression === null, 500);
      },
      { timeout: 40_000, interval: 500 },
    );
    const ended = await stage.attempt((attempt) => attempt.id === fixed.id && attempt.state === 'ended');
    expect(ended).toMatchObject({ outcome: 'succeeded', steps: [{ action: 'container.start', state: 'done' }] });
    expect(stage.proxy.mutations()).toEqual([expect.stringContaining(`/containers/${id}/start`)]);
    console.info(`verified ${Date.now() - goesOnMs} ms after it was no longer paused`);
  },
  90_000,
);

/** Its full id, when it has fallen over. */
async function fallOver(name: string, labels: Record<string, string>): Promise<string> {
  const id = await stage.real.runContainer({ name, cmd: FALLS_OVER_ONCE, labels });
  await vi.waitFor(
    async () => expect((await stage.real.docker.getContainer(id).inspect()).State.Status).toBe('exited'),
    { timeout: 15_000, interval: 100 },
  );
  return id;
}

function fiveAbout(peer: string) {
  return Array.from({ length: 5 }, () => ({
    type: 'Error',
    message: `connect ECONNREFUSED ${peer}`,
    attributes: { 'server.address': peer, 'error.type': 'ECONNREFUSED' },
  }));
}

function suppressed(reason: string): Promise<AttemptView> {
  return stage.attempt(({ suppression }) => suppression === reason);
}

/** An error of company 2. */
async function log(error: object): Promise<void> {
  const blank = { service: 'spy', severity: 'error', message: 'connect ECONNREFUSED', company_id: 2 };
  expect(await stage.post('/api/errors/log', { ...blank, ...error })).toMatchObject({ status: 201 });
}
