// Memory: groups of the company that look like a given one, what resolved them, and whether it held.
import type { Grouping } from '../errors/error-event.ts';
import type { AgentStore, SimilarGroup } from './agent-store.ts';
import type { Aliases } from './aliases.ts';
import { selectGroupings, selectGroups, selectGroupStates } from './queries-groups.ts';
import { selectCandidates, selectNewest } from './queries-similar.ts';
import type { Runner } from './run.ts';
import { similarity } from './similarity.ts';

/** Read and scored; the store has ranked them by what they share, so that more would bring no better ones. */
const MAX_CANDIDATES = 300;

/** Below this it is chance: two words of ten, or a frame that all of a framework's errors have. */
const MIN_SCORE = 0.2;

interface GroupingRow {
  readonly fingerprint_text: string;
  readonly grouping: string;
}

interface StatsRow {
  readonly group_id: string;
  readonly count: number | string;
  readonly last_seen_ms: number | string;
  readonly service: string;
  readonly resolved: number;
  readonly regressed: number;
}

interface NewestRow {
  readonly fingerprint_text: string;
  readonly id_text: string;
  readonly message: string;
  readonly exception_type: string;
}

interface StateRow {
  readonly fingerprint_text: string;
  readonly resolved_until_ms: number | string;
  readonly resolved_at_ms: number | string;
  readonly notes: string;
}

export function createFindSimilar(run: Runner, aliases: Aliases): Pick<AgentStore, 'findSimilar'> {
  async function findSimilar(
    companyId: number,
    fingerprint: string,
    { resolvedOnly, limit }: { readonly resolvedOnly: boolean; readonly limit: number },
  ): Promise<readonly SimilarGroup[] | undefined> {
    const own = aliases.targetOf(companyId, fingerprint);
    const except = aliases.membersOf(companyId, own);
    const groupings = await run.rows<GroupingRow>(selectGroupings(companyId, except));
    const grouping = groupings.find((row) => row.fingerprint_text === own) ?? groupings[0];
    // A group whose inputs were lost (a restored backup) is there, and looks like nothing.
    if (grouping === undefined) return (await statsOf(companyId, [own])).length === 0 ? undefined : [];
    const inputs = toInputs(grouping);
    const candidates = selectCandidates(companyId, { except, inputs, resolvedOnly, limit: MAX_CANDIDATES });
    const scores = scoresOf(companyId, inputs, await run.rows<GroupingRow>(candidates));
    const stats = await statsOf(companyId, [...scores.keys()]);
    const alike = stats
      .filter((group) => !resolvedOnly || group.resolved)
      .map((group) => ({ ...group, score: scores.get(group.group_id) ?? 0 }))
      // Equal ones stay as they come: newest first.
      .toSorted((a, b) => b.score - a.score);
    return withDetails(companyId, alike.slice(0, limit));
  }

  /** By group: what was joined to it speaks for it too. */
  function scoresOf(companyId: number, inputs: Grouping, rows: readonly GroupingRow[]): ReadonlyMap<string, number> {
    const scores = new Map<string, number>();
    for (const row of rows) {
      const group = aliases.targetOf(companyId, row.fingerprint_text);
      const score = Math.max(similarity(inputs, toInputs(row)), scores.get(group) ?? 0);
      if (score >= MIN_SCORE) scores.set(group, score);
    }
    return scores;
  }

  /** A group that has no error left (retention) is not among them. */
  async function statsOf(companyId: number, groups: readonly string[]): Promise<readonly StatsRow[]> {
    if (groups.length === 0) return [];
    const fingerprints = groups.flatMap((group) => aliases.membersOf(companyId, group));
    return run.rows<StatsRow>(selectGroups({ companyId, fingerprints, limit: groups.length }));
  }

  async function withDetails(
    companyId: number,
    groups: readonly (StatsRow & { readonly score: number })[],
  ): Promise<readonly SimilarGroup[]> {
    if (groups.length === 0) return [];
    const ids = groups.map((group) => group.group_id);
    const members = ids.flatMap((id) => aliases.membersOf(companyId, id));
    const times = groups.map((group) => Number(group.last_seen_ms));
    const [newest, states] = await Promise.all([
      run.rows<NewestRow>(selectNewest(companyId, members, times)),
      run.rows<StateRow>(selectGroupStates(companyId, ids)),
    ]);
    const stateOf = new Map(states.map((state) => [state.fingerprint_text, state]));
    // Newest first, hence the last entry of a group is the oldest: turned round, its newest stands.
    const newestOf = new Map(
      newest.toReversed().map((error) => [aliases.targetOf(companyId, error.fingerprint_text), error]),
    );
    return groups.map((group) => toSimilar(group, newestOf.get(group.group_id), stateOf.get(group.group_id)));
  }

  return { findSimilar };
}

function toInputs(row: GroupingRow): Grouping {
  return JSON.parse(row.grouping) as Grouping;
}

/** What resolved it is told also when it came back: that it did not hold is worth knowing. */
function toSimilar(
  group: StatsRow & { readonly score: number },
  newest: NewestRow | undefined,
  state: StateRow | undefined,
): SimilarGroup {
  const wasResolved = state !== undefined && Number(state.resolved_until_ms) > 0;
  return {
    fingerprint: group.group_id,
    score: group.score,
    service: group.service,
    exceptionType: newest?.exception_type ?? '',
    message: newest?.message ?? '',
    errorId: newest?.id_text ?? '',
    count: Number(group.count),
    lastSeenMs: Number(group.last_seen_ms),
    resolved: Boolean(group.resolved),
    resolutionNotes: wasResolved ? state.notes : undefined,
    resolvedAtMs: wasResolved ? Number(state.resolved_at_ms) : undefined,
    regressed: Boolean(group.regressed),
  };
}
