// The exact total of a filter: whole hours from the roll-up, and rows where an edge (since, until, a group's
// resolved_until) cuts an hour. Words have no roll-up: they are counted on rows alone, through the index.
import { AT, GROUP_RESOLVED, RESOLVED, UNTIL, scoped, stateOf } from './queries.ts';
import type { ErrorFilter, Query } from './queries.ts';

const HOUR_MS = 3_600_000;

/** Beyond every timestamp that is stored. */
const FAR_FUTURE_MS = Date.UTC(2200, 0, 1);

const HOUR = 'toStartOfHour(timestamp)';
const UNTIL_HOUR = `toStartOfHour(${UNTIL})`;

/** Hours in the longest retention. */
const MAX_HOURS = 100_000;

/**
 * `hour_ms`, `count`: the hours that no edge cuts, which hold at least that many matching rows each; with `hour_ms` -1 what they
 * leave out, if there can be any.
 */
export function countHours(filter: ErrorFilter): Query {
  const { where, params } = whole(filter);
  const state = stateOf(filter);
  const cut = cutHours(filter, where);
  const inHours =
    filter.resolved === undefined
      ? where
      : [...where, filter.resolved ? `${HOUR} < ${UNTIL_HOUR}` : `${HOUR} > ${UNTIL_HOUR}`];
  return {
    query: `${state.text} SELECT toInt64(toUnixTimestamp(${HOUR})) * 1000 AS hour_ms, toInt64(count()) AS count FROM errors
      WHERE ${inHours.join(' AND ')} GROUP BY hour_ms LIMIT ${MAX_HOURS}${cut === '' ? '' : ` UNION ALL SELECT -1, toInt64(${cut}) LIMIT 1`}`,
    query_params: { ...params, ...scoped(filter).params, ...state.params },
  };
}

/** The sum of what the hours above leave out; '': nothing. `inside`: the conditions of the whole hours. */
function cutHours(filter: ErrorFilter, inside: readonly string[]): string {
  const edges = filter.sinceMs !== undefined || filter.untilMs !== undefined;
  if (filter.resolved === undefined && !edges) return '';
  const all = scoped(filter).where;
  const state = filter.resolved === undefined ? [] : [filter.resolved ? GROUP_RESOLVED : `NOT ${GROUP_RESOLVED}`];
  const parts = edges
    ? [count([...all, `(timestamp < ${AT('whole_from')} OR timestamp >= ${AT('whole_to')})`, ...state])]
    : [];
  if (filter.resolved !== undefined && filter.state?.groups.length !== 0) {
    const hours = filter.state === undefined ? RESOLVED_HOURS : KNOWN_RESOLVED_HOURS;
    parts.push(count([...inside, `${HOUR} IN (${hours})`, `${HOUR} = ${UNTIL_HOUR}`, ...state]));
  }
  if (filter.resolved !== undefined && hasOwnStates(filter)) {
    // Single errors whose own state differs from their group's: few, found by their times.
    const ownStates = `SELECT timestamp FROM error_state FINAL WHERE company_id = {company:UInt32} AND state != 'as_group'`;
    const difference = `countIf(has(own_state.1, id) AND NOT ${GROUP_RESOLVED}) - countIf(has(own_state.2, id) AND ${GROUP_RESOLVED})`;
    const sign = filter.resolved ? '' : '-';
    parts.push(`${sign}${count([...all, `timestamp IN (${ownStates})`], difference)}`);
  }
  return parts.join(' + ');
}

/** The hours that a group's `resolved_until` cuts. */
const RESOLVED_HOURS = `SELECT toStartOfHour(resolved_until) FROM group_state FINAL WHERE company_id = {company:UInt32} AND resolved_until > toDateTime64(0, 3, 'UTC')`;
const KNOWN_RESOLVED_HOURS = 'SELECT toStartOfHour(arrayJoin(group_until.2))';

/** Not known means that there may be some. */
function hasOwnStates({ state }: ErrorFilter): boolean {
  return state === undefined || state.resolved.length + state.open.length > 0;
}

export function countByWords(filter: ErrorFilter): Query {
  const { where, params } = scoped(filter);
  if (filter.resolved !== undefined) where.push(filter.resolved ? RESOLVED : `NOT ${RESOLVED}`);
  const state = stateOf(filter);
  return {
    query: `${state.text} SELECT count() AS total FROM errors WHERE ${where.join(' AND ')} LIMIT 1`,
    query_params: { ...params, ...state.params },
  };
}

/** The filter without its edges, on the hours that lie wholly between them. */
function whole({ sinceMs, untilMs, ...rest }: ErrorFilter): { where: string[]; params: Record<string, unknown> } {
  const { where, params } = scoped(rest);
  const from = sinceMs === undefined ? 0 : Math.ceil(sinceMs / HOUR_MS) * HOUR_MS;
  const to = untilMs === undefined ? FAR_FUTURE_MS : Math.floor(untilMs / HOUR_MS) * HOUR_MS;
  Object.assign(params, { whole_from: from, whole_to: Math.max(from, to) });
  where.push(`${HOUR} >= ${AT('whole_from')}`, `${HOUR} < ${AT('whole_to')}`);
  return { where, params };
}

function count(conditions: readonly string[], what = 'count()'): string {
  return `(SELECT ${what} FROM errors WHERE ${conditions.join(' AND ')})`;
}
