// ADA's desk. Healing tells of attempts; those that people or agents must see to become cases (work-cases.ts), which are
// followed until they close. What ended while the process was down is found again at a start.
import { Failure } from '../failure.ts';
import type { Attempt } from '../healing/attempt.ts';
import { toAttempt } from '../healing/attempt-log.ts';
import type { Clock } from '../healing/clock.ts';
import type { AgentStore } from '../store/agent-store.ts';
import type { AttemptStore } from '../store/attempt-store.ts';
import type { ErrorStore } from '../store/error-store.ts';
import { statusOf } from './agent-status.ts';
import type { Agents, Delegated, DelegationQuery } from './agents.ts';
import { toCase, toRecord } from './case-log.ts';
import { approvalNotice, breakerNotice } from './case-notices.ts';
import type { AdminPath } from './case-notices.ts';
import { needsCase, opensBreaker } from './hear-attempt.ts';
import { createHearing } from './hear-in-turn.ts';
import { acknowledge, release, report } from './move-delegation.ts';
import type { Notice } from './notice.ts';
import type { AgentsSettings } from './roster.ts';
import { routeOf } from './routing.ts';
import { createCaseWork } from './work-cases.ts';

export interface DeskDeps {
  readonly store: AgentStore &
    Pick<AttemptStore, 'listAttempts'> &
    Pick<ErrorStore, 'getError' | 'listErrors' | 'resolve'>;
  /** Durable when it resolves. Told again with an equal key when that is not sure. */
  readonly notify: (notice: Notice) => Promise<void>;
  /** false: another processor on the same store works the desk; this one reads. */
  readonly enabled: boolean;
  readonly adminPath: AdminPath;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly logger: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
}

export interface Desk extends Agents {
  /** Loads, and begins to follow. Retries while the store is away. */
  start(): Promise<void>;
  /** What is under way is finished; the rest is continued by the next start. */
  stop(deadlineMs: number): Promise<void>;
  /** An attempt ended, was suppressed, or began to wait for approval. Never throws. */
  onAttempt(attempt: Attempt): void;
}

/** Leases and deadlines are minutes. */
const FOLLOW_EVERY_MS = 1_000;
const RETRY_MS = 5_000;

const DAY_MS = 86_400_000;

/** Attempts that ended within it, and were not heard, are heard at a start. */
const CATCH_UP_MS = DAY_MS;
const MAX_CATCH_UP = 10_000;

const STATUS_MS = 30 * DAY_MS;
const MAX_STATUS_CASES = 10_000;

