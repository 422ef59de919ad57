// Who called what: one row for every call of an agent, and for every change that anybody asked for.

export interface Activity {
  readonly companyId: number;
  readonly atMs: number;
  /** Name of the token. */
  readonly actor: string;
  /** Of the roster; '' for anybody else. */
  readonly agent: string;
  readonly via: 'rest' | 'mcp';
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

export interface ActivityLog {
  /** Written within a second; a kill may lose that second. Never throws. */
  record(activity: Activity): void;
  list(
    query: ActivityQuery,
  ): Promise<{ readonly activities: readonly Activity[]; readonly next: ActivityPosition | undefined }>;
}

export interface ActivityQuery {
  readonly companyId: number;
  readonly agent?: string;
  readonly actor?: string;
  readonly errorId?: string;
  readonly sinceMs?: number;
  readonly after?: ActivityPosition;
  readonly limit: number;
}

/** Newest first. `n` tells rows of one millisecond apart. */
export interface ActivityPosition {
  readonly atMs: number;
  readonly n: string;
}
