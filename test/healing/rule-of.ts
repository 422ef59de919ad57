// Rules and errors for tests of healing's pure parts: what a test does not say is harmless.
import type { HealingError } from '../../src/store/attempt-store.ts';
import type { Attempt, Cause } from '../../src/healing/attempt.ts';
import type { Branch, Condition, Rule, When } from '../../src/healing/rule.ts';

export function ruleOf(change: Partial<Rule> = {}): Rule {
  const nothing = { all: [], any: [], none: [] };
  return {
    id: 'restart',
    title: 'Restart what hangs',
    mode: 'auto',
    priority: 0,
    when: whenOf(),
    target: 'subject',
    diagnose: [],
    // oxlint-disable-next-line unicorn/no-thenable -- a rule's own word, never awaited
    plan: [{ name: 'always', if: nothing, finding: 'HANGS', steps: [], then: 'verify' }],
    verify: {
      settleMs: 10_000,
      probes: [],
      maxErrors: 0,
      soakMs: 60_000,
      noTraffic: 'pass',
      worseFactor: 2,
      relapseMs: 1_800_000,
    },
    limits: {
      cooldownMs: 300_000,
      attempts: { max: 3, withinMs: 3_600_000 },
      breaker: { failures: 3, withinMs: 3_600_000, openMs: 1_800_000 },
    },
    escalate: { to: 'morgan', ask: [] },
    tests: [],
    hash: '0123456789abcdef',
    place: 'rules/test.yaml:1',
    ...change,
  };
}

/** A plan with a step, so that it acts. */
export const restartPlan: readonly Branch[] = [
  {
    name: 'restart',
    if: { all: [], any: [], none: [] },
    finding: 'HANGS',
    steps: [
      { id: 'restart', action: 'container.restart', with: {}, timeoutMs: 30_000, retries: 0, onFail: 'escalate' },
    ],
    // oxlint-disable-next-line unicorn/no-thenable -- a rule's own word, never awaited
    then: 'verify',
  },
];

/** As rules/unmatched.yaml. */
export const unmatched = ruleOf({
  id: 'unmatched-critical',
  when: whenOf({
    match: all({ name: 'severity', op: 'eq', value: 'critical' }),
    groupBy: ['service', 'error_type'],
    count: 1,
    withinMs: 300_000,
  }),
  plan: [
    {
      name: 'unknown',
      if: { all: [], any: [], none: [] },
      finding: 'UNMATCHED_CRITICAL',
      steps: [],
      // oxlint-disable-next-line unicorn/no-thenable -- a rule's own word, never awaited
      then: 'escalate',
    },
  ],
  limits: { ...ruleOf().limits, cooldownMs: 900_000 },
  escalate: { to: 'ada', ask: ['What is it, and who can see to it?'] },
});

export function whenOf(change: Partial<When> = {}): When {
  return {
    match: { all: [], any: [], none: [] },
    groupBy: ['service'],
    count: 3,
    withinMs: 60_000,
    distinct: undefined,
    ratio: undefined,
    ...change,
  };
}

export function all(...conditions: readonly Condition[]): When['match'] {
  return { all: conditions, any: [], none: [] };
}

/** Received `atMs` after the epoch of tests, which begins a slot of 30 s. */
export const EPOCH_MS = Date.UTC(2026, 10, 24, 12, 0, 0);

export function errorOf(atMs: number, change: Partial<HealingError> = {}): HealingError {
  const receivedAtMs = EPOCH_MS + atMs;
  return {
    id: `00000000-0000-8000-8000-${String(atMs).padStart(12, '0')}`,
    companyId: 1,
    timestampMs: receivedAtMs,
    receivedAtMs,
    service: 'checkout',
    severity: 'error',
    errorType: 'service_not_responding',
    exceptionType: 'Error',
    message: 'no answer',
    details: {},
    handled: false,
    environment: 'production',
    release: '1.0.0',
    host: 'web-1',
    containerId: '',
    traceId: '',
    source: 'log',
    fingerprint: 'a'.repeat(32),
    ...change,
  };
}

/** Of rule `restart`, fired 1 s after the epoch, acted at 5 s, verified at 70 s. */
export function attemptOf(
  id: string,
  { cause, ...change }: Partial<Omit<Attempt, 'cause'>> & { readonly cause?: Partial<Cause> } = {},
): Attempt {
  return {
    id,
    seq: 9,
    state: 'ended',
    ruleId: 'restart',
    ruleHash: '0123456789abcdef',
    mode: 'auto',
    requestedBy: 'rule',
    cause: {
      companyId: 1,
      service: 'checkout',
      key: 'checkout',
      errorId: '',
      fingerprints: [],
      count: 3,
      firstErrorAtMs: EPOCH_MS,
      firedAtMs: EPOCH_MS + 1_000,
      ...cause,
    },
    targetKey: 'service/checkout',
    targetName: 'checkout',
    containerId: '',
    containerStartedAt: '',
    facts: {},
    branch: '',
    finding: '',
    steps: [],
    verification: {},
    outcome: 'succeeded',
    suppression: undefined,
    note: '',
    escalatedTo: '',
    questions: [],
    startedAtMs: EPOCH_MS + 1_000,
    actedAtMs: EPOCH_MS + 5_000,
    updatedAtMs: EPOCH_MS + 70_000,
    endedAtMs: EPOCH_MS + 70_000,
    dueAtMs: undefined,
    waits: 0,
    joined: 0,
    ...change,
  };
}
