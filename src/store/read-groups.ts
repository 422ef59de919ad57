// Questions about groups and rates.
import type { ErrorType, Grouping } from '../errors/error-event.ts';
import type { Aliases } from './aliases.ts';
import type { ErrorStore, Group, GroupPage, GroupQuery, TrendQuery } from './error-store.ts';
import type { FixMarks } from './fix-marks.ts';
import {
  countGroups,
  selectGroupings,
  selectGroups,
  selectGroupStates,
  selectGroupTrend,
  selectMessages,
  selectRegressions,
} from './queries-groups.ts';
import { countTrend } from './queries.ts';
import { createReleaseReads } from './read-releases.ts';
import { toSeverity, unknownGrouping } from './rows.ts';
import type { Runner } from './run.ts';

type GroupReads = Pick<ErrorStore, 'listGroups' | 'getGroup' | 'countTrend' | 'listReleases'>;

interface GroupRow {
  readonly group_id: string;
  readonly count: number | string;
  readonly first_seen_ms: number | string;
  readonly last_seen_ms: number | string;
  readonly service: string;
  readonly severity_text: string;
  readonly error_type: string;
  readonly releases: readonly string[];
  readonly environments: readonly string[];
  readonly resolved: number;
  readonly regressed: number;
}

interface StateRow {
  readonly fingerprint_text: string;
  readonly resolved_until_ms: number | string;
  readonly resolved_at_ms: number | string;
  readonly notes: string;
}

interface RegressionRow {
  readonly fingerprint_text: string;
  readonly at_ms: number | string;
}

const DAY_MS = 86_400_000;

interface ReadDeps {
  readonly run: Runner;
  readonly aliases: Aliases;
  readonly fixMarks: FixMarks;
  readonly now: () => number;
}

export function createGroupReads({ run, aliases, fixMarks, now }: ReadDeps): GroupReads {
  /** With the fingerprints that were joined to them. */
  function withMembers<Asked extends GroupQuery | TrendQuery>(query: Asked): Asked {
    const { companyId, fingerprints } = query;
    if (fingerprints === undefined) return query;
    return {
      ...query,
      fingerprints: fingerprints.flatMap((one) => aliases.membersOf(companyId, aliases.targetOf(companyId, one))),
    };
  }

  async function listGroups(asked: GroupQuery): Promise<GroupPage> {
    const query = withMembers(asked);
    const [rows, totals] = await Promise.all([
      run.rows<GroupRow>(selectGroups({ ...query, limit: query.limit + 1 })),
      run.rows<{ total: number | string }>(countGroups(query)),
    ]);
    const groups = await withInputs(query.companyId, rows.slice(0, query.limit));
    const last = groups.at(-1);
    const next =
      rows.length > query.limit && last !== undefined
        ? { lastSeenMs: last.lastSeenMs, fingerprint: last.fingerprint }
        : undefined;
    return { total: Number(totals[0]?.total ?? 0), groups, next };
  }

  async function getGroup(companyId: number, fingerprint: string): Promise<Group | undefined> {
    const target = aliases.targetOf(companyId, fingerprint);
    const fingerprints = aliases.membersOf(companyId, target);
    const rows = await run.rows<GroupRow>(selectGroups({ companyId, fingerprints, limit: 1 }));
    const [group] = await withInputs(companyId, rows);
    if (group === undefined) return undefined;
    const trend = await run.rows<{ start_ms: number | string; count: number | string }>(
      selectGroupTrend(companyId, fingerprints, now() - DAY_MS),
    );
    return {
      ...group,
      trend: trend.map((point) => ({ startMs: Number(point.start_ms), count: Number(point.count) })),
    };
  }

  /** Adds what the roll-up does not hold: the fingerprint's inputs, a message, the resolution. */
  async function withInputs(companyId: number, rows: readonly GroupRow[]): Promise<readonly Group[]> {
    if (rows.length === 0) return [];
    const ids = rows.map((row) => row.group_id);
    const members = ids.flatMap((id) => aliases.membersOf(companyId, id));
    const newest = rows.map((row) => Number(row.last_seen_ms));
    const [groupings, states, messages, marks, cameBackMs] = await Promise.all([
      run.rows<{ fingerprint_text: string; grouping: string }>(selectGroupings(companyId, ids)),
      run.rows<StateRow>(selectGroupStates(companyId, ids)),
      run.rows<{ fingerprint_text: string; message: string; exception_type: string; id_text: string }>(
        selectMessages(companyId, members, newest),
      ),
      fixMarks.of(companyId, ids, 0),
      regressionsOf(
        companyId,
        rows.filter(({ regressed }) => regressed).map((row) => row.group_id),
      ),
    ]);
    const groupingOf = new Map(groupings.map((row) => [row.fingerprint_text, JSON.parse(row.grouping) as Grouping]));
    const stateOf = new Map(states.map((row) => [row.fingerprint_text, row]));
    const messageOf = new Map(messages.map((row) => [aliases.targetOf(companyId, row.fingerprint_text), row]));
    return rows.map((row) => {
      const state = stateOf.get(row.group_id);
      const resolvedUntilMs = Number(state?.resolved_until_ms ?? 0);
      const resolved = Boolean(row.resolved);
      const mark = marks(row.group_id);
      return {
        fingerprint: row.group_id,
        grouping: groupingOf.get(row.group_id) ?? unknownGrouping(row.group_id, row.service),
        service: row.service,
        exceptionType: messageOf.get(row.group_id)?.exception_type ?? '',
        message: messageOf.get(row.group_id)?.message ?? '',
        errorId: messageOf.get(row.group_id)?.id_text ?? '',
        // Only what errors/ classified was stored.
        errorType: row.error_type as ErrorType,
        severity: toSeverity(row.severity_text),
        count: Number(row.count),
        firstSeenMs: Number(row.first_seen_ms),
        lastSeenMs: Number(row.last_seen_ms),
        releases: row.releases,
        environments: row.environments,
        resolved,
        resolutionNotes: resolved ? (state?.notes ?? '') : undefined,
        resolvedAtMs: resolvedUntilMs === 0 ? undefined : Number(state?.resolved_at_ms),
        regressed: Boolean(row.regressed),
        regressedAtMs: cameBackMs.get(row.group_id),
        autoFixAttempted: mark.actedAtMs > 0,
        autoFixSuccessful: mark.succeededAtMs > 0,
        trend: [],
      };
    });
  }

  /** By group, the first error after its resolution; of several fingerprints the earliest. */
  async function regressionsOf(companyId: number, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (ids.length === 0) return new Map();
    const members = ids.flatMap((id) => aliases.membersOf(companyId, id));
    const found = new Map<string, number>();
    for (const row of await run.rows<RegressionRow>(selectRegressions(companyId, members))) {
      const group = aliases.targetOf(companyId, row.fingerprint_text);
      found.set(group, Math.min(found.get(group) ?? Number.POSITIVE_INFINITY, Number(row.at_ms)));
    }
    return found;
  }

  return {
    listGroups,
    getGroup,
    listReleases: createReleaseReads(run),
    countTrend: async (query) =>
      (
        await run.rows<{ start_ms: number | string; key: string; count: number | string }>(
          countTrend(withMembers(query)),
        )
      ).map((row) => ({
        startMs: Number(row.start_ms),
        key: query.groupBy === 'fingerprint' ? aliases.targetOf(query.companyId, row.key) : row.key,
        count: Number(row.count),
      })),
  };
}
