// Opens cases, changes them one change at a time, and follows what is due. One open case for each company and group.
import { Failure } from '../failure.ts';
import type { Attempt } from '../healing/attempt.ts';
import type { AgentStore } from '../store/agent-store.ts';
import type { StoredError } from '../store/error-store.ts';
import type { Delegated, DelegationRequest } from './agents.ts';
import { createCaseLog, isOwing, toCase, toRecord } from './case-log.ts';
import type { CaseRecord } from './case-log.ts';
import { openingNotice } from './case-notices.ts';
import { priorities } from './case.ts';
import type { Delegation, Priority } from './case.ts';
import { followDeadlines } from './follow-deadlines.ts';
import { kindOf, needsCase, reasonOf } from './hear-attempt.ts';
import { joinReports } from './join-reports.ts';
import type { Moment } from './move-delegation.ts';
import { ask, askMore, openByHand, openForAttempt, routeRequest } from './open-case.ts';
import type { AgentsSettings } from './roster.ts';
import { MAX_DELEGATIONS, priorityOf } from './routing.ts';
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

/** Kept in a case, so that the same attempt joins it once. */
const MAX_JOINED_BY = 200;

/** People were told; about what still goes on and is not acted on, agents are not asked again so soon. */
const QUIET_AFTER_ESCALATION_MS = 3_600_000;

export function createCaseWork(settings: AgentsSettings, deps: WorkDeps): CaseWork {
  const { store, now, newId, adminPath, logger } = deps;
  const log = createCaseLog(store, now);
  const turns = createTurns();
  const settler = createSettler({ ...deps, log });
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

  async function hear(attempt: Attempt, error: StoredError | undefined): Promise<void> {
    const { companyId, fingerprints } = attempt.cause;
    await inCompany(companyId, async () => {
      if ((await store.listCases({ companyId, attemptId: attempt.id, limit: 1 })).length > 0) return;
      const open = await log.openOf(companyId, fingerprints);
      const joined = await inOpenCase(open, (current) => joinAttempt(current, attempt, error));
      if (joined !== undefined || (await isQuiet(attempt))) return;
      if (log.isFull())
        return logger.warn({ attempt: attempt.id }, 'too many open cases: found again at a later start');
      await settler.settle(undefined, openForAttempt(attempt, error, opening()));
    });
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

  async function isQuiet(attempt: Attempt): Promise<boolean> {
    if (needsCase(attempt) === 'always') return false;
    const { companyId, fingerprints } = attempt.cause;
    const [text] = await store.listCases({ companyId, fingerprints, state: ['escalated'], limit: 1 });
    const closedAtMs = text === undefined ? undefined : toRecord(text).closedAtMs;
    return closedAtMs !== undefined && attempt.updatedAtMs - closedAtMs < QUIET_AFTER_ESCALATION_MS;
  }

  function delegate(request: DelegationRequest) {
    const { companyId, error } = request;
    return inCompany(companyId, async () => {
      const open = await log.openOf(companyId, [error.fingerprint]);
      const added = await inOpenCase(open, (current) => addTo(current, request));
      if (added !== undefined) return added;
      if (log.isFull()) throw new Failure('OVERLOADED', 'too many cases are open');
      const record = await settler.settle(undefined, openByHand(request, opening()));
      return { delegations: record.delegations.map((delegation) => seen(record, delegation)), created: true };
    });
  }

  async function addTo(current: CaseRecord, request: DelegationRequest) {
    const routed = routeRequest(request, current.finding, settings);
    const fresh = routed.to.filter((agent) => !current.delegations.some((one) => one.agent === agent && isAsked(one)));
    const added = ask(routed, opening(), current.deadlineAtMs).filter(({ agent }) => fresh.includes(agent));
    const delegations = [...current.delegations, ...added];
    if (delegations.length > MAX_DELEGATIONS) {
      throw new Failure('CONFLICT', `its case is open with ${current.delegations.length} delegations, and holds 8`);
    }
    const next = { ...current, delegations, priority: higher(current.priority, request.priority) };
    const record = added.length === 0 ? current : await settler.settle(current, next);
    const asked = routed.to.flatMap((agent) => record.delegations.findLast((one) => one.agent === agent) ?? []);
    return { delegations: asked.map((delegation) => seen(record, delegation)), created: added.length > 0 };
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

/** Who did not answer may be asked anew. */
function isAsked({ state }: Delegation): boolean {
  return state !== 'expired' && state !== 'withdrawn';
}

function higher(a: Priority, b: Priority): Priority {
  return priorities.indexOf(a) >= priorities.indexOf(b) ? a : b;
}

function seen(record: CaseRecord, delegation: Delegation): Delegated {
  return { delegation, case: toCase(record) };
}
