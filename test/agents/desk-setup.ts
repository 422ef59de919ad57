// A desk over a real store, with a clock that tests move and the notices that it gave.
import { toEvent } from '../../src/healing/attempt-log.ts';
import { randomUUID } from 'node:crypto';
import { vi } from 'vitest';
import type { DeskDeps, Desk } from '../../src/agents/desk.ts';
import { createDesk } from '../../src/agents/desk.ts';
import type { Delegation } from '../../src/agents/case.ts';
import type { DelegationRequest } from '../../src/agents/agents.ts';
import type { Notice } from '../../src/agents/notice.ts';
import type { AgentsSettings } from '../../src/agents/roster.ts';
import type { ErrorEvent } from '../../src/errors/error-event.ts';
import type { Attempt } from '../../src/healing/attempt.ts';
import type { Clock } from '../../src/healing/clock.ts';
import type { Store } from '../../src/store/clickhouse-store.ts';
import { eventOf, fingerprintOf, idOf } from '../store/open-store.ts';

export const START_MS = Date.UTC(2026, 10, 24, 12, 0, 0);
const MINUTE_MS = 60_000;

export const settings: AgentsSettings = {
  roster: ['morgan', 'alex', 'devon', 'ada', 'claude'].map((name) => ({ name, role: name, webhook: undefined })),
  routes: [
    {
      errorTypes: [],
      services: [],
      findings: ['PAYMENTS_FAILING'],
      to: ['morgan', 'alex', 'devon'],
      ask: ['Since when?'],
      join: 'all',
    },
    { errorTypes: ['auth_failed'], services: ['billing'], findings: [], to: ['alex', 'devon'], ask: [], join: 'any' },
  ],
  fallback: 'morgan',
  acknowledgeWithinMs: 10 * MINUTE_MS,
  leaseMs: 15 * MINUTE_MS,
  reportWithinMs: 120 * MINUTE_MS,
  maxOffers: 3,
};

export interface MovedClock extends Clock {
  /** Whoever sleeps until then wakes. */
  advance(ms: number): void;
}

function createMovedClock(startMs = START_MS): MovedClock {
  let nowMs = startMs;
  const sleepers = new Map<() => void, number>();
  return {
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          sleepers.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        if (signal.aborted) return resolve();
        // Who falls asleep just after the clock was moved wakes all the same.
        const timer = setTimeout(wake, ms);
        sleepers.set(wake, nowMs + ms);
        signal.addEventListener('abort', wake);
      }),
    advance: (ms) => {
      nowMs += ms;
      for (const [wake, atMs] of sleepers) if (atMs <= nowMs) wake();
    },
  };
}

export interface OpenDesk {
  readonly desk: Desk;
  readonly clock: MovedClock;
  /** In the order in which they were given. */
  readonly notices: readonly Notice[];
  /** `kind agent` of the notices about these. */
  told(kind?: Notice['kind']): readonly string[];
  /** As a crash: nothing of it is left but what is stored. */
  restart(changes?: Partial<DeskDeps>): Promise<Desk>;
  stop(): Promise<void>;
}

export async function openDesk(
  store: DeskDeps['store'],
  changes: Partial<DeskDeps> & { readonly clock?: MovedClock; readonly settings?: AgentsSettings } = {},
): Promise<OpenDesk> {
  const { settings: given = settings, clock = createMovedClock(), ...rest } = changes;
  const notices: Notice[] = [];
  const deps: DeskDeps = {
    store,
    notify: async (notice) => void notices.push(notice),
    enabled: true,
    adminPath: ({ errorId }) => `/admin/errors/${errorId}`,
    clock,
    newId: randomUUID,
    logger: { info: () => undefined, warn: () => undefined },
    ...rest,
  };
  let desk = createDesk(given, deps);
  await desk.start();
  return {
    get desk() {
      return desk;
    },
    clock,
    notices,
    told: (kind) =>
      notices
        .filter((notice) => kind === undefined || notice.kind === kind)
        .map((one) => `${one.kind} ${one.agent}`.trim()),
    restart: async (next = {}) => {
      await desk.stop(1_000);
      desk = createDesk(given, { ...deps, ...next });
      await desk.start();
      return desk;
    },
    stop: () => desk.stop(1_000),
  };
}

