// Opens cases, changes them one change at a time, and follows what is due. One open case for each company and group.
import { Failure } from '../failure.ts';
import type { Attempt } from '../healing/attempt.ts';
import type { AgentStore } from '../store/agent-store.ts';
import type { StoredError } from '../store/error-store.ts';
import type { Delegated, DelegationRequest } from './agents.ts';
import { createCaseLog, isOwing, toCase } from './case-log.ts';
import type { CaseRecord } from './case-log.ts';
import { fullNotice, openingNotice } from './case-notices.ts';
import type { Delegation } from './case.ts';
import { followDeadlines } from './follow-deadlines.ts';
import { kindOf, needsCase, reasonOf } from './hear-attempt.ts';
import { joinReports } from './join-reports.ts';
import type { Moment } from './move-delegation.ts';
import { askMore, askToo, higher, openByHand, openForAttempt, routeRequest } from './open-case.ts';
import type { AgentsSettings } from './roster.ts';
import { priorityOf } from './routing.ts';
import { createSettler } from './settle-case.ts';
import type { SettleDeps } from './settle-case.ts';
import { createTurns } from './turns.ts';

export interface WorkDeps extends Omit<SettleDeps, 'log' | 'store'> {
  readonly store: SettleDeps['store'] & AgentStore;
  readonly newId: () => string;
}

export interface CaseWork {
  /** Reads what is to be followed. Answers the ids of all attempts that belong to a case opened since then. */
  load(sinceMs: number): Promise<ReadonlySet<string>>;
  /** Opens a case, or adds to the open one; the same attempt again changes nothing. */
  hear(attempt: Attempt, error: StoredError | undefined): Promise<void>;
  delegate(
    request: DelegationRequest,
  ): Promise<{ readonly delegations: readonly Delegated[]; readonly created: boolean }>;
  /** `move` answers the same object when nothing is to be written, and may throw. */
  change(companyId: number, delegationId: string, move: Move): Promise<Delegated | undefined>;
  /** Looks at everything once. Answers how many cases could not be brought on. */
  follow(): Promise<number>;
  idle(): Promise<void>;
}

type Move = (delegation: Delegation, moment: Moment) => Delegation;

/** Kept in a case, so that the same attempt joins it once; older ones are known by when they ended. */
const MAX_JOINED_BY = 200;

/** People were told; about what still goes on and is not acted on, agents are not asked again so soon. */
const QUIET_AFTER_ESCALATION_MS = 3_600_000;

/** That nothing new is handed to agents is said again while it is so. */
const FULL_AGAIN_MS = 3_600_000;

