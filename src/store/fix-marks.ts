// Which groups an attempt acted on, when last, and whether it worked: an error's and a group's two `auto_fix` fields follow
// from it. Kept in memory where this process alone writes: asked anew for each page it costs 5 ms of the 25 of a list.
import type { Aliases } from './aliases.ts';
import type { StoredError } from './error-store.ts';
import { selectFixMarks } from './queries-attempts.ts';
import type { Runner } from './run.ts';

export interface FixMark {
  /** The last attempt that acted on the group; 0: none. */
  readonly actedAtMs: number;
  /** The last of those that succeeded and did not relapse; 0: none. */
  readonly succeededAtMs: number;
}

export type FixMarkOf = (fingerprint: string) => FixMark;

export interface FixMarks {
  /** Of what acted since then, by the group's fingerprint, also where the attempt knew it under another. */
  of(companyId: number, fingerprints: readonly string[], sinceMs: number): Promise<FixMarkOf>;
  /** To be called after an attempt that acted was stored. */
  forget(companyId: number): void;
}

type Marks = ReadonlyMap<string, FixMark>;

const NEVER: FixMark = { actedAtMs: 0, succeededAtMs: 0 };

/** Groups of one company in memory; with more, those of a page are asked for. */
const MAX_KEPT = 10_000;

interface MarkRow {
  readonly fingerprint_text: string;
  readonly last_acted_ms: number | string;
  readonly succeeded_ms: number | string;
}

/** `alone`: no other process writes to this store. */
export function createFixMarks(run: Runner, aliases: Aliases, alone: boolean): FixMarks {
  const kept = new Map<number, Promise<Marks>>();

  async function of(companyId: number, fingerprints: readonly string[], sinceMs: number): Promise<FixMarkOf> {
    if (fingerprints.length === 0) return () => NEVER;
    const all = alone ? await keptOf(companyId) : undefined;
    const groups = new Set(fingerprints.map((fingerprint) => aliases.targetOf(companyId, fingerprint)));
    const members = [...groups].flatMap((group) => aliases.membersOf(companyId, group));
    const marks =
      all !== undefined && all.size < MAX_KEPT
        ? all
        : toMarks(await run.rows(selectFixMarks(companyId, { fingerprints: members, sinceMs }, members.length)));
    return (fingerprint) =>
      aliases
        .membersOf(companyId, aliases.targetOf(companyId, fingerprint))
        .map((member) => marks.get(member) ?? NEVER)
        .reduce(later);
  }

  function keptOf(companyId: number): Promise<Marks> {
    const marks =
      kept.get(companyId) ?? run.rows<MarkRow>(selectFixMarks(companyId, undefined, MAX_KEPT)).then(toMarks);
    kept.set(companyId, marks);
    marks.catch(() => kept.delete(companyId));
    return marks;
  }

  return { of, forget: (companyId) => void kept.delete(companyId) };
}

function toMarks(rows: readonly MarkRow[]): Marks {
  return new Map(
    rows.map((row) => [
      row.fingerprint_text,
      { actedAtMs: Number(row.last_acted_ms), succeededAtMs: Number(row.succeeded_ms) },
    ]),
  );
}

function later(one: FixMark, other: FixMark): FixMark {
  return {
    actedAtMs: Math.max(one.actedAtMs, other.actedAtMs),
    succeededAtMs: Math.max(one.succeededAtMs, other.succeededAtMs),
  };
}

/** What acted before an error came was not for it. */
export function withFixMark(error: StoredError, { actedAtMs, succeededAtMs }: FixMark): StoredError {
  return {
    ...error,
    autoFixAttempted: actedAtMs > 0 && actedAtMs >= error.timestampMs,
    autoFixSuccessful: succeededAtMs > 0 && succeededAtMs >= error.timestampMs,
  };
}
