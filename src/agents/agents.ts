// What the doors (operations/) may ask of the agents' desk.
import type { StoredError } from '../store/error-store.ts';
import type { Case, Delegation, DelegationState, Join, Priority, Report } from './case.ts';
import type { Agent } from './roster.ts';
import type { Routed, Trouble } from './routing.ts';

export interface Agents {
  /**
   * Opens a case about an error, or adds to the one that is open for its group: who is asked already is not asked twice, but
   * gets new questions and the reason. Throws CONFLICT when they do not fit, OVERLOADED when its company has too many cases.
   */
  delegate(
    request: DelegationRequest,
  ): Promise<{ readonly delegations: readonly Delegated[]; readonly created: boolean }>;
  /** Takes the lease, or renews it. Throws CONFLICT when another holds it or it is over, FORBIDDEN when it is another agent's. */
  acknowledge(companyId: number, delegationId: string, caller: AgentCaller): Promise<Delegated | undefined>;
  /** Also of one that was not acknowledged. The same report again changes nothing. Throws as `acknowledge`. */
  report(
    companyId: number,
    delegationId: string,
    given: { readonly caller: AgentCaller } & Pick<Report, 'status' | 'summary' | 'evidence'>,
  ): Promise<Delegated | undefined>;
  /** Hands it back: it is offered again. Throws as `acknowledge`. */
  release(
    companyId: number,
    delegationId: string,
    given: { readonly caller: AgentCaller; readonly reason: string },
  ): Promise<Delegated | undefined>;
  /** Newest first. */
  list(
    query: DelegationQuery,
  ): Promise<{ readonly delegations: readonly Delegated[]; readonly next: DelegationPosition | undefined }>;
  get(companyId: number, delegationId: string): Promise<Delegated | undefined>;
  roster(): readonly Agent[];
  /** Whom a hand-over reaches, and what the routes ask beside the rule. */
  routeOf(escalatedTo: string, trouble: Trouble): Routed;
  /** In the order of the roster. */
  listStatus(companyId: number): Promise<readonly AgentStatus[]>;
}

/** A delegation and the case that it belongs to. undefined answers everywhere: unknown, or another company's. */
export interface Delegated {
  readonly delegation: Delegation;
  readonly case: Case;
}

export interface AgentCaller {
  /** Of the token. */
  readonly name: string;
  /** May act for every agent: the local user, and tokens with the scope admin. */
  readonly isOperator: boolean;
}

export interface DelegationRequest {
  readonly companyId: number;
  readonly error: StoredError;
  /** Names of the roster; empty: ADA chooses by the routes. Throws INVALID_INPUT in operations when one is unknown. */
  readonly to: readonly string[];
  readonly questions: readonly string[];
  readonly reason: string;
  readonly priority: Priority;
  readonly join: Join;
  readonly by: string;
}

export interface DelegationQuery {
  readonly companyId: number;
  readonly agent?: string;
  readonly state?: readonly DelegationState[];
  readonly errorId?: string;
  readonly after?: DelegationPosition;
  readonly limit: number;
}

export interface DelegationPosition {
  /** Of the case. */
  readonly openedAtMs: number;
  readonly id: string;
}

export interface AgentStatus {
  readonly agent: Agent;
  /** What it works on, oldest first. */
  readonly holds: readonly Delegated[];
  /** Offered to it, and not acknowledged. */
  readonly waiting: number;
  /** Of the last 30 days. */
  readonly reported: number;
  readonly resolved: number;
  readonly expired: number;
  readonly medianReportMs: number | undefined;
  readonly lastSeenMs: number | undefined;
}
