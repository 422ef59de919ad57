// The first event of a case: from an attempt that was handed over, or from a request by hand.
import { Failure } from '../failure.ts';
import type { Attempt } from '../healing/attempt.ts';
import type { StoredError } from '../store/error-store.ts';
import type { DelegationRequest } from './agents.ts';
import { caseIdOf } from './case-id.ts';
import { NOTHING_OWED } from './case-log.ts';
import type { CaseRecord } from './case-log.ts';
import { MAX_DELEGATIONS, priorities } from './case.ts';
import type { Delegation, Priority } from './case.ts';
import { kindOf, reasonOf } from './hear-attempt.ts';
import { isPending, offer } from './move-delegation.ts';
import type { AgentsSettings } from './roster.ts';
import { ORCHESTRATOR, priorityOf, questionsFor, routeOf } from './routing.ts';
import type { Routed } from './routing.ts';

export interface Opening {
  readonly settings: AgentsSettings;
  readonly nowMs: number;
  readonly newId: () => string;
}

/** Enough to tell what it is; the error itself has all of it. */
const MAX_MESSAGE = 1_000;

/** Of one delegation: three who ask ten each. More is nobody's to answer in one report. */
const MAX_QUESTIONS = 30;

/** `error`: undefined when retention has taken it. */
export function openForAttempt(attempt: Attempt, error: StoredError | undefined, opening: Opening): CaseRecord {
  const { cause, finding } = attempt;
  const about = aboutError(error, cause);
  const kind = kindOf(attempt, about.severity);
  const routed = routeOf(attempt.escalatedTo, { ...about, finding }, opening.settings);
  return {
    ...blank(opening),
    ...about,
    id: caseIdOf(attempt.id),
    companyId: cause.companyId,
    kind,
    fingerprints: cause.fingerprints,
    attemptId: attempt.id,
    finding,
    reason: reasonOf(attempt, kind),
    openedBy: ORCHESTRATOR,
    priority: priorityOf(about.severity),
    join: routed.join,
    delegations: ask({ ...routed, ask: [...attempt.questions, ...routed.ask] }, opening),
  };
}

export function openByHand(request: DelegationRequest, opening: Opening): CaseRecord {
  const { companyId, error, reason, by, priority } = request;
  const routed = routeRequest(request, '', opening.settings);
  return {
    ...blank(opening),
    ...aboutError(error, { errorId: error.id, service: error.service }),
    id: opening.newId(),
    companyId,
    kind: 'by_hand',
    fingerprints: [error.fingerprint],
    attemptId: '',
    finding: '',
    reason,
    openedBy: by,
    priority,
    join: routed.join,
    delegations: ask(routed, opening),
  };
}

/** `finding`: of the case that is open already. */
export function routeRequest(request: DelegationRequest, finding: string, settings: AgentsSettings): Routed {
  const { to, questions, join, error } = request;
  if (to.length > 0) return { to: [...new Set(to)], ask: questions, join };
  const { errorType, service } = error;
  const routed = routeOf(ORCHESTRATOR, { errorType, service, finding }, settings);
  return { to: routed.to, ask: [...questions, ...routed.ask], join };
}

/** Of a later attempt: who was not asked is, and who has not answered gets its questions too. The same object without news. */
export function askMore(current: CaseRecord, attempt: Attempt, opening: Opening): CaseRecord {
  const { escalatedTo, finding, questions } = attempt;
  if (escalatedTo === '') return current;
  const routed = routeOf(escalatedTo, { ...current, finding }, opening.settings);
  const asked = ask({ ...routed, ask: [...questions, ...routed.ask] }, opening, current.deadlineAtMs);
  const known = current.delegations.map((delegation) => {
    const more = asked.find(({ agent }) => agent === delegation.agent)?.questions ?? [];
    return withQuestions(delegation, more, MAX_QUESTIONS);
  });
  const added = asked.filter(({ agent }) => !known.some((delegation) => delegation.agent === agent));
  const delegations = [...known, ...added].slice(0, MAX_DELEGATIONS);
  const isNews = delegations.some((delegation, index) => delegation !== current.delegations[index]);
  return isNews
    ? { ...current, delegations, finding, reason: reasonOf(attempt, kindOf(attempt, current.severity)) }
    : current;
}

