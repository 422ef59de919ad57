// What the agents' desk may ask of the store. Cases and notifications are events like attempts: the newest holds the whole.
// Every call may throw STORE_UNAVAILABLE, but `addActivity`.

export interface CaseEvent {
  readonly companyId: number;
  readonly caseId: string;
  readonly seq: number;
  readonly atMs: number;
  readonly state: string;
  readonly openedAtMs: number;
  readonly attemptId: string;
  readonly errorId: string;
  readonly fingerprints: readonly string[];
  /** In the order of the case. */
  readonly delegations: readonly { readonly id: string; readonly agent: string; readonly state: string }[];
  /** The whole case, as agents/ has it. */
  readonly case: string;
}

export interface NotificationEvent {
  readonly companyId: number;
  readonly notificationId: string;
  readonly seq: number;
  readonly atMs: number;
  readonly createdAtMs: number;
  readonly state: string;
  readonly channel: string;
  readonly kind: string;
  readonly key: string;
  readonly notification: string;
}

export interface ActivityRow {
  readonly companyId: number;
  readonly atMs: number;
  /** Name of the token. */
  readonly actor: string;
  /** Of the roster; '' for anybody else. */
  readonly agent: string;
  readonly via: string;
  /** Operation or tool. */
  readonly call: string;
  readonly errorId: string;
  readonly attemptId: string;
  readonly delegationId: string;
  /** `OK`, or the code of the failure. */
  readonly outcome: string;
  readonly tookMs: number;
  /** Characters of the answer; 0 where nobody counted. */
  readonly chars: number;
  readonly truncated: boolean;
  /** 32 hex characters; '' without one. */
  readonly traceId: string;
}

export interface AgentStore {
  /** Durable when it resolves. */
  appendCase(event: CaseEvent): Promise<void>;
  /** The newest event's `case` of each, newest first by opening. Without a company: of all. */
  listCases(filter: {
    readonly companyId?: number;
    readonly state?: readonly string[];
    readonly attemptId?: string;
    readonly fingerprints?: readonly string[];
    readonly openedSinceMs?: number;
    readonly limit: number;
  }): Promise<readonly string[]>;
  /** Delegations as they are now, newest case first, then by id from the highest; each with its `case`. */
  listDelegations(filter: {
    readonly companyId: number;
    readonly agent?: string;
    readonly state?: readonly string[];
    readonly errorId?: string;
    readonly openedSinceMs?: number;
    /** Strictly before (openedAtMs of the case, id of the delegation). */
    readonly after?: { readonly openedAtMs: number; readonly id: string };
    readonly limit: number;
  }): Promise<readonly { readonly delegationId: string; readonly case: string }[]>;
  getCaseOf(companyId: number, delegationId: string): Promise<string | undefined>;
  appendNotification(event: NotificationEvent): Promise<void>;
  /** The newest event's `notification` of each, newest first by creation. Without a company: of all. */
  listNotifications(filter: {
    readonly companyId?: number;
    readonly state?: readonly string[];
    readonly createdSinceMs?: number;
    readonly limit: number;
  }): Promise<readonly string[]>;
  /** Buffered for a second, flushed by stop; bounded. Never throws. */
  addActivity(row: ActivityRow): void;
  /** Newest first. `n` tells rows of one millisecond apart. */
  listActivity(filter: {
    readonly companyId: number;
    readonly agent?: string;
    readonly actor?: string;
    readonly errorId?: string;
    readonly sinceMs?: number;
    readonly after?: { readonly atMs: number; readonly n: string };
    readonly limit: number;
  }): Promise<readonly (ActivityRow & { readonly n: string })[]>;
  /** For each agent that called since: when it did last, in ms. */
  lastCalls(companyId: number, sinceMs: number): Promise<ReadonlyMap<string, number>>;
  /** Groups of the company that look like this one, the most alike first; never itself. undefined: no such group. */
  findSimilar(
    companyId: number,
    fingerprint: string,
    options: { readonly resolvedOnly: boolean; readonly limit: number },
  ): Promise<readonly SimilarGroup[] | undefined>;
}

export interface SimilarGroup {
  readonly fingerprint: string;
  /** 0 to 1: same type, shared frames, shared words of the template. */
  readonly score: number;
  readonly service: string;
  readonly exceptionType: string;
  readonly message: string;
  /** Its newest error. */
  readonly errorId: string;
  readonly count: number;
  readonly lastSeenMs: number;
  readonly resolved: boolean;
  readonly resolutionNotes: string | undefined;
  readonly resolvedAtMs: number | undefined;
  /** It came back after it was resolved. */
  readonly regressed: boolean;
}
