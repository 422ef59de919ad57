// SQL over groups. The counts come from the roll-up `group_hourly`; rows of an aliased fingerprint count for its target.
import type { GroupQuery } from './error-store.ts';
import { AT, UNTIL, scoped } from './queries.ts';
import type { Query } from './queries.ts';

const MS = (column: string) => `toUnixTimestamp64Milli(${column})`;
const NEVER = `toDateTime64(0, 3, 'UTC')`;

const STATE = `WITH
  (SELECT (groupArray(fingerprint), groupArray(resolved_until)) FROM group_state FINAL
    WHERE company_id = {company:UInt32} AND resolved_until > ${NEVER}) AS group_until,
  (SELECT (groupArray(fingerprint), groupArray(target)) FROM group_aliases FINAL WHERE company_id = {company:UInt32}) AS alias`;

export function selectGroups(query: GroupQuery): Query {
  const { conditions, params } = groupsOf(query);
  if (query.after !== undefined) {
    conditions.push(`(last_seen, group_id) < (${AT('after_ms')}, {after_id:String})`);
    Object.assign(params, { after_ms: query.after.lastSeenMs, after_id: query.after.fingerprint });
  }
  return {
    query: `${STATE} SELECT ${GROUP_COLUMNS} FROM (${GROUPS(query)}) WHERE ${conditions.join(' AND ')}
      ORDER BY last_seen DESC, group_id DESC LIMIT {limit:UInt32}`,
    query_params: { ...params, limit: query.limit },
  };
}

export function countGroups(query: GroupQuery): Query {
  const { conditions, params } = groupsOf(query);
  return {
    query: `${STATE} SELECT count() AS total FROM (${GROUPS(query)}) WHERE ${conditions.join(' AND ')} LIMIT 1`,
    query_params: params,
  };
}

const GROUP_COLUMNS = `group_id, total_count AS count, ${MS('first_seen')} AS first_seen_ms, ${MS('last_seen')} AS last_seen_ms, service,
  toString(severity) AS severity_text, error_type, arraySort(releases) AS releases, arraySort(environments) AS environments, resolved, regressed`;

/** One row a group. `regressed`: it was resolved, and something came later. */
function GROUPS(query: GroupQuery): string {
  const where = ['company_id = {company:UInt32}'];
  if (query.service !== undefined) where.push('service = {service:String}');
  if (query.severity !== undefined) where.push('severity IN ({severity:Array(String)})');
  if (query.errorType !== undefined) where.push('error_type = {error_type:String}');
  if (query.environment !== undefined) where.push('environment = {environment:String}');
  if (query.fingerprints !== undefined) where.push('fingerprint IN ({fingerprints:Array(FixedString(32))})');
  return `SELECT ${groupOf('member')} AS group_id, sum(n) AS total_count, min(f) AS first_seen, max(l) AS last_seen,
      argMax(s, l) AS service, max(sev) AS severity, argMax(et, l) AS error_type,
      arrayDistinct(arrayFlatten(groupArray(rel))) AS releases, arrayDistinct(arrayFlatten(groupArray(env))) AS environments,
      min(l <= until) AS resolved, max(until > ${NEVER} AND l > until) AS regressed
    FROM (
      SELECT CAST(fingerprint, 'FixedString(32)') AS member, transform(member, group_until.1, group_until.2, ${NEVER}) AS until,
        sum(n1) AS n, min(f1) AS f, max(l1) AS l, argMax(service, l1) AS s, max(severity) AS sev, argMax(error_type, l1) AS et,
        groupUniqArrayIf(100)(toString(release), release != '') AS rel, groupUniqArrayIf(100)(toString(environment), environment != '') AS env
      FROM (
        SELECT fingerprint, service, severity, error_type, environment, release, count() AS n1, min(timestamp) AS f1, max(timestamp) AS l1
        FROM errors WHERE ${where.join(' AND ')} GROUP BY fingerprint, service, severity, error_type, environment, release)
      GROUP BY fingerprint)
    GROUP BY group_id`;
}

function groupsOf(query: GroupQuery): {
  conditions: string[];
  params: Record<string, unknown>;
} {
  const conditions = ['1 = 1'];
  const params: Record<string, unknown> = { company: query.companyId };
  if (query.service !== undefined) params['service'] = query.service;
  if (query.severity !== undefined) params['severity'] = query.severity;
  if (query.errorType !== undefined) params['error_type'] = query.errorType;
  if (query.environment !== undefined) params['environment'] = query.environment;
  if (query.fingerprints !== undefined) params['fingerprints'] = query.fingerprints;
  if (query.resolved !== undefined) conditions.push(query.resolved ? 'resolved = 1' : 'resolved = 0');
  if (query.sinceMs !== undefined) {
    conditions.push(`last_seen >= ${AT('since_ms')}`);
    params['since_ms'] = query.sinceMs;
  }
  if (query.text !== undefined) {
    const said = withWords(query);
    conditions.push(`group_id GLOBAL IN (${said.text})`);
    Object.assign(params, said.params);
  }
  return { conditions, params };
}

