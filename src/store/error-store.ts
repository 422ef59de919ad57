// What the rest of Errata may ask of the store. One implementation, over @clickhouse/client (clickhouse-store.ts).
// Every call is bound to one company; another company's id is undefined, exactly like an unknown one.
// Every call may throw STORE_UNAVAILABLE.
import type { ErrorEvent, ErrorType, Grouping, Severity } from '../errors/error-event.ts';

export interface ErrorStore {
  /** Opens, migrates. Throws STORE_TAKEN when another process holds the folder. */
  start(): Promise<void>;
  /** Finishes the insert in flight, then closes. Safe twice and before start. */
  stop(deadlineMs: number): Promise<void>;
  /** Resolves when the store answers and all migrations are done. */
  ping(): Promise<void>;
  /**
   * Resolves when every event is durable and readable, or already was (`duplicates`). Concurrent calls share one insert.
   * A richer copy of a stored occurrence is kept as its twin and shown with it.
   */
  insert(events: readonly ErrorEvent[]): Promise<Inserted>;
  /** Adds to the ingest outcomes; buffered for seconds, flushed by stop. Never throws. */
  countOutcome(outcome: Outcome): void;
  listErrors(query: ErrorQuery): Promise<ErrorPage>;
  getError(companyId: number, id: string): Promise<StoredError | undefined>;
  /** Errors of the same trace, oldest first, without the given one. */
  listTraceNeighbours(
    companyId: number,
    traceId: string,
    options: { exceptId: string; limit: number },
  ): Promise<readonly StoredError[]>;
  /** Errors in the order they were stored, after a position: the stream's source. */
  listStoredAfter(companyId: number, position: StreamPosition, limit: number): Promise<readonly StoredError[]>;
  /** Resolves at the next insert of this process, after the time, or when aborted: whichever is first. */
  waitForInsert(timeoutMs: number, signal: AbortSignal): Promise<void>;
  listGroups(query: GroupQuery): Promise<GroupPage>;
  getGroup(companyId: number, fingerprint: string): Promise<Group | undefined>;
  countTrend(query: TrendQuery): Promise<readonly TrendPoint[]>;
  listReleases(query: ReleaseQuery): Promise<ReleasePage>;
  /** undefined: no such error. scope group: all errors of the group up to now; scope error: that row only. */
  resolve(companyId: number, id: string, resolution: Resolution): Promise<StoredError | undefined>;
  reopen(companyId: number, id: string, scope: ResolutionScope): Promise<StoredError | undefined>;
  /** For the cardinality breaker at start: strict fingerprints by loose one, of the last day. */
  listStrictByLoose(
    sinceMs: number,
  ): Promise<readonly { companyId: number; loose: string; strict: readonly string[] }[]>;
  /** Errors shown and counted under `from` belong to the group `to` from now on. */
  aliasGroups(companyId: number, aliases: readonly { from: string; to: string; reason: string }[]): Promise<void>;
}

export interface Inserted {
  readonly stored: number;
  readonly duplicates: number;
}

export interface Outcome {
  readonly companyId: number;
  readonly signal: 'traces' | 'logs' | 'api';
  readonly outcome: 'stored' | 'duplicate' | 'folded' | 'rejected' | 'limited' | 'oversized';
  readonly reason: string;
  readonly count: number;
}

export type ResolutionScope = 'group' | 'error';

export interface Resolution {
  readonly scope: ResolutionScope;
  readonly notes: string;
  /** Who resolved: the token's name. */
  readonly by: string;
}

export interface StoredError extends ErrorEvent {
  readonly receivedAtMs: number;
  readonly resolved: boolean;
  /** undefined while unresolved. */
  readonly resolutionNotes: string | undefined;
  /** An attempt acted on its group at or after its time; such an attempt succeeded and holds. */
  readonly autoFixAttempted: boolean;
  readonly autoFixSuccessful: boolean;
}

