// All SQL that reads or changes data. Values only as {name:Type}; company_id is bound in each by `scoped`; LIMIT always.
//
// A row is resolved when its own state says so, else when it is not later than its group's `resolved_until`. The two
// lookups are scalar sub-queries (`state`), small next to the rows, so that "newest first" still reads the end of the
// table only: a JOIN would read all of it.
import { toDateTime64 } from './rows.ts';
import type { ErrorFilter as Filter, ErrorQuery, StreamPosition, TrendQuery } from './error-store.ts';

/** `fingerprints`: a group's own and those aliased to it; the store fills it in from `fingerprint`. */
export interface ErrorFilter extends Filter {
  readonly fingerprints?: readonly string[];
  /** Given: the query does not read it. */
  readonly state?: KnownState | undefined;
}

/** Groups that are resolved, up to when, in the same order; ids of single errors that differ from their group. */
export interface KnownState {
  readonly groups: readonly string[];
  readonly untilMs: readonly number[];
  readonly resolved: readonly string[];
  readonly open: readonly string[];
}

export interface Query {
  readonly query: string;
  readonly query_params: Readonly<Record<string, unknown>>;
}

export const ERROR_COLUMNS = [
  'company_id',
  'timestamp',
  'id',
  'received_at',
  'fingerprint',
  'service',
  'severity',
  'error_type',
  'exception_type',
  'message',
  'stack_trace',
  'details',
  'handled',
  'environment',
  'release',
  'host',
  'container_id',
  'trace_id',
  'span_id',
  'source',
  'richness',
] as const;

const MINUTE_MS = 60_000;

const STATE = `WITH
  (SELECT (groupArray(fingerprint), groupArray(resolved_until)) FROM group_state FINAL
    WHERE company_id = {company:UInt32} AND resolved_until > toDateTime64(0, 3, 'UTC')) AS group_until,
  (SELECT (groupArrayIf(id, state = 'resolved'), groupArrayIf(id, state = 'open')) FROM error_state FINAL
    WHERE company_id = {company:UInt32}) AS own_state`;
const KNOWN_STATE = `WITH
  ({state_groups:Array(FixedString(32))}, {state_until:Array(DateTime64(3, 'UTC'))}) AS group_until,
  ({state_resolved:Array(UUID)}, {state_open:Array(UUID)}) AS own_state`;