/** Groups of the errors that GET /api/errors lists for the same words, filters and time. */
function withWords(query: GroupQuery): { text: string; params: Record<string, unknown> } {
  // A group's state is asked of the group, and where the page begins is not of its errors.
  const { resolved: _resolved, after: _after, limit: _limit, ...filter } = query;
  const { where, params } = scoped(filter);
  return {
    text: `SELECT ${groupOf('fingerprint')} FROM errors WHERE ${where.join(' AND ')} GROUP BY fingerprint`,
    params,
  };
}

/** The group of a fingerprint: itself, or the one that it was joined to. */
function groupOf(fingerprint: string): string {
  const member = `CAST(${fingerprint}, 'FixedString(32)')`;
  return `toString(transform(${member}, alias.1, alias.2, ${member}))`;
}

/** Hourly counts of a group from a time on. */
export function selectGroupTrend(companyId: number, fingerprints: readonly string[], sinceMs: number): Query {
  return {
    query: `SELECT toUnixTimestamp(toStartOfHour(timestamp)) * 1000 AS start_ms, count() AS count FROM errors
      WHERE company_id = {company:UInt32} AND fingerprint IN ({fingerprints:Array(FixedString(32))}) AND toStartOfHour(timestamp) >= ${AT('since_ms')}
      GROUP BY start_ms ORDER BY start_ms LIMIT 1000`,
    query_params: { company: companyId, fingerprints, since_ms: sinceMs },
  };
}

/**
 * By fingerprint, the first error after it was resolved: in the hour of the resolution from the rows, later ones from the
 * roll-up, so that a group that came back long ago costs no more than one of today.
 */
export function selectRegressions(companyId: number, fingerprints: readonly string[]): Query {
  const where = `company_id = {company:UInt32} AND fingerprint IN ({fingerprints:Array(FixedString(32))}) AND ${UNTIL} > ${NEVER}`;
  const [hour, untilHour] = ['toStartOfHour(timestamp)', `toStartOfHour(${UNTIL})`];
  return {
    query: `WITH (SELECT (groupArray(fingerprint), groupArray(resolved_until)) FROM group_state FINAL
        WHERE company_id = {company:UInt32} AND fingerprint IN ({fingerprints:Array(FixedString(32))}) AND resolved_until > ${NEVER}) AS group_until
      SELECT toString(fingerprint) AS fingerprint_text, ${MS('min(at)')} AS at_ms FROM (
        SELECT fingerprint, min(timestamp) AS at FROM errors WHERE ${where} AND ${hour} > ${untilHour} GROUP BY fingerprint
        UNION ALL SELECT fingerprint, min(timestamp) AS at FROM errors
          WHERE ${where} AND ${hour} IN (SELECT toStartOfHour(arrayJoin(group_until.2))) AND ${hour} = ${untilHour} AND timestamp > ${UNTIL}
          GROUP BY fingerprint)
      GROUP BY fingerprint LIMIT {limit:UInt32}`,
    query_params: { company: companyId, fingerprints, limit: fingerprints.length },
  };
}

export function selectGroupStates(companyId: number, fingerprints: readonly string[]): Query {
  return {
    query: `SELECT toString(fingerprint) AS fingerprint_text, ${MS('resolved_until')} AS resolved_until_ms, ${MS('resolved_at')} AS resolved_at_ms, notes
      FROM group_state FINAL WHERE company_id = {company:UInt32} AND fingerprint IN ({fingerprints:Array(FixedString(32))}) LIMIT {limit:UInt32}`,
    query_params: { company: companyId, fingerprints, limit: fingerprints.length },
  };
}

export function selectGroupings(companyId: number, fingerprints: readonly string[]): Query {
  return {
    query: `SELECT toString(fingerprint) AS fingerprint_text, grouping FROM error_groups FINAL
      WHERE company_id = {company:UInt32} AND fingerprint IN ({fingerprints:Array(FixedString(32))}) LIMIT {limit:UInt32}`,
    query_params: { company: companyId, fingerprints, limit: fingerprints.length },
  };
}

/** The messages of the errors at these times (each group's last one). */
export function selectMessages(companyId: number, fingerprints: readonly string[], times: readonly number[]): Query {
  return {
    query: `SELECT toString(fingerprint) AS fingerprint_text, message, exception_type, toString(id) AS id_text FROM errors
      WHERE company_id = {company:UInt32} AND timestamp IN (SELECT fromUnixTimestamp64Milli(arrayJoin({times:Array(Int64)}), 'UTC'))
        AND fingerprint IN ({fingerprints:Array(FixedString(32))})
      LIMIT 1 BY fingerprint LIMIT {limit:UInt32}`,
    query_params: { company: companyId, times, fingerprints, limit: fingerprints.length },
  };
}

/** Strict fingerprints under each loose one that were first stored since a time: all companies, for the breaker. */
export function selectStrictByLoose(sinceMs: number): Query {
  return {
    query: `SELECT company_id, toString(loose) AS loose_text, groupUniqArray(1000)(toString(fingerprint)) AS strict FROM error_groups
      WHERE first_received >= ${AT('since_ms')} AND fingerprint != loose GROUP BY company_id, loose LIMIT 100000`,
    query_params: { since_ms: sinceMs },
  };
}

/** All companies: the store keeps them in memory, so that new rows go to the target at once. */
export function selectAliases(): Query {
  return {
    query: `SELECT company_id, toString(fingerprint) AS fingerprint_text, toString(target) AS target_text FROM group_aliases FINAL LIMIT 1000000`,
    query_params: {},
  };
}
