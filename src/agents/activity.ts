// Who called what: one row for every call of an agent, and for every change that anybody asked for.
import type { ActivityRow } from '../store/agent-store.ts';

export interface Activity extends ActivityRow {
  readonly via: 'rest' | 'mcp';
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