/**
 * By hand: who was not asked is, and who has not answered gets the questions and the reason that are new. How it is joined
 * and until when stays the case's. The same object without news. Throws CONFLICT.
 */
export function askToo(current: CaseRecord, request: DelegationRequest, opening: Opening): CaseRecord {
  const reason = request.reason === current.reason ? [] : [`${request.by} asks too: ${request.reason}`];
  const asked = ask(routeRequest(request, current.finding, opening.settings), opening, current.deadlineAtMs);
  const wanted = asked.map((delegation) => withQuestions(delegation, reason));
  const known = current.delegations.map((delegation) => {
    const more = wanted.find(({ agent }) => agent === delegation.agent)?.questions ?? [];
    return withQuestions(delegation, more);
  });
  const added = wanted.filter(({ agent }) => !known.some((one) => one.agent === agent && isAsked(one)));
  if (known.length + added.length > MAX_DELEGATIONS) {
    const message = `its case is open with ${known.length} delegations, and holds ${MAX_DELEGATIONS}`;
    throw new Failure('CONFLICT', message);
  }
  const isNew = (delegation: Delegation, index: number) => delegation !== current.delegations[index];
  const full = known.find((one, index) => isNew(one, index) && one.questions.length > MAX_QUESTIONS);
  if (full !== undefined) {
    throw new Failure('CONFLICT', `${full.agent} is asked enough: a delegation holds ${MAX_QUESTIONS} questions`);
  }
  const delegations = [...known, ...added];
  const priority = higher(current.priority, request.priority);
  return delegations.some(isNew) || priority !== current.priority ? { ...current, delegations, priority } : current;
}

export function higher(a: Priority, b: Priority): Priority {
  return priorities.indexOf(a) >= priorities.indexOf(b) ? a : b;
}

/** The same object when it is over, or has them all. `most`: the rest is left out. */
function withQuestions(delegation: Delegation, questions: readonly string[], most = Infinity): Delegation {
  const room = Math.max(0, most - delegation.questions.length);
  const fresh = questions.filter((question) => !delegation.questions.includes(question)).slice(0, room);
  if (fresh.length === 0 || !isPending(delegation)) return delegation;
  return { ...delegation, questions: [...delegation.questions, ...fresh] };
}

/** Who did not answer may be asked anew. */
function isAsked({ state }: Delegation): boolean {
  return state !== 'expired' && state !== 'withdrawn';
}

/** One delegation for each. */
function ask({ to, ask: questions }: Routed, opening: Opening, endsAtMs?: number): readonly Delegation[] {
  const { settings, nowMs, newId } = opening;
  const deadlineAtMs = endsAtMs ?? nowMs + settings.reportWithinMs;
  return to.map((agent) =>
    offer({ id: newId(), agent, questions: questionsFor(agent, to, questions) }, { settings, nowMs, deadlineAtMs }),
  );
}

function aboutError(
  error: StoredError | undefined,
  known: { readonly errorId: string; readonly service: string },
): Pick<CaseRecord, 'errorId' | 'service' | 'errorType' | 'severity' | 'message'> {
  return {
    errorId: known.errorId,
    service: error?.service ?? known.service,
    errorType: error?.errorType ?? 'other',
    severity: error?.severity ?? 'error',
    message: (error?.message ?? '').slice(0, MAX_MESSAGE),
  };
}

function blank({ settings, nowMs }: Opening) {
  return {
    seq: 0,
    state: 'open',
    deadlineAtMs: nowMs + settings.reportWithinMs,
    joined: 0,
    summary: '',
    openedAtMs: nowMs,
    updatedAtMs: nowMs,
    closedAtMs: undefined,
    owed: NOTHING_OWED,
    joinedBy: [],
    overdue: [],
  } as const;
}
