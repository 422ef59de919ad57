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

/** `hour_ms`, `count`: the hours that no edge cuts, newest first. They hold at least that many matching rows each. */
export function countWholeHours(filter: ErrorFilter): Query {
  const { where, params } = whole(filter);
  if (filter.resolved !== undefined)
    where.push(filter.resolved ? `${HOUR} < ${UNTIL_HOUR}` : `${HOUR} > ${UNTIL_HOUR}`);
  const state = stateOf(filter);
  return {
    query: `${state.text} SELECT toUnixTimestamp(${HOUR}) * 1000 AS hour_ms, count() AS count FROM errors
      WHERE ${where.join(' AND ')} GROUP BY hour_ms ORDER BY hour_ms DESC LIMIT ${MAX_HOURS}`,
    query_params: { ...params, ...state.params },
  };
}

/** `total`: what the hours above leave out. undefined: nothing. */
export function countCutHours(filter: ErrorFilter): Query | undefined {
  const edges = filter.sinceMs !== undefined || filter.untilMs !== undefined;
  if (filter.resolved === undefined && !edges) return undefined;
  const { where: inside, params } = whole(filter);
  const all = scoped(filter);
  const state = filter.resolved === undefined ? [] : [filter.resolved ? GROUP_RESOLVED : `NOT ${GROUP_RESOLVED}`];
  const parts = edges
    ? [count([...all.where, `(timestamp < ${AT('whole_from')} OR timestamp >= ${AT('whole_to')})`, ...state])]
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
    parts.push(`${sign}${count([...all.where, `timestamp IN (${ownStates})`], difference)}`);
  }
  if (parts.length === 0) return undefined;
  const { text, params: stateParams } = stateOf(filter);
  return {
    query: `${text} SELECT ${parts.join(' + ')} AS total LIMIT 1`,
    query_params: { ...params, ...all.params, ...stateParams },
  };
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