export function createCaseWork(settings: AgentsSettings, deps: WorkDeps): CaseWork {
  const { store, now, newId, adminPath, logger } = deps;
  const log = createCaseLog(store, now);
  const turns = createTurns();
  const settler = createSettler({ ...deps, log });
  /** When people of each company were told last that it has too many. */
  const toldFullAtMs = new Map<number, number>();
  const opening = () => ({ settings, nowMs: now(), newId });

  /** One opening at a time in each company: two would not see each other. */
  function inCompany<T>(companyId: number, work: () => Promise<T>): Promise<T> {
    return turns.take(`company/${companyId}`, work);
  }

  /** `work` answers undefined when the case is over. */
  async function inOpenCase<T>(
    found: CaseRecord | undefined,
    work: (current: CaseRecord) => Promise<T>,
  ): Promise<T | undefined> {
    if (found === undefined) return undefined;
    return turns.take(found.id, async () => {
      const current = await reread(found);
      return current?.state === 'open' ? work(current) : undefined;
    });
  }

  function reread({ companyId, delegations }: CaseRecord): Promise<CaseRecord | undefined> {
    return log.latest(companyId, delegations[0]?.id ?? '');
  }

  /** Under its own turn too: whoever is told of it may answer before all are told. */
  function settleNew(record: CaseRecord): Promise<CaseRecord> {
    return turns.take(record.id, () => settler.settle(undefined, record));
  }

  function hear(attempt: Attempt, error: StoredError | undefined): Promise<void> {
    return inCompany(attempt.cause.companyId, () => hearNow(attempt, error));
  }

  async function hearNow(attempt: Attempt, error: StoredError | undefined): Promise<void> {
    const { companyId, fingerprints } = attempt.cause;
    const known = await log.ofGroups(companyId, fingerprints);
    if (known.some((one) => isHeardBy(one, attempt))) return;
    const open = known.find(({ state }) => state === 'open');
    if (open !== undefined) {
      const joined = await inOpenCase(open, (current) => joinAttempt(current, attempt, error));
      // It was closed meanwhile.
      return joined === undefined ? hearNow(attempt, error) : undefined;
    }
    if (known.some((one) => isQuietAfter(one, attempt))) return;
    if (log.isFull(companyId)) return tellFull(attempt);
    await settleNew(openForAttempt(attempt, error, opening()));
  }

  /** Its attempts are found again at a later start. */
  async function tellFull(attempt: Attempt): Promise<void> {
    const { companyId } = attempt.cause;
    if (now() - (toldFullAtMs.get(companyId) ?? -Infinity) < FULL_AGAIN_MS) return;
    const open = log.count(companyId);
    logger.warn({ companyId, open }, 'too many open cases: attempts are found again at a later start');
    await deps.notify(fullNotice(attempt, open, { nowMs: now(), adminPath }));
    toldFullAtMs.set(companyId, now());
  }

  async function joinAttempt(
    current: CaseRecord,
    attempt: Attempt,
    error: StoredError | undefined,
  ): Promise<CaseRecord> {
    if (current.attemptId === attempt.id || current.joinedBy.includes(attempt.id)) return current;
    const severity = error?.severity ?? 'error';
    const kind = kindOf(attempt, severity);
    const isWorse = severity === 'critical' && current.severity !== 'critical';
    const next = {
      ...askMore(current, attempt, opening()),
      joined: current.joined + 1,
      joinedBy: [...current.joinedBy, attempt.id].slice(-MAX_JOINED_BY),
      severity: isWorse ? severity : current.severity,
      priority: higher(current.priority, priorityOf(severity)),
    };
    const { id: attemptId, finding } = attempt;
    const notice =
      kind === 'fix_failed' || isWorse
        ? openingNotice(
            { ...next, kind, attemptId, finding, reason: reasonOf(attempt, kind) },
            { nowMs: now(), adminPath },
          )
        : undefined;
    return settler.settle(current, next, notice === undefined ? [] : [notice]);
  }

  function delegate(request: DelegationRequest) {
    const { companyId, error } = request;
    return inCompany(companyId, async () => {
      const known = await log.ofGroups(companyId, [error.fingerprint]);
      const open = known.find(({ state }) => state === 'open');
      const added = await inOpenCase(open, (current) => addTo(current, request));
      if (added !== undefined) return added;
      if (log.isFull(companyId)) {
        throw new Failure('OVERLOADED', `${log.count(companyId)} cases of this company are open already`);
      }
      const record = await settleNew(openByHand(request, opening()));
      return { delegations: record.delegations.map((delegation) => seen(record, delegation)), created: true };
    });
  }

  async function addTo(current: CaseRecord, request: DelegationRequest) {
    const next = askToo(current, request, opening());
    const record = next === current ? current : await settler.settle(current, next);
    const { to } = routeRequest(request, current.finding, settings);
    const asked = to.flatMap((agent) => record.delegations.findLast((one) => one.agent === agent) ?? []);
    return {
      delegations: asked.map((delegation) => seen(record, delegation)),
      created: record.delegations.length > current.delegations.length,
    };
  }

  async function change(companyId: number, delegationId: string, move: Move): Promise<Delegated | undefined> {
    const found = await log.latest(companyId, delegationId);
    if (found === undefined) return undefined;
    return turns.take(found.id, async () => {
      const current = await log.latest(companyId, delegationId);
      const delegation = current?.delegations.find(({ id }) => id === delegationId);
      if (current === undefined || delegation === undefined) return undefined;
      const nowMs = now();
      const moved = move(delegation, { nowMs, settings, deadlineAtMs: current.deadlineAtMs });
      if (moved === delegation) return seen(current, delegation);
      const delegations = current.delegations.map((one) => (one.id === delegationId ? moved : one));
      const record = await settler.settle(current, joinReports({ ...current, delegations }, nowMs));
      return seen(record, moved);
    });
  }

  async function follow(): Promise<number> {
    let failed = 0;
    for (const record of log.live()) {
      if (bringOn(record) === record && !isOwing(record)) continue;
      try {
        await turns.take(record.id, () => followOne(record));
      } catch (cause) {
        if (failed === 0) logger.warn({ err: cause, case: record.id }, 'a case could not be brought on');
        failed += 1;
      }
    }
    return failed;
  }

  async function followOne(record: CaseRecord): Promise<void> {
    const current = await reread(record);
    if (current === undefined) return;
    const next = bringOn(current);
    if (next !== current) await settler.settle(current, next);
    else await settler.pay(current);
  }

  function bringOn(record: CaseRecord): CaseRecord {
    const nowMs = now();
    return joinReports(followDeadlines(record, nowMs, settings), nowMs);
  }

  return { load: (sinceMs) => log.load(sinceMs), hear, delegate, change, follow, idle: () => turns.idle() };
}

/** It opened this case or joined it; or it had ended when the case was closed, which is about all of its groups. */
function isHeardBy(
  { attemptId, joinedBy, fingerprints, closedAtMs = 0 }: CaseRecord,
  { id, cause, updatedAtMs }: Attempt,
): boolean {
  if (attemptId === id || joinedBy.includes(id)) return true;
  return updatedAtMs < closedAtMs && cause.fingerprints.every((one) => fingerprints.includes(one));
}

function isQuietAfter({ state, closedAtMs = 0 }: CaseRecord, attempt: Attempt): boolean {
  const isSaid = state === 'escalated' && attempt.updatedAtMs - closedAtMs < QUIET_AFTER_ESCALATION_MS;
  return isSaid && needsCase(attempt) !== 'always';
}

function seen(record: CaseRecord, delegation: Delegation): Delegated {
  return { delegation, case: toCase(record) };
}
