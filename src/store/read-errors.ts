// Questions about single errors and lists of them.
import type { ErrorEvent, Grouping } from '../errors/error-event.ts';
import type { Aliases } from './aliases.ts';
import type { ErrorPage, ErrorQuery, ErrorStore, StoredError } from './error-store.ts';
import { selectGroupings, selectGroupStates } from './queries-groups.ts';
import {
  countErrors,
  selectError,
  selectErrors,
  selectErrorState,
  selectStoredAfter,
  selectTrace,
  selectTwin,
} from './queries.ts';
import { toStoredError, unknownGrouping } from './rows.ts';
import type { ErrorRow } from './rows.ts';
import type { Runner } from './run.ts';

type ErrorReads = Pick<ErrorStore, 'listErrors' | 'getError' | 'listTraceNeighbours' | 'listStoredAfter'>;

export function createErrorReads(run: Runner, aliases: Aliases): ErrorReads {
  async function listErrors(query: ErrorQuery): Promise<ErrorPage> {
    const { fingerprint, ...rest } = query;
    const filter =
      fingerprint === undefined ? rest : { ...rest, fingerprints: aliases.membersOf(query.companyId, fingerprint) };
    const [rows, totals] = await Promise.all([
      // One more than asked for tells whether there is a next page.
      run.rows<ErrorRow>(selectErrors({ ...filter, limit: query.limit + 1 })),
      run.rows<{ total: number | string }>(countErrors(filter)),
    ]);
    const errors = withoutRaces(rows).slice(0, query.limit).map(toListed);
    const last = errors.at(-1);
    const next =
      rows.length > query.limit && last !== undefined ? { timestampMs: last.timestampMs, id: last.id } : undefined;
    return { total: Number(totals[0]?.total ?? 0), errors, next };
  }

  async function getError(companyId: number, id: string): Promise<StoredError | undefined> {
    const [row] = await run.rows<ErrorRow>(selectError(companyId, id));
    if (row === undefined) return undefined;
    const fingerprint = aliases.targetOf(companyId, row.fingerprint_text);
    const [groupings, groupStates, ownStates, twins] = await Promise.all([
      run.rows<{ grouping: string }>(selectGroupings(companyId, [fingerprint])),
      run.rows<{ notes: string }>(selectGroupStates(companyId, [row.fingerprint_text])),
      run.rows<{ state: string; notes: string }>(selectErrorState(companyId, id)),
      run.rows<{ event: string }>(selectTwin(companyId, id)),
    ]);
    const grouping =
      groupings[0] === undefined
        ? unknownGrouping(fingerprint, row.service)
        : (JSON.parse(groupings[0].grouping) as Grouping);
    const own = ownStates[0]?.state === 'resolved' ? ownStates[0].notes : undefined;
    const stored = { ...toStoredError(row, grouping, own ?? groupStates[0]?.notes), fingerprint };
    return twins[0] === undefined ? stored : enriched(stored, JSON.parse(twins[0].event) as ErrorEvent);
  }

  function toListed(row: ErrorRow): StoredError {
    const fingerprint = aliases.targetOf(row.company_id, row.fingerprint_text);
    return { ...toStoredError(row, unknownGrouping(fingerprint, row.service)), fingerprint };
  }

  return {
    listErrors,
    getError,
    listTraceNeighbours: async (companyId, traceId, options) =>
      traceId === ''
        ? []
        : withoutRaces(await run.rows<ErrorRow>(selectTrace(companyId, traceId, options))).map(toListed),
    listStoredAfter: async (companyId, position, limit) =>
      (await run.rows<ErrorRow>(selectStoredAfter(companyId, position, limit))).map(toListed),
  };
}

/** Two processors that store one occurrence at one moment leave two equal rows until parts merge. */
function withoutRaces(rows: readonly ErrorRow[]): readonly ErrorRow[] {
  const seen = new Set<string>();
  return rows.filter((row) => !seen.has(row.id_text) && seen.add(row.id_text));
}

/** What the richer twin knows and the stored row does not; the row's place in time and in its group stays. */
function enriched(stored: StoredError, twin: ErrorEvent): StoredError {
  return {
    ...stored,
    message: stored.message === '' ? twin.message : stored.message,
    stackTrace: stored.stackTrace === '' ? twin.stackTrace : stored.stackTrace,
    exceptionType: stored.exceptionType === '' ? twin.exceptionType : stored.exceptionType,
    details: { ...twin.details, ...stored.details },
    source: twin.source,
    grouping: twin.grouping,
  };
}
