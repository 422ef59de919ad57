// Which groups an attempt acted on, when last, and whether it worked: an error's and a group's two `auto_fix` fields follow
// from it. Asked beside the rows of a page; not asked at all while no attempt ever acted and nobody else writes.
import type { Aliases } from './aliases.ts';
import type { StoredError } from './error-store.ts';
import { selectActed, selectFixMarks } from './queries-attempts.ts';
import type { Runner } from './run.ts';

export interface FixMark {
  /** The last attempt that acted on the group; 0: none. */
  readonly actedAtMs: number;
  /** The last of those that succeeded and did not relapse; 0: none. */
  readonly succeededAtMs: number;
}

export interface FixMarks {
  /** By the group's fingerprint, also where the attempt knew it under another. */
  of(companyId: number, fingerprints: readonly string[]): Promise<(fingerprint: string) => FixMark>;
  /** An attempt that acted is about to be stored. */
  expect(): void;
}

const NEVER: FixMark = { actedAtMs: 0, succeededAtMs: 0 };

interface MarkRow {
  readonly fingerprint_text: string;
  readonly last_acted_ms: number | string;
  readonly succeeded_ms: number | string;
}

/** `alone`: no other process writes to this store. */
export function createFixMarks(run: Runner, aliases: Aliases, alone: boolean): FixMarks {
  let acted: Promise<boolean> | undefined = alone ? undefined : Promise.resolve(true);

  function everActed(): Promise<boolean> {
    acted ??= run.rows(selectActed()).then(
      (rows) => rows.length > 0,
      (failure: unknown) => {
        acted = undefined;
        throw failure;
      },
    );
    return acted;
  }

  async function of(companyId: number, fingerprints: readonly string[]): Promise<(fingerprint: string) => FixMark> {
    if (fingerprints.length === 0 || !(await everActed())) return () => NEVER;
    const groups = new Set(fingerprints.map((fingerprint) => aliases.targetOf(companyId, fingerprint)));
    const members = [...groups].flatMap((group) => aliases.membersOf(companyId, group));
    const marks = new Map<string, FixMark>();
    for (const row of await run.rows<MarkRow>(selectFixMarks(companyId, members))) {
      const group = aliases.targetOf(companyId, row.fingerprint_text);
      const { actedAtMs, succeededAtMs } = marks.get(group) ?? NEVER;
      marks.set(group, {
        actedAtMs: Math.max(actedAtMs, Number(row.last_acted_ms)),
        succeededAtMs: Math.max(succeededAtMs, Number(row.succeeded_ms)),
      });
    }
    return (fingerprint) => marks.get(aliases.targetOf(companyId, fingerprint)) ?? NEVER;
  }

  return { of, expect: () => void (acted = Promise.resolve(true)) };
}

/** What acted before an error came was not for it. */
export function withFixMark(error: StoredError, { actedAtMs, succeededAtMs }: FixMark): StoredError {
  return {
    ...error,
    autoFixAttempted: actedAtMs > 0 && actedAtMs >= error.timestampMs,
    autoFixSuccessful: succeededAtMs > 0 && succeededAtMs >= error.timestampMs,
  };
}
