// Which releases sent errors. A deploy that brought none is not known here.
import type { ErrorStore } from './error-store.ts';
import { selectReleases } from './queries-releases.ts';
import type { Runner } from './run.ts';

interface ReleaseRow {
  readonly service: string;
  readonly environment: string;
  readonly release: string;
  readonly first_seen_ms: number | string;
  readonly last_seen_ms: number | string;
  readonly count: number | string;
  readonly total: number | string;
}

export function createReleaseReads(run: Runner): ErrorStore['listReleases'] {
  return async (query) => {
    const rows = await run.rows<ReleaseRow>(selectReleases(query));
    return {
      total: Number(rows[0]?.total ?? 0),
      releases: rows.map((row) => ({
        service: row.service,
        environment: row.environment,
        release: row.release,
        firstSeenMs: Number(row.first_seen_ms),
        lastSeenMs: Number(row.last_seen_ms),
        count: Number(row.count),
      })),
    };
  };
}