/** Each test has groups of its own, so that one store serves them all. */
export async function storeError(store: Store, n: number, change: Partial<ErrorEvent> = {}): Promise<ErrorEvent> {
  const event = eventOf(n, { timestampMs: START_MS - 1_000 + n, fingerprint: fingerprintOf(n), ...change });
  await store.insert([event]);
  return event;
}

/** That was handed over to morgan and changed nothing. */
export function attemptOf(n: number, change: Partial<Attempt> = {}): Attempt {
  return {
    id: idOf(100_000 + n),
    seq: 4,
    state: 'ended',
    ruleId: 'service-down',
    ruleHash: '0123456789abcdef',
    mode: 'auto',
    requestedBy: 'rule',
    cause: {
      companyId: 1,
      service: 'checkout',
      key: 'checkout',
      errorId: idOf(n),
      fingerprints: [fingerprintOf(n)],
      count: 3,
      firstErrorAtMs: START_MS - 2_000,
      firedAtMs: START_MS - 1_000,
    },
    targetKey: 'service/1/checkout',
    targetName: 'checkout',
    containerId: '',
    containerStartedAt: '',
    facts: {},
    branch: 'down',
    finding: 'SERVICE_DOWN',
    steps: [],
    verification: {},
    outcome: 'escalated',
    suppression: undefined,
    note: 'SERVICE_DOWN: nothing to fix automatically',
    escalatedTo: 'morgan',
    questions: ['Is it up?'],
    startedAtMs: START_MS - 1_000,
    actedAtMs: 0,
    updatedAtMs: START_MS,
    endedAtMs: START_MS,
    dueAtMs: undefined,
    waits: 0,
    joined: 0,
    ...change,
  };
}

export async function storeAttempt(store: Store, attempt: Attempt): Promise<void> {
  await store.appendAttempt(toEvent(attempt));
}

/** Of the case about the error with this number, in its order. */
export async function delegationsAbout(desk: Desk, n: number, companyId = 1): Promise<readonly Delegation[]> {
  const [first] = (await desk.list({ companyId, errorId: idOf(n), limit: 10 })).delegations;
  return first?.case.delegations ?? [];
}

export async function caseAbout(desk: Desk, n: number, companyId = 1) {
  const [first] = (await desk.list({ companyId, errorId: idOf(n), limit: 1 })).delegations;
  if (first === undefined) throw new Error(`there is no case about error ${n}`);
  return first.case;
}

/** Waits for a condition; generously, because other test files run beside it. */
export function until<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 15_000, interval: 20 });
}

/** The one of this agent about the error with this number, once it is there. */
export function delegationTo(desk: Desk, agent: string, n: number, companyId = 1): Promise<Delegation> {
  return until(async () => {
    const found = (await delegationsAbout(desk, n, companyId)).find((one) => one.agent === agent);
    if (found === undefined) throw new Error(`nothing was asked of ${agent}`);
    return found;
  });
}

export async function requestOf(
  store: Store,
  n: number,
  change: Partial<DelegationRequest> = {},
): Promise<DelegationRequest> {
  const companyId = change.companyId ?? 1;
  const error = await store.getError(companyId, idOf(n));
  if (error === undefined) throw new Error(`error ${n} was not stored`);
  return {
    companyId,
    error,
    to: [],
    questions: [],
    reason: 'please look',
    priority: 'normal',
    join: 'all',
    by: 'claude',
    ...change,
  };
}

export const morgan = { name: 'morgan', isOperator: false };
export const alex = { name: 'alex', isOperator: false };
export const devon = { name: 'devon', isOperator: false };
export const operator = { name: 'olga', isOperator: true };