export interface ErrorFilter {
  readonly companyId: number;
  readonly severity?: readonly Severity[];
  readonly resolved?: boolean;
  readonly service?: string;
  readonly errorType?: ErrorType;
  readonly environment?: string;
  readonly fingerprint?: string;
  /** Inclusive, Unix ms. */
  readonly sinceMs?: number;
  /** Exclusive, Unix ms. */
  readonly untilMs?: number;
  /** All its words must stand in the exception type or the message, whatever their case. */
  readonly text?: string;
}

export interface ErrorQuery extends ErrorFilter {
  readonly limit: number;
  readonly after?: Position;
}

/** Newest first: strictly before (timestampMs, id). */
export interface Position {
  readonly timestampMs: number;
  readonly id: string;
}

export interface StreamPosition {
  readonly receivedAtMs: number;
  readonly id: string;
}

/** In lists `stackTrace` and `details` are empty: get one error to see them. */
export interface ErrorPage {
  /** Exact, over all pages. */
  readonly total: number;
  readonly errors: readonly StoredError[];
  /** Set when there are more. */
  readonly next: Position | undefined;
}

export interface Group {
  readonly fingerprint: string;
  readonly grouping: Grouping;
  readonly service: string;
  readonly exceptionType: string;
  /** Message of a recent error. */
  readonly message: string;
  /** That error; '' when it is past its retention. */
  readonly errorId: string;
  readonly errorType: ErrorType;
  readonly severity: Severity;
  readonly count: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly releases: readonly string[];
  readonly environments: readonly string[];
  readonly resolved: boolean;
  readonly resolutionNotes: string | undefined;
  readonly resolvedAtMs: number | undefined;
  /** It came back after it was resolved, and is open again. */
  readonly regressed: boolean;
  readonly regressedAtMs: number | undefined;
  /** An attempt acted on it, ever; one of those succeeded and holds. */
  readonly autoFixAttempted: boolean;
  readonly autoFixSuccessful: boolean;
  /** Hourly counts of the last 24 hours, oldest first. */
  readonly trend: readonly { readonly startMs: number; readonly count: number }[];
}

export interface GroupQuery {
  readonly companyId: number;
  /** Only these. */
  readonly fingerprints?: readonly string[];
  readonly service?: string;
  readonly severity?: readonly Severity[];
  readonly errorType?: ErrorType;
  readonly environment?: string;
  readonly resolved?: boolean;
  readonly sinceMs?: number;
  /** Groups with an error, since then and of these filters, in which all its words stand. */
  readonly text?: string;
  readonly limit: number;
  /** Newest last_seen first: strictly before (lastSeenMs, fingerprint). */
  readonly after?: { readonly lastSeenMs: number; readonly fingerprint: string };
}

/** `trend` is empty in lists. */
export interface GroupPage {
  readonly total: number;
  readonly groups: readonly Group[];
  readonly next: { readonly lastSeenMs: number; readonly fingerprint: string } | undefined;
}

export interface TrendQuery {
  readonly companyId: number;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly intervalMinutes: number;
  readonly service?: string;
  readonly severity?: readonly Severity[];
  readonly errorType?: ErrorType;
  readonly environment?: string;
  /** Only these groups. */
  readonly fingerprints?: readonly string[];
  readonly groupBy?: 'service' | 'severity' | 'error_type' | 'environment' | 'fingerprint';
}

/** Only intervals with errors. `key` is the value of groupBy, '' without it. */
export interface TrendPoint {
  readonly startMs: number;
  readonly key: string;
  readonly count: number;
}

/** Releases that sent errors between the two times. */
export interface ReleaseQuery {
  readonly companyId: number;
  readonly service?: string;
  readonly environment?: string;
  /** Inclusive, Unix ms. */
  readonly sinceMs?: number;
  /** Exclusive, Unix ms. */
  readonly untilMs?: number;
  readonly limit: number;
}

/** The last one that was new first. `total`: also of those beyond the limit. */
export interface ReleasePage {
  readonly total: number;
  readonly releases: readonly Release[];
}

/** What one service sent of one release in one environment; times and count over all that is kept. */
export interface Release {
  readonly service: string;
  readonly environment: string;
  readonly release: string;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly count: number;
}
