// The boundary of the operations: a Healing that keeps attempts in a real store and carries nothing out.
import { toEvent } from '../../src/healing/attempt-log.ts';
import { randomUUID } from 'node:crypto';
import { Failure } from '../../src/failure.ts';
import type { Attempt } from '../../src/healing/attempt.ts';
import type { FixAnswer, Healing, PauseState } from '../../src/healing/healing.ts';
import type { Rule } from '../../src/healing/rule.ts';
import type { AttemptStore, HealingError } from '../../src/store/attempt-store.ts';

export interface MemoryHealing extends Healing {
  /** What the next call of `fix` answers instead of a new attempt. */
  answerNext(answer: FixAnswer): void;
  /** Writes an attempt as its next event. */
  put(attempt: Attempt): Promise<Attempt>;
}

const nothing = { all: [], any: [], none: [] };

export const rule: Rule = {
  id: 'restart-hung',
  title: 'Restart a service that hangs',
  mode: 'auto',
  priority: 50,
  when: { match: nothing, groupBy: ['service'], count: 3, withinMs: 60_000, distinct: undefined, ratio: undefined },
  target: 'subject',
  diagnose: [],
  plan: [],
  verify: {
    settleMs: 5_000,
    probes: [],
    maxErrors: 0,
    soakMs: 60_000,
    noTraffic: 'inconclusive',
    worseFactor: 3,
    relapseMs: 600_000,
  },
  limits: {
    cooldownMs: 300_000,
    attempts: { max: 3, withinMs: 3_600_000 },
    breaker: { failures: 2, withinMs: 3_600_000, openMs: 7_200_000 },
  },
  escalate: { to: 'morgan', ask: [] },
  tests: [],
  hash: '0123456789abcdef',
  place: 'rules/restart.yaml:1',
};

export function createMemoryHealing(store: AttemptStore, now: () => number): MemoryHealing {
  let pause: PauseState = { paused: false, by: '', atMs: 0 };
  let next: FixAnswer | undefined;

  async function put(attempt: Attempt): Promise<Attempt> {
    await store.appendAttempt(toEvent(attempt));
    return attempt;
  }

  async function getAttempt(companyId: number, id: string): Promise<Attempt | undefined> {
    const text = await store.getAttempt(companyId, id);
    return text === undefined ? undefined : (JSON.parse(text) as Attempt);
  }

  async function decide(companyId: number, id: string, change: Partial<Attempt>): Promise<Attempt | undefined> {
    const attempt = await getAttempt(companyId, id);
    if (attempt === undefined) return undefined;
    if (attempt.state !== 'awaiting_approval') throw new Failure('CONFLICT', 'it does not wait for approval');
    return put({ ...attempt, ...change, seq: attempt.seq + 1, updatedAtMs: now() });
  }

  return {
    answerNext: (answer) => void (next = answer),
    put,
    fix: async (error, { dryRun, by }) => {
      const answer = next;
      next = undefined;
      if (answer !== undefined) return answer;
      if (dryRun) throw new Error('say what it answers');
      return { kind: 'attempt', attempt: await put(attemptOn(error, { requestedBy: by, startedAtMs: now() })) };
    },
    approve: (companyId, id, by) => decide(companyId, id, { state: 'acting', note: `approved by ${by}` }),
    reject: (companyId, id, { by, reason }) =>
      decide(companyId, id, { state: 'ended', outcome: 'rejected', note: `${by}: ${reason}`, endedAtMs: now() }),
    rollback: async (companyId, id, { by, reason, consents }) => {
      const attempt = await getAttempt(companyId, id);
      if (attempt?.steps.length === 0) throw new Failure('CONFLICT', 'it has nothing to undo');
      if (attempt === undefined || attempt.mode === 'auto') return attempt;
      if (!consents) throw new Failure('FORBIDDEN', `the mode is ${attempt.mode}: a person must do it`);
      const note = `undone by ${by}: ${reason ?? ''}`;
      return put({ ...attempt, seq: attempt.seq + 1, updatedAtMs: now(), outcome: 'rolled_back', note });
    },
    setPaused: async (paused, by, reason) => {
      pause = { paused, by, atMs: now(), ...(reason === undefined ? {} : { reason }) };
      return pause;
    },
    pauseState: () => pause,
    ceiling: () => 'approve',
    listRules: async (error) => [
      {
        rule,
        effectiveMode: 'approve',
        unavailable: 'no Docker engine is configured',
        efficacy: {
          attempts: 4,
          succeeded: 3,
          ineffective: 1,
          relapsed: 0,
          medianRecoveryMs: 42_000,
          recoveryWithoutFix: undefined,
        },
        mismatch: error === undefined ? undefined : error.service === 'checkout' ? '' : 'service is not checkout',
      },
    ],
    listAttempts: async (query) => (await store.listAttempts(query)).map((text) => JSON.parse(text) as Attempt),
    getAttempt,
  };
}

export function attemptOn(error: HealingError, change: Partial<Attempt> = {}): Attempt {
  const startedAtMs = change.startedAtMs ?? error.receivedAtMs;
  return {
    id: randomUUID(),
    seq: 1,
    state: 'awaiting_approval',
    ruleId: 'restart-hung',
    ruleHash: '0123456789abcdef',
    mode: 'approve',
    requestedBy: 'rule',
    cause: {
      companyId: error.companyId,
      service: error.service,
      key: error.service,
      errorId: error.id,
      fingerprints: [error.fingerprint],
      count: 3,
      firstErrorAtMs: startedAtMs - 2_000,
      firedAtMs: startedAtMs - 500,
    },
    targetKey: `service/${error.service}`,
    targetName: error.service,
    containerId: '',
    containerStartedAt: '',
    facts: { 'http.status': 503 },
    branch: 'hung',
    finding: 'SERVICE_HANGS',
    steps: [],
    verification: {},
    outcome: undefined,
    suppression: undefined,
    note: error.message,
    escalatedTo: '',
    questions: [],
    startedAtMs,
    actedAtMs: 0,
    updatedAtMs: startedAtMs,
    endedAtMs: undefined,
    dueAtMs: startedAtMs + 3_600_000,
    waits: 0,
    joined: 0,
    ...change,
  };
}
