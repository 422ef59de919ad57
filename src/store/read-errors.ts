// Questions about single errors and lists of them.
import type { ErrorEvent, Grouping } from '../errors/error-event.ts';
import type { Aliases } from './aliases.ts';
import { resolvedBy } from './known-state.ts';
import type { KnownStates } from './known-state.ts';
import { withFixMark } from './fix-marks.ts';
import type { FixMarkOf, FixMarks } from './fix-marks.ts';
import type { ErrorPage, ErrorQuery, ErrorStore, Position, StoredError } from './error-store.ts';
import { selectGroupings, selectGroupStates } from './queries-groups.ts';
import { countByWords, countHours } from './queries-counts.ts';
import { selectError, selectErrorState, selectPage, selectStoredAfter, selectTrace, selectTwin } from './queries.ts';
import type { ErrorFilter } from './queries.ts';
import { toStoredError, unknownGrouping } from './rows.ts';
import type { ErrorRow } from './rows.ts';
import type { Runner } from './run.ts';

type PageQuery = ErrorQuery & ErrorFilter;

interface HourRow {
  /** -1: what lies in no whole hour. */
  readonly hour_ms: number | string;
  readonly count: number | string;
}

interface KeyRow {
  readonly id_text: string;
  readonly timestamp_ms: number | string;
  readonly fingerprint_text: string;
}

type Key = Position & { readonly fingerprint: string };

const HOUR_MS = 3_600_000;

type ErrorReads = Pick<ErrorStore, 'listErrors' | 'getError' | 'listTraceNeighbours' | 'listStoredAfter'>;

interface ReadDeps {
  readonly run: Runner;
  readonly aliases: Aliases;
  /** undefined where other processes may change them. */
  readonly states: KnownStates | undefined;
  readonly fixMarks: FixMarks;
}

export function createErrorReads({ run, aliases, states, fixMarks }: ReadDeps): ErrorReads {
  async function listErrors(query: ErrorQuery): Promise<ErrorPage> {
    const { fingerprint, ...rest } = query;
    const filter =
      fingerprint === undefined ? rest : { ...rest, fingerprints: aliases.membersOf(query.companyId, fingerprint) };
    // One more than asked for tells whether there is a next page.
    const state = await states?.of(query.companyId);
    const page = { ...filter, state, limit: query.limit + 1 };
    const { total, fromMs } = await count(page);
    const rows = await findPage(page, fromMs);
    const shown = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? shown.at(-1) : undefined;
    return {
      total,
      errors: await listed(query.companyId, withoutRaces(shown)),
      next: last === undefined ? undefined : { id: last.id_text, timestampMs: Number(last.timestamp_ms) },
    };
  }

  async function findPage(page: PageQuery, fromMs: number | undefined): Promise<readonly ErrorRow[]> {
    const rows = await run.rows<Omit<ErrorRow, 'resolved'> & Partial<ErrorRow>>(selectPage(page, fromMs));
    // Errors resolved one by one count in the roll-up: then the bound was too tight.
    if (rows.length < page.limit && fromMs !== undefined) return findPage(page, undefined);
    const isResolved = page.state === undefined ? undefined : resolvedBy(page.state);
    return rows.map((row) => ({ ...row, resolved: row.resolved ?? page.resolved ?? isResolved?.(row) ?? false }));
  }

  /** The total, and a time before which no error of this page can be. */
  async function count(page: PageQuery): Promise<{ total: number; fromMs: number | undefined }> {
    const { limit: _limit, after, ...filter } = page;
    if (filter.text !== undefined) {
      const [counted] = await run.rows<{ total: number | string }>(countByWords(filter));
      return { total: Number(counted?.total ?? 0), fromMs: undefined };
    }
    const rows = await run.rows<HourRow>(countHours(filter));
    const counts = rows.map((row) => ({ hourMs: Number(row.hour_ms), count: Number(row.count) }));
    const hours = counts.filter(({ hourMs }) => hourMs >= 0).toSorted((a, b) => b.hourMs - a.hourMs);
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    return { total, fromMs: earliestOf(hours, page.limit, after?.timestampMs) };
  }

  async function getError(companyId: number, id: string): Promise<StoredError | undefined> {
    const [row] = await run.rows<ErrorRow>(selectError(companyId, id));
    if (row === undefined) return undefined;
    const fingerprint = aliases.targetOf(companyId, row.fingerprint_text);
    const [groupings, groupStates, ownStates, twins, marks] = await Promise.all([
      run.rows<{ grouping: string }>(selectGroupings(companyId, [fingerprint])),
      run.rows<{ notes: string }>(selectGroupStates(companyId, [row.fingerprint_text])),
      run.rows<{ state: string; notes: string }>(selectErrorState(companyId, id)),
      run.rows<{ event: string }>(selectTwin(companyId, id)),
      fixMarks.of(companyId, [fingerprint], Number(row.timestamp_ms)),
    ]);
    const grouping =
      groupings[0] === undefined
        ? unknownGrouping(fingerprint, row.service)
        : (JSON.parse(groupings[0].grouping) as Grouping);
    const own = ownStates[0]?.state === 'resolved' ? ownStates[0].notes : undefined;
    const bare = { ...toStoredError(row, grouping, own ?? groupStates[0]?.notes), fingerprint };
    const stored = withFixMark(bare, marks(fingerprint));
    return twins[0] === undefined ? stored : enriched(stored, JSON.parse(twins[0].event) as ErrorEvent);
  }

  async function listed(companyId: number, rows: readonly ErrorRow[]): Promise<readonly StoredError[]> {
    const marks = await marksOf(companyId, rows.map(toKey));
    return rows.map((row) => toListed(row, marks));
  }

  /** What acted before the oldest of them was for none of them. */
  function marksOf(companyId: number, keys: readonly Key[]): Promise<FixMarkOf> {
    const groups = new Set(keys.map((key) => key.fingerprint));
    return fixMarks.of(companyId, [...groups], Math.min(...keys.map((key) => key.timestampMs)));
  }

  function toListed(row: ErrorRow, marks: FixMarkOf): StoredError {
    const fingerprint = aliases.targetOf(row.company_id, row.fingerprint_text);
    const bare = { ...toStoredError(row, unknownGrouping(fingerprint, row.service)), fingerprint };
    return withFixMark(bare, marks(fingerprint));
  }

  return {
    listErrors,
    getError,
    listTraceNeighbours: async (companyId, traceId, options) =>
      traceId === ''
        ? []
        : listed(companyId, withoutRaces(await run.rows<ErrorRow>(selectTrace(companyId, traceId, options)))),
    listStoredAfter: async (companyId, position, limit) =>
      listed(companyId, await run.rows<ErrorRow>(selectStoredAfter(companyId, position, limit))),
  };
}

function toKey(row: KeyRow): Key {
  return { id: row.id_text, timestampMs: Number(row.timestamp_ms), fingerprint: row.fingerprint_text };
}

/** The start of the hour from which on the whole hours hold `limit` errors. */
function earliestOf(
  hours: readonly { hourMs: number; count: number }[],
  limit: number,
  beforeMs = Number.POSITIVE_INFINITY,
): number | undefined {
  let held = 0;
  for (const hour of hours) {
    // The hour in which the page before ended counts for nothing: part of it was shown.
    if (hour.hourMs + HOUR_MS > beforeMs) continue;
    held += hour.count;
    if (held >= limit) return hour.hourMs;
  }
  return undefined;
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
