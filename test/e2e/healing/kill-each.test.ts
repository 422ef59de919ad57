// Must show 3, each arrow by itself: the processor is killed when an event of an attempt is durable and it was not told so
// yet, and when it has done what follows from that and could not record it. Then it starts, and the attempt comes to its end.
import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { Attempt, AttemptState, StepState } from '../../../src/healing/attempt.ts';
import { dockerTest, missing } from '../../healing/docker/engine.ts';
import { startHeldStore } from './held-store.ts';
import type { HeldStore } from './held-store.ts';
import { openStage } from './stage.ts';
import type { AttemptView, Stage } from './stage.ts';

/** Each knows a kind of error that no other one does. */
const RULES = `
apiVersion: errata/v1
rules:
  - id: hung
    title: It does not answer
    mode: auto
    when: { match: { all: [{ field: error_type, eq: api_error }] }, count: 1 }
    target: subject
    diagnose: &look [{ id: box, probe: container.inspect }, { id: tcp, probe: tcp.connect }]
    plan: &restart
      - branch: hung
        if: { all: [{ fact: box.status, eq: running }, { fact: tcp.ok, eq: false }] }
        finding: HUNG
        steps: [{ id: restart, action: container.restart, with: { stop_timeout: 1s } }]
        then: verify
    verify: &verify { settle: 100ms, soak: 1s, no_traffic: pass }
    limits: &limits { cooldown: 0ms }
  - id: hung-with-consent
    title: It does not answer, and a person decides
    mode: approve
    when: { match: { all: [{ field: error_type, eq: timeout }] }, count: 1 }
    target: subject
    diagnose: *look
    plan: *restart
    verify: *verify
    limits: *limits
  - id: hung-when-old
    title: It does not answer, and is older than twelve seconds
    mode: auto
    when: { match: { all: [{ field: error_type, eq: connection_failed }] }, count: 1 }
    target: subject
    diagnose: *look
    plan:
      - branch: starting
        if: { all: [{ fact: box.age_s, lt: 12 }] }
        finding: STILL_STARTING
        then: wait
      - branch: hung
        if: { all: [{ fact: box.status, eq: running }, { fact: tcp.ok, eq: false }] }
        finding: HUNG
        steps: [{ id: restart, action: container.restart, with: { stop_timeout: 1s } }]
        then: verify
    verify: *verify
    limits: *limits
  - id: more-memory
    title: More memory, which does not help
    mode: auto
    when: { match: { all: [{ field: error_type, eq: out_of_memory }] }, count: 1 }
    target: subject
    diagnose: [{ id: box, probe: container.inspect }]
    plan:
      - branch: small
        if: { all: [{ fact: box.status, eq: running }] }
        finding: LIMIT_TOO_LOW
        steps:
          - id: raise
            action: container.memory.raise
            with: { factor: 2, cap: 256MiB, host_reserve: 1MiB }
            on_fail: rollback
        then: verify
    verify:
      settle: 100ms
      probes: [{ id: tcp, probe: tcp.connect, expect: { all: [{ fact: ok, eq: true }] }, every: 500ms, within: 1s }]
      soak: 1s
    limits: *limits
`;

const MIB = 1_048_576;

let stage: Stage;
let store: HeldStore;

beforeAll(async () => {
  if (missing !== undefined) return;
  store = await startHeldStore();
  stage = await openStage({
    rules: [],
    ownRules: { 'each.yaml': RULES },
    env: store.env,
    healing: { enabled: true, concurrent: 20, common_cause_targets: 100, actions_per_hour: 100 },
  });
}, 60_000);
afterAll(async () => {
  await stage?.stop();
  await store?.stop();
}, 120_000);

/** Listens to nobody after its first start, and serves after the next. */
async function hang(name: string): Promise<string> {
  return stage.real.runContainer({
    name,
    cmd: ['sh', '-c', 'test -f /tmp/again && exec httpd -f -p 8080; touch /tmp/again; exec sleep 86400'],
    labels: { 'errata.autofix': 'true', 'errata.service': name, 'errata.port': '8080' },
    restartPolicy: 'unless-stopped',
    memoryBytes: 64 * MIB,
  });
}

async function report(name: string, errorType: string): Promise<void> {
  const error = { service: name, severity: 'error', error_type: errorType, message: `${name} does not answer` };
  expect((await stage.post('/api/errors/log', error)).status).toBe(201);
}

const stateOf = (attemptId: string) => store.durable(attemptId).at(-1)?.state;