export const UNTIL = `transform(fingerprint, group_until.1, group_until.2, toDateTime64(0, 3, 'UTC'))`;
export const GROUP_RESOLVED = `(timestamp <= ${UNTIL})`;
export const RESOLVED = `((${GROUP_RESOLVED} AND NOT has(own_state.2, id)) OR has(own_state.1, id))`;
const WORDS = `lowerUTF8(concat(exception_type, ' ', message))`;
const MS = (column: string) => `toUnixTimestamp64Milli(${column})`;
export const AT = (name: string) => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`;

const LIST_COLUMNS = `company_id, toString(id) AS id_text, ${MS('timestamp')} AS timestamp_ms, ${MS('received_at')} AS received_at_ms,
  toString(fingerprint) AS fingerprint_text, service, toString(severity) AS severity_text, error_type, exception_type, message,
  handled, environment, release, host, container_id, trace_id, span_id, source, richness`;

/**
 * The newest errors of a filter. `fromMs`: what is older is surely not on this page. `resolved` is a column only where neither
 * the filter nor the known state tells it.
 */
export function selectPage({ limit, after, ...filter }: ErrorQuery & ErrorFilter, fromMs: number | undefined): Query {
  const { where, params } = scoped(filter);
  if (after !== undefined) {
    where.push(`timestamp <= ${AT('after_ms')}`, `(timestamp, id) < (${AT('after_ms')}, {after_id:UUID})`);
    Object.assign(params, { after_ms: after.timestampMs, after_id: after.id });
  }
  if (fromMs !== undefined) {
    where.push(`timestamp >= ${AT('from_ms')}`);
    Object.assign(params, { from_ms: fromMs });
  }
  const isAsked = filter.resolved === undefined && filter.state === undefined;
  const state = isAsked ? textOfState(undefined) : stateOf(filter);
  if (filter.resolved !== undefined) where.push(filter.resolved ? RESOLVED : `NOT ${RESOLVED}`);
  return {
    query: `${state.text} SELECT ${LIST_COLUMNS}${isAsked ? `, ${RESOLVED} AS resolved` : ''} FROM errors
      WHERE ${where.join(' AND ')} ORDER BY timestamp DESC, id DESC LIMIT {limit:UInt32} ${LAZY}`,
    query_params: { ...params, ...state.params, limit },
  };
}

/** Reads wide columns only for the rows that the LIMIT leaves; must be at least the largest LIMIT. */
const LAZY = 'SETTINGS query_plan_max_limit_for_lazy_materialization = 2000';

/** What stands before a SELECT whose conditions ask for `resolved`. */
export function stateOf({ resolved, state }: ErrorFilter): StateText {
  return resolved === undefined ? { text: '', params: {} } : textOfState(state);
}

interface StateText {
  readonly text: string;
  readonly params: Readonly<Record<string, unknown>>;
}

function textOfState(state: KnownState | undefined): StateText {
  if (state === undefined) return { text: STATE, params: {} };
  return {
    text: KNOWN_STATE,
    params: {
      state_groups: state.groups,
      state_until: state.untilMs.map(toDateTime64),
      state_resolved: state.resolved,
      state_open: state.open,
    },
  };
}

/** At most `limit` + 1 entries of each kind. */
export function selectState(companyId: number, limit: number): Query {
  return {
    query: `${STATE} SELECT arrayMap(f -> toString(f), arraySlice(group_until.1, 1, {limit:UInt32})) AS groups,
        arrayMap(t -> toUnixTimestamp64Milli(t), arraySlice(group_until.2, 1, {limit:UInt32})) AS until_ms,
        arrayMap(id -> toString(id), arraySlice(own_state.1, 1, {limit:UInt32})) AS resolved,
        arrayMap(id -> toString(id), arraySlice(own_state.2, 1, {limit:UInt32})) AS open
      LIMIT 1`,
    query_params: { company: companyId, limit: limit + 1 },
  };
}

/** Is it there? */
export function selectOne(): Query {
  return { query: 'SELECT 1 LIMIT 1', query_params: {} };
}

export function selectError(companyId: number, id: string): Query {
  return {
    query: `${STATE} SELECT ${LIST_COLUMNS}, stack_trace, details, ${RESOLVED} AS resolved
      FROM errors WHERE company_id = {company:UInt32} AND id = {id:UUID} LIMIT 1`,
    query_params: { company: companyId, id },
  };
}

export function selectTrace(
  companyId: number,
  traceId: string,
  { exceptId, limit }: { exceptId: string; limit: number },
): Query {
  return {
    query: `${STATE} SELECT ${LIST_COLUMNS}, ${RESOLVED} AS resolved FROM errors
      WHERE company_id = {company:UInt32} AND trace_id = {trace:String} AND id != {except:UUID}
      ORDER BY timestamp, id LIMIT {limit:UInt32}`,
    query_params: { company: companyId, trace: traceId, except: exceptId, limit },
  };
}

export function selectStoredAfter(companyId: number, position: StreamPosition, limit: number): Query {
  return {
    query: `${STATE} SELECT ${LIST_COLUMNS}, ${RESOLVED} AS resolved FROM errors
      WHERE company_id = {company:UInt32} AND received_at >= ${AT('after_ms')}
        AND (received_at, id) > (${AT('after_ms')}, {after_id:UUID})
      ORDER BY received_at, id LIMIT {limit:UInt32} ${LAZY}`,
    query_params: { company: companyId, after_ms: position.receivedAtMs, after_id: position.id, limit },
  };
}

/** Which of these ids are stored, in a window of time, or (without one) anywhere in the company's rows. */
export function selectKnown(
  companyId: number,
  ids: readonly string[],
  window?: { fromMs: number; toMs: number },
): Query {
  const time = window === undefined ? '' : ` AND timestamp >= ${AT('from_ms')} AND timestamp <= ${AT('to_ms')}`;
  return {
    query: `SELECT toString(id) AS id_text, richness, toString(fingerprint) AS fingerprint_text FROM errors
      WHERE company_id = {company:UInt32}${time} AND id IN ({ids:Array(UUID)}) LIMIT {limit:UInt32}`,
    query_params: {
      company: companyId,
      ids,
      limit: ids.length * 2,
      ...(window === undefined ? {} : { from_ms: window.fromMs, to_ms: window.toMs }),
    },
  };
}

/** What was stored lately, of all companies: the store keeps it in memory. */
export function selectRecent(fromMs: number, limit: number): Query {
  return {
    query: `SELECT company_id, toString(id) AS id_text, ${MS('timestamp')} AS timestamp_ms, richness, toString(fingerprint) AS fingerprint_text
      FROM errors WHERE timestamp >= ${AT('from_ms')} LIMIT {limit:UInt32}`,
    query_params: { from_ms: fromMs, limit },
  };
}

export function selectTwin(companyId: number, id: string): Query {
  return {
    query: `SELECT event FROM error_twins FINAL WHERE company_id = {company:UInt32} AND id = {id:UUID} LIMIT 1`,
    query_params: { company: companyId, id },
  };
}

export function selectErrorState(companyId: number, id: string): Query {
  return {
    query: `SELECT toString(state) AS state, notes FROM error_state FINAL WHERE company_id = {company:UInt32} AND id = {id:UUID} LIMIT 1`,
    query_params: { company: companyId, id },
  };
}

/** A single error's state goes back to its group's when the group is resolved or opened as a whole. */
export function clearErrorStates(companyId: number, fingerprints: readonly string[], version: number): Query {
  return {
    query: `INSERT INTO error_state SELECT company_id, id, {version:UInt64}, 'as_group', timestamp, fingerprint, '', changed_by
      FROM error_state FINAL WHERE company_id = {company:UInt32} AND state != 'as_group'
        AND fingerprint IN ({fingerprints:Array(FixedString(32))}) LIMIT 1000000`,
    query_params: { company: companyId, fingerprints, version },
  };
}

/** Errors that a sender's fast clock dates after the resolution are resolved one by one: later ones must open the group. */
export function resolveAhead(
  companyId: number,
  fingerprints: readonly string[],
  { afterMs, version, notes, by }: { afterMs: number; version: number; notes: string; by: string },
): Query {
  return {
    query: `INSERT INTO error_state SELECT company_id, id, {version:UInt64}, 'resolved', timestamp, fingerprint, {notes:String}, {by:String}
      FROM errors WHERE company_id = {company:UInt32} AND timestamp > ${AT('after_ms')}
        AND fingerprint IN ({fingerprints:Array(FixedString(32))}) LIMIT 1000000`,
    query_params: { company: companyId, fingerprints, after_ms: afterMs, version, notes, by },
  };
}

export function countTrend(query: TrendQuery): Query {
  const { sinceMs, untilMs, intervalMinutes, groupBy, ...filter } = query;
  const { where, params } = scoped(filter);
  const minute = 'toStartOfMinute(timestamp)';
  where.push(`${minute} >= ${AT('from_ms')}`, `${minute} < ${AT('to_ms')}`);
  const key = groupBy === undefined ? `''` : `toString(${groupBy})`;
  return {
    query: `SELECT intDiv(toUnixTimestamp(${minute}), {step:UInt32}) * {step:UInt32} * 1000 AS start_ms, ${key} AS key, count() AS count
      FROM errors WHERE ${where.join(' AND ')} GROUP BY start_ms, key ORDER BY start_ms, key LIMIT {limit:UInt32}`,
    query_params: {
      ...params,
      from_ms: Math.floor(sinceMs / MINUTE_MS) * MINUTE_MS,
      to_ms: Math.ceil(untilMs / MINUTE_MS) * MINUTE_MS,
      step: intervalMinutes * 60,
      limit: MAX_TREND_POINTS,
    },
  };
}

/** A year of hours, or a month of five minutes: more than a chart can show. */
const MAX_TREND_POINTS = 10_000;

/** The conditions of a filter, `company_id` first, and their values. `fingerprints` are a group's own and its aliases. */
export function scoped(filter: ErrorFilter): {
  where: string[];
  params: Record<string, unknown>;
} {
  const where = ['company_id = {company:UInt32}'];
  const params: Record<string, unknown> = { company: filter.companyId };
  const add = (condition: string, name: string, value: unknown) => {
    if (value === undefined) return;
    where.push(condition);
    params[name] = value;
  };
  add('severity IN ({severity:Array(String)})', 'severity', filter.severity);
  add('service = {service:String}', 'service', filter.service);
  add('error_type = {error_type:String}', 'error_type', filter.errorType);
  add('environment = {environment:String}', 'environment', filter.environment);
  add('fingerprint IN ({fingerprints:Array(FixedString(32))})', 'fingerprints', filter.fingerprints);
  add(`timestamp >= ${AT('since_ms')}`, 'since_ms', filter.sinceMs);
  add(`timestamp < ${AT('until_ms')}`, 'until_ms', filter.untilMs);
  const words = filter.text === undefined ? [] : wordsOf(filter.text);
  if (words.length > 0) add(`hasAllTokens(${WORDS}, {words:Array(String)})`, 'words', words);
  return { where, params };
}

/** The words as the index's tokenizer cuts them: runs of everything but ASCII punctuation and space, lower-case. */
function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}\u0080-\u{10ffff}]+/u)
    .filter((word) => word !== '');
}
