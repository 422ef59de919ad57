// Fragments of SQL that several panels share. `$__...` are macros of the ClickHouse plugin, `${...}` variables of the
// dashboard; both are replaced by Grafana, so this is text and never runs here.
//
// A value of a variable may be the name of a service, which telemetry chose. `:sqlstring` doubles its quotes; names with a
// backslash, which could undo that, are not offered (variables.ts).

/** Minutes are what the roll-up of `errors` is made of: asked like this, a chart never reads the rows. */
export const MINUTE = 'toStartOfMinute(timestamp)';

/** Empty until the first error came in: then nothing is found, instead of a syntax error. */
export const COMPANY = "company_id = toUInt32OrZero('${company}')";

const SERVICE = '$__conditionalAll(service IN (${service:sqlstring}), $service)';
const ENVIRONMENT =
  "$__conditionalAll(if(environment = '', '(none)', environment) IN (${environment:sqlstring}), $environment)";
const SEVERITY = '$__conditionalAll(severity IN (${severity:sqlstring}), $severity)';

/** Which errors, whenever they were. */
export const CHOSEN = `${COMPANY} AND ${SERVICE} AND ${ENVIRONMENT} AND ${SEVERITY}`;

/** Which errors, in the time range, by the minute. */
export const IN_RANGE = `${CHOSEN} AND $__timeFilter(${MINUTE})`;

/** Of records that know only the id of an error. An error past its retention is in no environment and has no severity. */
const OF_CHOSEN_ERROR = `$__conditionalAll(error_id GLOBAL IN (SELECT toString(id) FROM errors WHERE ${COMPANY} AND ${ENVIRONMENT}), $environment)
  AND $__conditionalAll(error_id GLOBAL IN (SELECT toString(id) FROM errors WHERE ${COMPANY} AND ${SEVERITY}), $severity)`;

export const NEVER = "toDateTime64(0, 3, 'UTC')";

/** Until when each group is resolved, and which groups were merged into another. Goes before the SELECT. */
export const STATE = `WITH
  (SELECT (groupArray(fingerprint), groupArray(resolved_until)) FROM group_state FINAL
    WHERE ${COMPANY} AND resolved_until > ${NEVER}) AS known,
  (SELECT (groupArray(fingerprint), groupArray(target)) FROM group_aliases FINAL WHERE ${COMPANY}) AS alias,
  (SELECT (groupArrayIf(id, state = 'resolved'), groupArrayIf(id, state = 'open')) FROM error_state FINAL
    WHERE ${COMPANY}) AS own`;

const MEMBER = "CAST(fingerprint, 'FixedString(32)')";
export const UNTIL = `transform(${MEMBER}, known.1, known.2, ${NEVER})`;
export const GROUP_ID = `toString(transform(${MEMBER}, alias.1, alias.2, ${MEMBER}))`;
export const RESOLVED = `((timestamp <= ${UNTIL} AND NOT has(own.2, id)) OR has(own.1, id))`;

/** One row a group: when it was seen first and last, and until when it is resolved. Needs STATE. */
export const GROUPS = `SELECT ${GROUP_ID} AS group_id, min(first) AS first_seen, max(last) AS last_seen, max(until) AS resolved_until,
    min(last <= until) AS resolved, max(until > ${NEVER} AND last > until) AS regressed
  FROM (SELECT fingerprint, min(timestamp) AS first, max(timestamp) AS last, ${UNTIL} AS until FROM errors
    WHERE ${CHOSEN} GROUP BY fingerprint)
  GROUP BY group_id`;

/** One row an attempt, as its newest event has it; those that began in the time range. */
export const ATTEMPTS_OF_ALL_RULES = attemptsOf('1 = 1');
export const ATTEMPTS = attemptsOf('$__conditionalAll(rule_id IN (${rule:sqlstring}), $rule)');

function attemptsOf(rules: string): string {
  return `SELECT attempt_id AS id, max(started_at) AS started, argMax(state, seq) AS how, argMax(outcome, seq) AS ended_as,
    argMax(suppression, seq) AS held_back, any(rule_id) AS rule, argMax(target_key, seq) AS target, max(acted_at) AS acted,
    any(error_id) AS error, argMax(attempt, seq) AS json, JSONExtractString(json, 'cause', 'service') AS service,
    JSONExtractInt(json, 'endedAtMs') AS ended_ms, ended_ms - JSONExtractInt(json, 'cause', 'firstErrorAtMs') AS recovery_ms
  FROM attempt_events WHERE ${COMPANY} AND $__timeFilter(started_at) AND ${rules}
    AND ${OF_CHOSEN_ERROR}
  GROUP BY attempt_id HAVING ${SERVICE}`;
}

/** What proves something about a rule: it acted, it is over, and it was neither overtaken nor lost with a crash. Of ATTEMPTS. */
export const PROVEN = `how = 'ended' AND acted > ${NEVER} AND ended_as NOT IN ('superseded', 'abandoned')`;

/** One row a release of a service in an environment, whatever the severities: it is as old as its first error. */
export const RELEASES = `SELECT service, environment, release, min(timestamp) AS first_seen FROM errors
  WHERE ${COMPANY} AND ${SERVICE} AND ${ENVIRONMENT} AND release != '' GROUP BY service, environment, release`;

/** One row a delegation, as the newest event of its case has it; of cases opened in the time range. */
export const DELEGATIONS = `SELECT case_id, opened, error, JSONExtractString(json, 'service') AS service, JSONExtractString(task, 'id') AS delegation,
    JSONExtractString(task, 'agent') AS agent, JSONExtractString(task, 'state') AS how,
    JSONExtractInt(task, 'openedAtMs') AS asked_ms, JSONExtractInt(task, 'report', 'atMs') AS reported_ms,
    JSONExtractInt(task, 'dueAtMs') AS due_ms, json, task
  FROM (SELECT case_id, max(opened_at) AS opened, any(error_id) AS error, argMax(case_json, seq) AS json FROM case_events
    WHERE ${COMPANY} AND $__timeFilter(opened_at) AND ${OF_CHOSEN_ERROR} GROUP BY case_id)
  ARRAY JOIN JSONExtractArrayRaw(json, 'delegations') AS task
  WHERE ${SERVICE} AND $__conditionalAll(agent IN (\${agent:sqlstring}), $agent)`;

/** Rows of one millisecond that were inserted twice become one only when parts merge. */
export const ACTIVITY = `SELECT DISTINCT at, n, actor, agent, via, call, error_id, attempt_id, delegation_id, outcome, took_ms, chars, truncated, trace_id
  FROM activity WHERE ${COMPANY} AND $__timeFilter(at) AND $__conditionalAll(agent IN (\${agent:sqlstring}), $agent)
    AND $__conditionalAll(error_id GLOBAL IN (SELECT toString(id) FROM errors WHERE ${COMPANY} AND ${SERVICE}), $service)
    AND ${OF_CHOSEN_ERROR}`;

/** A minute's numbers, per minute: what a bar of any width shows. */
export const PER_MINUTE = '($__interval_s / 60)';
