// What is resolved, of one company: the same for every question until somebody changes it. Kept in memory where this
// process alone writes, because reading it again costs 4 ms in each query of a list.
import { selectState } from './queries.ts';
import type { KnownState } from './queries.ts';
import type { ErrorRow } from './rows.ts';
import type { Runner } from './run.ts';

export interface KnownStates {
  /** undefined: too much to send along with a query, which then reads it itself. */
  of(companyId: number): Promise<KnownState | undefined>;
  /** To be called after each change. */
  forget(companyId: number): void;
}

/** Entries that go into the text of a query: 40 KB. */
const MAX_ENTRIES = 1_000;

export function createKnownStates(run: Runner): KnownStates {
  const loaded = new Map<number, Promise<KnownState | undefined>>();

  async function load(companyId: number): Promise<KnownState | undefined> {
    const [row] = await run.rows<StateRow>(selectState(companyId, MAX_ENTRIES));
    if (row === undefined || row.groups.length + row.resolved.length + row.open.length > MAX_ENTRIES) return undefined;
    return { groups: row.groups, untilMs: row.until_ms.map(Number), resolved: row.resolved, open: row.open };
  }

  return {
    of: (companyId) => {
      // What a change overtakes while it loads was forgotten by then: the next question loads anew.
      const known = loaded.get(companyId) ?? load(companyId);
      loaded.set(companyId, known);
      known.catch(() => loaded.delete(companyId));
      return known;
    },
    forget: (companyId) => void loaded.delete(companyId),
  };
}

/** As RESOLVED of queries.ts says it. */
export function resolvedBy(
  state: KnownState,
): (row: Pick<ErrorRow, 'id_text' | 'fingerprint_text' | 'timestamp_ms'>) => boolean {
  const untilMs = new Map(state.groups.map((group, index) => [group, state.untilMs[index] ?? 0]));
  const resolved = new Set(state.resolved);
  const open = new Set(state.open);
  return ({ id_text: id, fingerprint_text: group, timestamp_ms: ms }) =>
    resolved.has(id) || (Number(ms) <= (untilMs.get(group) ?? 0) && !open.has(id));
}

interface StateRow {
  readonly groups: readonly string[];
  readonly until_ms: readonly (number | string)[];
  readonly resolved: readonly string[];
  readonly open: readonly string[];
}
