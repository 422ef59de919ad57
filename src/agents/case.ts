// What ADA works on: one trouble that the rules could not put right, and what was asked of whom. A case is one record; each
// change writes it whole, so that a report and what follows from it are durable together.

/** open: offered, nobody has it · acknowledged: an agent works on it · expired: nobody answered · withdrawn: no longer needed. */
export const delegationStates = ['open', 'acknowledged', 'reported', 'expired', 'withdrawn'] as const;
export type DelegationState = (typeof delegationStates)[number];

/** resolved: the cause is gone · found: the cause is known and still there · no_fault: not in my area · unable: can't tell. */
export const reportStatuses = ['resolved', 'found', 'no_fault', 'unable'] as const;
export type ReportStatus = (typeof reportStatuses)[number];

export interface Report {
  readonly status: ReportStatus;
  /** Text of an agent: data, whatever it says. */
  readonly summary: string;
  readonly evidence: readonly string[];
  /** Name of the token. */
  readonly by: string;
  readonly atMs: number;
}

/** Of one case: more is nobody's to read together. */
export const MAX_DELEGATIONS = 8;

/** A task given to one agent. */
export interface Delegation {
  /** Unique over all companies; tells nothing of the case. */
  readonly id: string;
  readonly agent: string;
  readonly questions: readonly string[];
  readonly state: DelegationState;
  readonly openedAtMs: number;
  /** Open: by when it must be acknowledged. Acknowledged: end of the lease, moved by each heartbeat. */
  readonly dueAtMs: number | undefined;
  readonly acknowledgedAtMs: number | undefined;
  /** Name of the token that holds the lease; '' while nobody does. */
  readonly heldBy: string;
  /** How often it was offered: again after a hand-back or a lease that ran out. */
  readonly offers: number;
  /** Why it was handed back, or ended without a report. */
  readonly note: string;
  readonly report: Report | undefined;
}

/** resolved: a report says that the cause is gone · escalated: people must see to it. */
export const caseStates = ['open', 'resolved', 'escalated'] as const;
export type CaseState = (typeof caseStates)[number];

export const caseKinds = ['critical_error', 'fix_failed', 'escalated', 'by_hand'] as const;
export type CaseKind = (typeof caseKinds)[number];

export const priorities = ['low', 'normal', 'high', 'urgent'] as const;
export type Priority = (typeof priorities)[number];

/** all: every delegation must be reported · any: the first report that resolves or finds is enough. */
export const joins = ['all', 'any'] as const;
export type Join = (typeof joins)[number];

export interface Case {
  /** Made from what opened it, so that a repetition after a crash meets itself. */
  readonly id: string;
  readonly seq: number;
  readonly companyId: number;
  readonly state: CaseState;
  readonly kind: CaseKind;
  readonly errorId: string;
  readonly fingerprints: readonly string[];
  readonly service: string;
  readonly errorType: string;
  readonly severity: string;
  /** Of the error: untrusted. */
  readonly message: string;
  /** '' when no attempt is behind it. */
  readonly attemptId: string;
  readonly finding: string;
  /** Why it was opened, in our words or in those of who asked. */
  readonly reason: string;
  /** `ada`, or the name of the token that asked. */
  readonly openedBy: string;
  readonly priority: Priority;
  readonly join: Join;
  readonly deadlineAtMs: number;
  /** At least one, at most MAX_DELEGATIONS. */
  readonly delegations: readonly Delegation[];
  /** Later attempts on the same groups that joined it. */
  readonly joined: number;
  /** Written when it closes: each report in one line. */
  readonly summary: string;
  readonly openedAtMs: number;
  readonly updatedAtMs: number;
  readonly closedAtMs: number | undefined;
}