async function ended(attemptId: string): Promise<AttemptView> {
  return vi.waitFor(
    async () => {
      const attempt = await stage.get<AttemptView>(`/api/fixes/${attemptId}`);
      expect(attempt.state).toBe('ended');
      return attempt;
    },
    { timeout: 75_000, interval: 200 },
  );
}

const states = (attemptId: string) =>
  store
    .durable(attemptId)
    .map(({ state }) => state)
    .join(' ');

const callsOn = (id: string, call: string) => stage.proxy.mutations().filter((one) => one.includes(`${id}/${call}`));
const inspect = async (id: string) => stage.real.docker.getContainer(id).inspect();

interface Moment {
  readonly name: string;
  readonly hold: 'answer' | 'event';
  readonly at: (event: Attempt) => boolean;
  /** The newest state that is durable. */
  readonly left: AttemptState;
}

const stateIs = (wanted: AttemptState) => (event: Attempt) => event.state === wanted;
const stepIs = (state: AttemptState, step: StepState) => (event: Attempt) =>
  event.state === state && event.steps.at(-1)?.state === step;
const acting = (step: StepState) => stepIs('acting', step);

/** `not told`: it is durable, and the processor does not know. `told`: it knows, and what it writes next is lost. */
const moments: readonly Moment[] = [
  { name: 'matched, not told', hold: 'answer', at: stateIs('matched'), left: 'matched' },
  { name: 'matched, told', hold: 'event', at: stateIs('diagnosing'), left: 'matched' },
  { name: 'diagnosing, not told', hold: 'answer', at: stateIs('diagnosing'), left: 'diagnosing' },
  { name: 'diagnosing, told', hold: 'event', at: stateIs('diagnosed'), left: 'diagnosing' },
  { name: 'diagnosed, not told', hold: 'answer', at: stateIs('diagnosed'), left: 'diagnosed' },
  { name: 'diagnosed, told', hold: 'event', at: acting('intent'), left: 'diagnosed' },
  { name: 'acting, before the call', hold: 'answer', at: acting('intent'), left: 'acting' },
  { name: 'acting, after the call', hold: 'event', at: acting('done'), left: 'acting' },
  { name: 'acted, not told', hold: 'answer', at: acting('done'), left: 'acting' },
  { name: 'acted, told', hold: 'event', at: stateIs('verifying'), left: 'acting' },
  { name: 'verifying, not told', hold: 'answer', at: stateIs('verifying'), left: 'verifying' },
  { name: 'verifying, told', hold: 'event', at: stateIs('ended'), left: 'verifying' },
  { name: 'ended, not told', hold: 'answer', at: stateIs('ended'), left: 'ended' },
];

for (const { name, hold, at, left } of moments) {
  dockerTest(
    `killed at ${name}: restarted once, and the attempt succeeds`,
    async () => {
      const target = name.replaceAll(/\W+/g, '-');
      const id = await hang(target);
      const held = store.hold(hold, at);
      await report(target, 'api_error');
      const event = await held;
      await stage.kill();
      expect(stateOf(event.id)).toBe(left);
      await stage.start();
      const attempt = await ended(event.id);
      console.info(`${name}: left ${left}; ${states(event.id)}; restarts ${callsOn(id, 'restart').length}`);
      expect(attempt).toMatchObject({ outcome: 'succeeded', finding: 'HUNG', target, steps: [{ state: 'done' }] });
      expect(callsOn(id, 'restart')).toHaveLength(1);
      expect((await inspect(id)).State.Running).toBe(true);
      expect((await stage.attempts()).filter((one) => one.target === target)).toHaveLength(1);
    },
    120_000,
  );
}

