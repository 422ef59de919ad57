// Resolve and reopen. Rows never change: a group's state is "resolved up to a time", so that a later error opens it
// again by itself, and an error that was under way when somebody resolved the group is no regression.
import type { Aliases } from './aliases.ts';
import type { ErrorStore, Resolution, ResolutionScope, StoredError } from './error-store.ts';
import { clearErrorStates, resolveAhead } from './queries.ts';
import { toDateTime64 } from './rows.ts';
import type { Runner } from './run.ts';

export interface StateDeps {
  readonly run: Runner;
  readonly aliases: Aliases;
  readonly now: () => number;
  readonly getError: ErrorStore['getError'];
  readonly onChange: (companyId: number) => void;
}

type StateChanges = Pick<ErrorStore, 'resolve' | 'reopen'>;

export function createStateChanges({ run, aliases, now, getError, onChange }: StateDeps): StateChanges {
  let lastVersion = 0;

  async function resolve(companyId: number, id: string, resolution: Resolution): Promise<StoredError | undefined> {
    const error = await getError(companyId, id);
    if (error === undefined) return undefined;
    await change(error, () =>
      resolution.scope === 'error' ? setError(error, 'resolved', resolution) : setGroup(error, now(), resolution),
    );
    return getError(companyId, id);
  }

  async function reopen(companyId: number, id: string, scope: ResolutionScope): Promise<StoredError | undefined> {
    const error = await getError(companyId, id);
    if (error === undefined) return undefined;
    const nobody = { notes: '', by: '' };
    await change(error, () => (scope === 'error' ? setError(error, 'open', nobody) : setGroup(error, 0, nobody)));
    return getError(companyId, id);
  }

  /** What failed half-way may be stored all the same. */
  async function change({ companyId }: StoredError, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } finally {
      onChange(companyId);
    }
  }

  async function setError(
    error: StoredError,
    state: 'resolved' | 'open',
    { notes, by }: Pick<Resolution, 'notes' | 'by'>,
  ): Promise<void> {
    await run.insert(
      'error_state',
      ['company_id', 'id', 'version', 'state', 'timestamp', 'fingerprint', 'notes', 'changed_by'],
      [
        [
          error.companyId,
          error.id,
          nextVersion(),
          state,
          toDateTime64(error.timestampMs),
          error.fingerprint,
          notes,
          by,
        ],
      ],
    );
  }

  async function setGroup(
    error: StoredError,
    resolvedUntilMs: number,
    { notes, by }: Pick<Resolution, 'notes' | 'by'>,
  ): Promise<void> {
    const members = aliases.membersOf(error.companyId, error.fingerprint);
    const version = nextVersion();
    await run.insert(
      'group_state',
      ['company_id', 'fingerprint', 'version', 'resolved_until', 'resolved_at', 'notes', 'changed_by'],
      members.map((member) => [
        error.companyId,
        member,
        version,
        toDateTime64(resolvedUntilMs),
        toDateTime64(now()),
        notes,
        by,
      ]),
    );
    await run.command(clearErrorStates(error.companyId, members, version));
    if (resolvedUntilMs === 0) return;
    const ahead = { afterMs: resolvedUntilMs, version: nextVersion(), notes, by };
    await run.command(resolveAhead(error.companyId, members, ahead));
  }

  /** Rising within the process, and by the clock between processes: the later change wins. */
  function nextVersion(): number {
    lastVersion = Math.max(now() * 1000, lastVersion + 1);
    return lastVersion;
  }

  return { resolve, reopen };
}