export function createDesk(settings: AgentsSettings, deps: DeskDeps): Desk {
  const { store, clock, logger, adminPath } = deps;
  const stopping = new AbortController();
  const work = createCaseWork(settings, { ...deps, now: clock.now });
  const hearing = createHearing({ hear, stopping: stopping.signal, clock, logger });
  let following: Promise<void> | undefined;

  function requireEnabled(): void {
    if (!deps.enabled) throw new Failure('CONFLICT', 'delegations are worked by another processor (healing.enabled)');
  }

  function onAttempt(attempt: Attempt): void {
    const isNews = attempt.state === 'awaiting_approval' || needsCase(attempt) !== 'never';
    if (deps.enabled && isNews) hearing.add(attempt);
  }

  async function hear(attempt: Attempt): Promise<void> {
    const error = await store.getError(attempt.cause.companyId, attempt.cause.errorId);
    const told = { nowMs: clock.now(), adminPath };
    if (attempt.state === 'awaiting_approval') return deps.notify(approvalNotice(attempt, error, told));
    if (opensBreaker(attempt)) await deps.notify(breakerNotice(attempt, error, told));
    if (needsCase(attempt) === 'always' || error?.severity === 'critical') await work.hear(attempt, error);
  }

  async function run(): Promise<void> {
    await catchUp();
    while (!stopping.signal.aborted) {
      const failed = await work.follow();
      await clock.sleep(failed > 0 ? RETRY_MS : FOLLOW_EVERY_MS, stopping.signal);
    }
  }

  async function catchUp(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const sinceMs = clock.now() - CATCH_UP_MS;
        const known = await work.load(sinceMs - settings.reportWithinMs);
        const ended = { state: ['ended', 'suppressed'], sinceMs, limit: MAX_CATCH_UP };
        const attempts = (await store.listAttempts(ended)).map(toAttempt).filter(({ id }) => !known.has(id));
        for (const attempt of notHeard(attempts).toReversed()) onAttempt(attempt);
        return;
      } catch (cause) {
        logger.warn({ err: cause }, "the agents' desk waits for the store");
        await clock.sleep(RETRY_MS, stopping.signal);
      }
    }
  }

  async function list(query: DelegationQuery) {
    const found = await store.listDelegations({ ...query, limit: query.limit + 1 });
    const delegations = found.slice(0, query.limit).flatMap(({ delegationId, case: text }) => {
      return toDelegated(text, delegationId) ?? [];
    });
    const last = found.length > query.limit ? delegations.at(-1) : undefined;
    const next = last === undefined ? undefined : { openedAtMs: last.case.openedAtMs, id: last.delegation.id };
    return { delegations, next };
  }

  return {
    start: async () => {
      if (deps.enabled) following ??= run();
    },
    stop: async (deadlineMs) => {
      stopping.abort();
      // A timer that is left would keep the process up to the deadline.
      const idle = new AbortController();
      await Promise.race([
        Promise.all([hearing.idle(), following, work.idle()]).finally(() => idle.abort()),
        clock.sleep(deadlineMs, idle.signal),
      ]);
    },
    onAttempt,
    delegate: async (request) => {
      requireEnabled();
      return work.delegate(request);
    },
    acknowledge: async (companyId, id, caller) => {
      requireEnabled();
      return work.change(companyId, id, (delegation, moment) => acknowledge(delegation, caller, moment));
    },
    report: async (companyId, id, { caller, ...given }) => {
      requireEnabled();
      return work.change(companyId, id, (delegation, { nowMs }) =>
        report(delegation, caller, { ...given, atMs: nowMs }),
      );
    },
    release: async (companyId, id, given) => {
      requireEnabled();
      return work.change(companyId, id, (delegation, moment) => release(delegation, given, moment));
    },
    list,
    get: async (companyId, id) => {
      const text = await store.getCaseOf(companyId, id);
      return text === undefined ? undefined : toDelegated(text, id);
    },
    roster: () => settings.roster,
    routeOf: (escalatedTo, trouble) => routeOf(escalatedTo, trouble, settings),
    listStatus: async (companyId) => {
      const sinceMs = clock.now() - STATUS_MS;
      const [texts, seen] = await Promise.all([
        store.listCases({ companyId, openedSinceMs: sinceMs, limit: MAX_STATUS_CASES }),
        store.lastCalls(companyId, sinceMs),
      ]);
      const cases = texts.map((text) => toCase(toRecord(text)));
      return settings.roster.map((agent) => statusOf(agent, cases, seen.get(agent.name)));
    },
  };
}

/** Newest first. Of those that only a critical error makes a case, the newest of each group is enough to look at. */
function notHeard(attempts: readonly Attempt[]): readonly Attempt[] {
  const groups = new Set<string>();
  return attempts.filter((attempt) => {
    if (needsCase(attempt) !== 'if_critical') return true;
    const group = `${attempt.cause.companyId}/${attempt.cause.fingerprints.join()}`;
    const isFirst = !groups.has(group);
    groups.add(group);
    return isFirst;
  });
}

function toDelegated(text: string, delegationId: string): Delegated | undefined {
  const record = toRecord(text);
  const delegation = record.delegations.find(({ id }) => id === delegationId);
  return delegation === undefined ? undefined : { delegation, case: toCase(record) };
}
