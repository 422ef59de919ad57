// Fixes that people and agents ask for: rehearsed, carried out once for concurrent calls, approved, rejected, undone.
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { dockerTest, missing } from '../../healing/docker/engine.ts';
import { openStage } from './stage.ts';
import type { AttemptView, Stage } from './stage.ts';

const RAISE = `
apiVersion: errata/v1
rules:
  - id: out-of-patience
    title: A service says that its memory is not enough
    mode: auto
    priority: 90
    when:
      match: { all: [{ field: error_type, eq: out_of_memory }] }
      count: 1000
    target: subject
    diagnose: [{ id: box, probe: container.inspect }]
    plan:
      - branch: small
        if: { all: [{ fact: box.status, eq: running }] }
        finding: LIMIT_TOO_LOW
        steps: [{ id: raise, action: container.memory.raise, with: { factor: 2, cap: 256MiB, host_reserve: 1MiB } }]
        then: verify
    verify: { settle: 100ms, soak: 1s, no_traffic: pass }
    limits: { cooldown: 0ms }
`;

let stage: Stage;
let id: string;

beforeAll(async () => {
  if (missing !== undefined) return;
  stage = await openStage({
    rules: ['unmatched.yaml'],
    ownRules: { 'raise.yaml': RAISE },
    healing: { mode: 'approve' },
  });
  id = await stage.real.runContainer({
    name: 'small',
    labels: { 'errata.autofix': 'true', 'errata.service': 'small' },
    memoryBytes: 64 * 1_048_576,
  });
}, 60_000);
afterAll(async () => stage?.stop(), 60_000);

interface Fix {
  readonly status: string;
  readonly attempt: AttemptView | null;
  readonly plan?: { readonly finding: string; readonly steps: readonly { readonly action: string }[] };
}

async function logError(): Promise<string> {
  const { body } = await stage.post('/api/errors/log', {
    service: 'small',
    severity: 'error',
    error_type: 'out_of_memory',
    message: 'JavaScript heap out of memory',
  });
  return (body as { id: string }).id;
}

const fix = async (errorId: string, body: object = {}) =>
  (await stage.post(`/api/errors/${errorId}/fix`, body)).body as Fix;
const memoryOf = async () => (await stage.real.docker.getContainer(id).inspect()).HostConfig.Memory;
const get = (attemptId: string) => stage.get<AttemptView>(`/api/fixes/${attemptId}`);

function ended(attemptId: string): Promise<AttemptView> {
  return vi.waitFor(
    async () => {
      const attempt = await get(attemptId);
      expect(attempt.state).toBe('ended');
      return attempt;
    },
    { timeout: 20_000, interval: 100 },
  );
}

dockerTest(
  'a rehearsal tells the plan and does nothing',
  async () => {
    const rehearsed = await fix(await logError(), { dry_run: true });
    expect(rehearsed).toMatchObject({ status: 'dry_run' });
    expect(JSON.stringify(rehearsed)).toContain('container.memory.raise');
    expect(stage.proxy.mutations()).toEqual([]);
    expect(await stage.attempts()).toEqual([]);
  },
  20_000,
);

dockerTest(
  'concurrent calls get one attempt, which waits for approval over a restart, acts once, and can be undone',
  async () => {
    const errorId = await logError();
    const answers = await Promise.all([fix(errorId), fix(errorId), fix(errorId)]);
    const attemptId = answers[0]?.attempt?.id ?? '';
    expect(answers.map(({ attempt }) => attempt?.id)).toEqual([attemptId, attemptId, attemptId]);
    expect((await get(attemptId)).state).toBe('awaiting_approval');
    expect(stage.proxy.mutations()).toEqual([]);

    await stage.killAndStart();
    const approvals = await vi.waitFor(
      async () => {
        const both = await Promise.all([
          stage.post(`/api/fixes/${attemptId}/approve`),
          stage.post(`/api/fixes/${attemptId}/approve`),
        ]);
        expect(both.map(({ status }) => status)).toContain(200);
        return both;
      },
      { timeout: 10_000, interval: 200 },
    );
    expect(approvals.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(await ended(attemptId)).toMatchObject({ outcome: 'succeeded', finding: 'LIMIT_TOO_LOW' });
    expect(await memoryOf()).toBe(128 * 1_048_576);
    expect(await stage.get(`/api/errors/${errorId}`)).toMatchObject({ resolved: true, auto_fix_successful: true });

    expect((await stage.post(`/api/fixes/${attemptId}/rollback`)).status).toBe(200);
    expect(await ended(attemptId)).toMatchObject({ outcome: 'rolled_back', steps: [{ state: 'undone' }] });
    expect(await memoryOf()).toBe(64 * 1_048_576);
    expect((await stage.post(`/api/fixes/${attemptId}/rollback`)).status).toBe(409);
  },
  60_000,
);

dockerTest(
  'what is rejected is not done',
  async () => {
    const before = stage.proxy.mutations().length;
    const attemptId = (await fix(await logError())).attempt?.id ?? '';
    expect((await stage.post(`/api/fixes/${attemptId}/reject`, { reason: 'not today' })).status).toBe(200);
    expect(await ended(attemptId)).toMatchObject({ outcome: 'rejected' });
    expect((await stage.post(`/api/fixes/${attemptId}/approve`)).status).toBe(409);
    expect(stage.proxy.mutations()).toHaveLength(before);
  },
  30_000,
);

dockerTest(
  'a critical error of another kind is handed over although its service waits for an approval',
  async () => {
    const waiting = (await fix(await logError())).attempt?.id ?? '';
    const critical = {
      service: 'small',
      severity: 'critical',
      error_type: 'tls_failed',
      message: 'certificate expired',
    };
    await stage.post('/api/errors/log', critical);
    const told = await stage.attempt(({ rule_id: rule }) => rule === 'unmatched-critical');
    expect(await ended(told.id)).toMatchObject({ outcome: 'escalated', escalated_to: 'ada', steps: [] });
    expect((await get(waiting)).state).toBe('awaiting_approval');
    expect(await get(waiting)).toMatchObject({ joined: 0 });
    await stage.post(`/api/fixes/${waiting}/reject`, { reason: 'enough' });
  },
  30_000,
);

dockerTest(
  'a single critical error is handed over although the process was killed before it was decided',
  async () => {
    const critical = { service: 'till', severity: 'critical', error_type: 'dns_failed', message: 'no such host' };
    await stage.post('/api/errors/log', critical);
    await stage.killAndStart();
    const told = await stage.attempt(({ target }) => target === 'till');
    expect(await ended(told.id)).toMatchObject({ rule_id: 'unmatched-critical', outcome: 'escalated' });
  },
  30_000,
);
