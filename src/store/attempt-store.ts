// What healing keeps: attempts as append-only events (the newest holds the whole attempt), and the switch. JSON in, JSON
// out: the store knows the few fields that questions ask for. Every call may throw STORE_UNAVAILABLE.

export interface AttemptEvent {
  readonly attemptId: string;
  /** Rises by one with each event of an attempt. */
  readonly seq: number;
  readonly atMs: number;
  readonly companyId: number;
  readonly state: string;
  readonly ruleId: string;
  readonly targetKey: string;
  readonly outcome: string;
  readonly suppression: string;
  readonly startedAtMs: number;
  /** 0: nothing was changed so far. */
  readonly actedAtMs: number;
  readonly errorId: string;
  readonly fingerprints: readonly string[];
  /** The whole attempt, as healing/ has it. */
  readonly attempt: string;
}

export interface AttemptFilter {
  readonly companyId?: number;
  readonly ruleId?: string;
  readonly targetKey?: string;
  readonly fingerprint?: string;
  readonly state?: readonly string[];
  readonly outcome?: readonly string[];
  /** Those that changed something. */
  readonly acted?: true;
  readonly sinceMs?: number;
  /** Newest first: strictly before (startedAtMs, attemptId). */
  readonly after?: { readonly startedAtMs: number; readonly attemptId: string };
  readonly limit: number;
}

export interface AttemptStore {
  /** Durable when it resolves. */
  appendAttempt(event: AttemptEvent): Promise<void>;
  /** The newest event's `attempt` of each, newest first by start. */
  listAttempts(filter: AttemptFilter): Promise<readonly string[]>;
  getAttempt(companyId: number, attemptId: string): Promise<string | undefined>;
  /** Every event of one attempt, oldest first. */
  listAttemptEvents(
    companyId: number,
    attemptId: string,
  ): Promise<readonly { readonly atMs: number; readonly state: string; readonly attempt: string }[]>;
  /** Errors of all companies in the order they were stored, after a position; with details, without stacks. Healing's food. */
  listForHealing(
    position: { readonly receivedAtMs: number; readonly id: string },
    limit: number,
    only?: OnlySuch,
  ): Promise<readonly HealingError[]>;
  /** What this process has stored is readable up to here; nothing will be stored at or before it. Unix ms. */
  storedUntilMs(): number;
  /** Errors of these groups, and of this service, in [fromMs, toMs). For verification. */
  countForVerification(query: {
    readonly companyId: number;
    readonly fingerprints: readonly string[];
    readonly service: string;
    readonly fromMs: number;
    readonly toMs: number;
  }): Promise<{ readonly ofGroups: number; readonly ofService: number }>;
  /** Small settings that survive restarts (`healing.paused`). undefined: never set. */
  getSetting(name: string): Promise<string | undefined>;
  setSetting(name: string, value: string): Promise<void>;
}

export interface HealingError {
  readonly id: string;
  readonly companyId: number;
  readonly timestampMs: number;
  readonly receivedAtMs: number;
  readonly service: string;
  readonly severity: string;
  readonly errorType: string;
  readonly exceptionType: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly handled: boolean;
  readonly environment: string;
  readonly release: string;
  readonly host: string;
  readonly containerId: string;
  readonly traceId: string;
  readonly source: string;
  readonly fingerprint: string;
}

export interface OnlySuch {
  /** Received by then, inclusive. */
  readonly untilMs: number;
  readonly filter: PreFilter | undefined;
}

/** Passes when, of at least one list, every inner list has a test that holds. */
export type PreFilter = readonly (readonly (readonly ColumnTest[])[])[];

export interface ColumnTest {
  readonly column:
    | 'error_type'
    | 'severity'
    | 'service'
    | 'environment'
    | 'exception_type'
    | 'message'
    | 'host'
    | 'release'
    | 'details';
  /** regex: RE2. */
  readonly op: 'in' | 'contains' | 'regex';
  readonly values: readonly string[];
}
