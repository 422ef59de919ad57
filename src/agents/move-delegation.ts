// What an agent, or the clock, may do to a delegation:
//
//          ┌──────────── handed back, lease ran out, nobody came (offers + 1) ─────────────┐
//          ▼                                                                               │
//        open ── acknowledge ──▶ acknowledged ── report ──▶ reported [end]                 │
//          │                      │    ▲ └─ acknowledge again: heartbeat                   │
//          │                      └────┴───────────────────────────────────────────────────┤
//          ├── report ──▶ reported [end]                                                   │
//          └── after maxOffers ──▶ expired [end]     no longer needed ──▶ withdrawn [end]  ┘
//
// A move answers the same object where nothing is to be written.
import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../failure.ts';
import type { AgentCaller } from './agents.ts';
import type { Delegation, Report } from './case.ts';
import type { AgentsSettings } from './roster.ts';

/** When it happens, and by which rules. */
export interface Moment {
  readonly nowMs: number;
  readonly settings: AgentsSettings;
  /** Of the case: nothing is due later. */
  readonly deadlineAtMs: number;
}

export function isPending({ state }: Delegation): boolean {
  return state === 'open' || state === 'acknowledged';
}

export function offer(to: Pick<Delegation, 'id' | 'agent' | 'questions'>, moment: Moment): Delegation {
  return {
    id: to.id,
    agent: to.agent,
    questions: to.questions,
    state: 'open',
    openedAtMs: moment.nowMs,
    dueAtMs: dueAtMs(moment, moment.settings.acknowledgeWithinMs),
    acknowledgedAtMs: undefined,
    heldBy: '',
    offers: 1,
    note: '',
    report: undefined,
  };
}

/** Once more, or never again. */
export function offerAgain(delegation: Delegation, note: string, moment: Moment): Delegation {
  if (delegation.offers >= moment.settings.maxOffers) return end(delegation, 'expired', note);
  return {
    ...delegation,
    state: 'open',
    dueAtMs: dueAtMs(moment, moment.settings.acknowledgeWithinMs),
    acknowledgedAtMs: undefined,
    heldBy: '',
    offers: delegation.offers + 1,
    note,
  };
}

export function end(delegation: Delegation, state: 'expired' | 'withdrawn', note: string): Delegation {
  return { ...delegation, state, heldBy: '', dueAtMs: undefined, note };
}

export function acknowledge(delegation: Delegation, caller: AgentCaller, moment: Moment): Delegation {
  requireHold(delegation, caller);
  return {
    ...delegation,
    state: 'acknowledged',
    heldBy: caller.name,
    acknowledgedAtMs: delegation.acknowledgedAtMs ?? moment.nowMs,
    dueAtMs: dueAtMs(moment, moment.settings.leaseMs),
  };
}

export function report(
  delegation: Delegation,
  caller: AgentCaller,
  given: Pick<Report, 'status' | 'summary' | 'evidence' | 'atMs'>,
): Delegation {
  const { status, summary, evidence, atMs } = given;
  requireOwn(delegation, caller);
  if (isSame(delegation.report, { by: caller.name, status, summary, evidence })) return delegation;
  requireHold(delegation, caller);
  const told = { status, summary, evidence, by: caller.name, atMs };
  return { ...delegation, state: 'reported', heldBy: '', dueAtMs: undefined, note: '', report: told };
}

export function release(
  delegation: Delegation,
  { caller, reason }: { readonly caller: AgentCaller; readonly reason: string },
  moment: Moment,
): Delegation {
  requireOwn(delegation, caller);
  const note = `handed back by ${caller.name}: ${reason}`;
  // A repetition, whose first answer may have been lost, uses up no further offer.
  if (delegation.heldBy === '' && delegation.note === note) return delegation;
  requireHold(delegation, caller);
  return offerAgain(delegation, note, moment);
}

function requireOwn({ agent }: Delegation, { name, isOperator }: AgentCaller): void {
  if (name !== agent && !isOperator) throw new Failure('FORBIDDEN', `this delegation is ${agent}'s`);
}

/** Nobody else works on it, and it is not over. */
function requireHold(delegation: Delegation, caller: AgentCaller): void {
  requireOwn(delegation, caller);
  const { state, heldBy, dueAtMs: untilMs } = delegation;
  if (!isPending(delegation)) throw new Failure('CONFLICT', `this delegation is over: it is ${state}`);
  if (heldBy === '' || heldBy === caller.name) return;
  const until = untilMs === undefined ? '' : ` until ${new Date(untilMs).toISOString()}`;
  throw new Failure('CONFLICT', `${heldBy} works on this delegation${until}`);
}

function isSame(known: Report | undefined, given: Omit<Report, 'atMs'>): boolean {
  if (known === undefined) return false;
  const { by, status, summary, evidence } = known;
  return isDeepStrictEqual({ by, status, summary, evidence }, given);
}

function dueAtMs({ nowMs, deadlineAtMs }: Moment, afterMs: number): number {
  return Math.min(nowMs + afterMs, deadlineAtMs);
}