for (const what of ['answer', 'event'] as const) {
  dockerTest(
    `killed while waiting for one that still starts (${what} held): restarted once, and the attempt succeeds`,
    async () => {
      const target = `waiting-${what}`;
      const id = await hang(target);
      // The event after the wait is the next look.
      const at = store.hold(what, ({ state, waits }) =>
        what === 'answer' ? state === 'waiting' : waits === 1 && state !== 'waiting',
      );
      await report(target, 'connection_failed');
      const event = await at;
      await stage.kill();
      expect(stateOf(event.id)).toBe('waiting');
      await stage.start();
      const attempt = await ended(event.id);
      console.info(`waiting, ${what} held: ${states(event.id)}; restarts ${callsOn(id, 'restart').length}`);
      expect(attempt).toMatchObject({ outcome: 'succeeded', finding: 'HUNG', target });
      expect(callsOn(id, 'restart')).toHaveLength(1);
    },
    120_000,
  );

  dockerTest(
    `killed at the consent (${what} held): restarted once, and only with consent`,
    async () => {
      const target = `consent-${what}`;
      const id = await hang(target);
      await report(target, 'timeout');
      const { id: attemptId } = await stage.attempt(
        (one) => one.target === target && one.state === 'awaiting_approval',
      );
      const at = store.hold(what, ({ state }) => state === 'acting');
      void stage.post(`/api/fixes/${attemptId}/approve`).catch(() => undefined);
      await at;
      await stage.kill();
      const left = stateOf(attemptId);
      expect(left).toBe(what === 'answer' ? 'acting' : 'awaiting_approval');
      expect(callsOn(id, 'restart')).toEqual([]);
      await stage.start();
      if (left === 'awaiting_approval') {
        await vi.waitFor(async () => expect((await stage.post(`/api/fixes/${attemptId}/approve`)).status).toBe(200), {
          timeout: 20_000,
          interval: 200,
        });
      }
      const attempt = await ended(attemptId);
      console.info(
        `consent, ${what} held: left ${left}; ${states(attemptId)}; restarts ${callsOn(id, 'restart').length}`,
      );
      expect(attempt).toMatchObject({ outcome: 'succeeded', finding: 'HUNG', target });
      expect(callsOn(id, 'restart')).toHaveLength(1);
    },
    120_000,
  );
}

/** What did not help is undone by itself. */
const undoing: readonly (Moment & { readonly mib: number })[] = [
  { name: 'before the call', hold: 'answer', at: stateIs('rolling_back'), left: 'rolling_back', mib: 128 },
  { name: 'after the call', hold: 'event', at: stepIs('rolling_back', 'undone'), left: 'rolling_back', mib: 64 },
  { name: 'undone, not told', hold: 'answer', at: stepIs('rolling_back', 'undone'), left: 'rolling_back', mib: 64 },
  { name: 'undone, told', hold: 'event', at: stateIs('ended'), left: 'rolling_back', mib: 64 },
];

for (const { name, hold, at, left, mib } of undoing) {
  dockerTest(
    `killed while rolling back, ${name}: the old limit is in force, and the attempt ends as ineffective`,
    async () => {
      const target = `undo-${name.replaceAll(/\W+/g, '-')}`;
      const id = await hang(target);
      const held = store.hold(hold, at);
      await report(target, 'out_of_memory');
      const event = await held;
      await stage.kill();
      expect(stateOf(event.id)).toBe(left);
      expect((await inspect(id)).HostConfig.Memory).toBe(mib * MIB);
      await stage.start();
      const attempt = await ended(event.id);
      const calls = callsOn(id, 'update').length;
      console.info(`rolling back, ${name}: left ${left} at ${mib} MiB; ${states(event.id)}; updates ${calls}`);
      expect(attempt).toMatchObject({ outcome: 'ineffective', target, steps: [{ state: 'undone' }] });
      const { State, HostConfig } = await inspect(id);
      expect([State.Running, HostConfig.Memory]).toEqual([true, 64 * MIB]);
      // The raise and its undoing, each once.
      expect(calls).toBe(2);
      expect(callsOn(id, 'restart')).toEqual([]);
    },
    120_000,
  );
}

for (const what of ['answer', 'event'] as const) {
  dockerTest(
    `killed while a person's rollback runs (${what} held): it is undone, and ends as rolled back`,
    async () => {
      const target = `by-hand-${what}`;
      const id = await stage.real.runContainer({
        name: target,
        cmd: ['httpd', '-f', '-p', '8080'],
        labels: { 'errata.autofix': 'true', 'errata.service': target, 'errata.port': '8080' },
        memoryBytes: 64 * MIB,
      });
      await report(target, 'out_of_memory');
      const { id: attemptId } = await stage.attempt((one) => one.target === target && one.outcome === 'succeeded');
      const at = store.hold(
        what,
        ({ state, steps }) => state === 'rolling_back' && (what === 'answer' || steps[0]?.state === 'undone'),
      );
      void stage.post(`/api/fixes/${attemptId}/rollback`).catch(() => undefined);
      await at;
      await stage.kill();
      const left = stateOf(attemptId);
      await stage.start();
      const attempt = await ended(attemptId);
      console.info(
        `by hand, ${what} held: left ${left}; ${states(attemptId)}; updates ${callsOn(id, 'update').length}`,
      );
      expect(left).toBe('rolling_back');
      expect(attempt).toMatchObject({ outcome: 'rolled_back', steps: [{ state: 'undone' }] });
      expect((await inspect(id)).HostConfig.Memory).toBe(64 * MIB);
    },
    120_000,
  );
}
