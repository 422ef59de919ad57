// Must show 7: a fix that changes nothing is called so, and is not tried for ever, whoever complains, also after a crash.
import { setTimeout as pass } from 'node:timers/promises';
import { afterAll, beforeAll, expect } from 'vitest';
import { REFIRE_MS } from '../../../src/healing/matcher.ts';
import { dockerTest, missing } from '../../healing/docker/engine.ts';
import { openStage } from './stage.ts';
import type { AttemptView, Stage } from './stage.ts';

const RULE = `
apiVersion: errata/v1
rules:
  - id: restart-in-vain
    title: Callers get no answer
    mode: auto
    when: { match: { all: [{ field: error_type, eq: timeout }] }, group_by: [service, peer.name], count: 3, within: 1m }
    target: peer
    diagnose: [{ id: box, probe: container.inspect }]
    plan:
      - branch: running
        if: { all: [{ fact: box.status, eq: running }] }
        finding: NO_ANSWER
        steps: [{ id: restart, action: container.restart, with: { stop_timeout: 1s } }]
        then: verify
    verify: { settle: 500ms, soak: 10s, worse_factor: 100 }
    limits: { cooldown: 1s, attempts: { max: 50, within: 1h }, breaker: { failures: 2, within: 1h, open: 1h } }
    escalate: { to: morgan, ask: [What keeps it from answering?] }
`;

let stage: Stage;

beforeAll(async () => {
  if (missing === undefined) stage = await openStage({ rules: [], ownRules: { 'in-vain.yaml': RULE } });
}, 60_000);
afterAll(async () => stage?.stop(), 60_000);

dockerTest(
  'a fix that changes nothing is ineffective, and after the second its breaker stays open, over a crash too',
  async () => {
    const id = await stage.real.runContainer({
      name: 'inventory',
      labels: { 'errata.autofix': 'true', 'errata.service': 'inventory' },
    });
    const startedMs = Date.now();
    // Each caller is a key of its own: what they complain about is one target.
    for (const caller of ['checkout', 'basket']) {
      expect(await whileComplaining(caller, (attempt) => attempt.state === 'ended')).toMatchObject({
        outcome: 'ineffective',
        finding: 'NO_ANSWER',
        escalated_to: 'morgan',
        note: expect.stringContaining('container.restart did not help'),
        steps: [{ action: 'container.restart', state: 'done' }],
      });
    }
    const openMs = Date.now() - startedMs;
    const held = await whileComplaining('search', (attempt) => attempt.state === 'suppressed');
    expect(held).toMatchObject({ suppression: 'breaker_open', escalated_to: 'morgan', steps: [] });
    expect(held.note).toContain('breaker: 2 attempts did not help');

    await stage.killAndStart();
    const later = await whileComplaining('wishlist', (attempt) => attempt.state === 'suppressed');
    expect(later).toMatchObject({ suppression: 'breaker_open', steps: [] });
    const all = await stage.attempts();
    expect(all.filter(({ suppression }) => suppression !== null && suppression !== 'breaker_open')).toEqual([]);
    // Who was told that it is open needs not be told by each caller.
    expect(all.filter((one) => one.suppression === 'breaker_open' && one.escalated_to !== null)).toHaveLength(1);
    expect(stage.proxy.mutations()).toEqual([
      expect.stringContaining(`/containers/${id}/restart`),
      expect.stringContaining(`/containers/${id}/restart`),
    ]);
    console.info(`two restarts without effect in ${openMs} ms, then the breaker was open`);
  },
  150_000,
);

/** More than one caller needs, restart and verification included. */
const ONE_CALLER_MS = 15_000;

/** One caller goes on reporting until an attempt of its own fits, all of it in one slot: in the next it would fire again. */
async function whileComplaining(service: string, fits: (attempt: AttemptView) => boolean): Promise<AttemptView> {
  const leftMs = REFIRE_MS - (Date.now() % REFIRE_MS);
  if (leftMs < ONE_CALLER_MS) await pass(leftMs);
  const known = new Set((await stage.attempts()).map(({ id }) => id));
  for (let tries = 0; ; tries += 1) {
    await stage.report(
      Array.from({ length: 3 }, () => ({
        service,
        type: 'TimeoutError',
        message: 'no answer from inventory within 2000 ms',
        attributes: { 'server.address': 'inventory', 'error.type': 'ETIMEDOUT' },
      })),
    );
    try {
      return await stage.attempt((attempt) => !known.has(attempt.id) && fits(attempt), 500);
    } catch (cause) {
      if (tries >= 60) throw cause;
    }
  }
}
