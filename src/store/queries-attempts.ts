// SQL over attempts: how they are (the event of the highest seq), what they did to groups, and the errors that healing
// reads. What an attempt is born with (company, rule, start) is the same in all its events; its groups only grow.
import type { AttemptFilter, AttemptStore, ColumnTest, OnlySuch, PreFilter } from './attempt-store.ts';
import { AT } from './queries.ts';
import type { Query } from './queries.ts';

export const ATTEMPT_COLUMNS = [
  'company_id',
  'attempt_id',
  'seq',
  'at',
  'state',
  'rule_id',
  'target_key',
  'outcome',
  'suppression',
  'started_at',
  'acted_at',
  'error_id',
  'fingerprints',
  'attempt',
] as const;

const MS = (column: string) => `toUnixTimestamp64Milli(${column})`;

/** Moves of one attempt: a handful; a plan of many steps has some dozens. */
const MAX_EVENTS = 1_000;

interface AttemptConditions extends Omit<AttemptFilter, 'fingerprint'> {
  /** A group's own and those aliased to it. */
  readonly fingerprints?: readonly string[];
}

/**
 * The newest event of each attempt is found first, without the column that holds all of it. Not bound to a company only
 * where none was given: healing's own look at what it left open before a restart.
 */
export function selectAttempts(filter: AttemptConditions): Query {
  const { born, now, params } = conditionsOf(filter);
  const company = filter.companyId === undefined ? '' : 'company_id = {company:UInt32} AND ';
  return {
    query: `SELECT attempt FROM attempt_events
      WHERE ${company}(attempt_id, seq) GLOBAL IN (
        SELECT attempt_id, max(seq) FROM attempt_events WHERE ${born.join(' AND ')}
        GROUP BY attempt_id HAVING ${now.join(' AND ')}
        ORDER BY max(started_at) DESC, attempt_id DESC LIMIT {limit:UInt32})
      ORDER BY started_at DESC, attempt_id DESC LIMIT 1 BY attempt_id LIMIT {limit:UInt32}`,
    query_params: { ...params, limit: filter.limit },
  };
}

function conditionsOf(filter: AttemptConditions): { born: string[]; now: string[]; params: Record<string, unknown> } {
  const params: Record<string, unknown> = {};
  const given = (conditions: readonly (readonly [name: string, value: unknown, condition: string])[]) => {
    const asked = conditions.filter(([, value]) => value !== undefined);
    for (const [name, value] of asked) params[name] = value;
    return asked.length === 0 ? ['1 = 1'] : asked.map(([, , condition]) => condition);
  };
  const born = given([
    ['company', filter.companyId, 'company_id = {company:UInt32}'],
    ['rule', filter.ruleId, 'rule_id = {rule:String}'],
    ['since_ms', filter.sinceMs, `started_at >= ${AT('since_ms')}`],
    ['after_ms', filter.after?.startedAtMs, `started_at <= ${AT('after_ms')}`],
    ['after_id', filter.after?.attemptId, `(started_at, attempt_id) < (${AT('after_ms')}, {after_id:String})`],
    ['fingerprints', filter.fingerprints, 'hasAny(fingerprints, {fingerprints:Array(FixedString(32))})'],
  ]);
  const now = given([
    ['target', filter.targetKey, 'argMax(target_key, seq) = {target:String}'],
    ['state', filter.state, 'argMax(state, seq) IN ({state:Array(String)})'],
    ['outcome', filter.outcome, 'argMax(outcome, seq) IN ({outcome:Array(String)})'],
    ['acted', filter.acted, "max(acted_at) > toDateTime64(0, 3, 'UTC')"],
  ]);
  return { born, now, params };
}

export function selectAttempt(companyId: number, attemptId: string): Query {
  return {
    query: `SELECT attempt FROM attempt_events WHERE company_id = {company:UInt32} AND attempt_id = {id:String}
      ORDER BY seq DESC LIMIT 1`,
    query_params: { company: companyId, id: attemptId },
  };
}

/** An append that was repeated after a time-out stands twice. */
export function selectAttemptEvents(companyId: number, attemptId: string): Query {
  return {
    query: `SELECT ${MS('at')} AS at_ms, state, attempt FROM attempt_events
      WHERE company_id = {company:UInt32} AND attempt_id = {id:String}
      ORDER BY seq LIMIT 1 BY seq LIMIT {limit:UInt32}`,
    query_params: { company: companyId, id: attemptId, limit: MAX_EVENTS },
  };
}

interface FixMarksAsked {
  readonly fingerprints: readonly string[];
  /** What acted before is not asked for. */
  readonly sinceMs: number;
}

/**
 * For each fingerprint that an attempt acted on: when the last did, and the last that succeeded. Newest first. Errors that
 * came in until it ended belong to it: it resolved them.
 */
export function selectFixMarks(companyId: number, asked: FixMarksAsked | undefined, limit: number): Query {
  const among = `{fingerprints:Array(FixedString(32))}`;
  const where = asked === undefined ? '' : ` AND acted_at >= ${AT('since_ms')} AND hasAny(fingerprints, ${among})`;
  const having = asked === undefined ? '' : `HAVING has(${among}, fingerprint)`;
  return {
    query: `SELECT toString(arrayJoin(groups) AS fingerprint) AS fingerprint_text, max(acted_ms) AS last_acted_ms,
        maxIf(acted_ms, outcome = 'succeeded') AS succeeded_ms
      FROM (
        SELECT argMax(fingerprints, seq) AS groups, argMax(outcome, seq) AS outcome,
          ${MS("greatest(argMax(acted_at, seq), minIf(at, state = 'ended'))")} AS acted_ms
        FROM attempt_events WHERE company_id = {company:UInt32} AND acted_at > toDateTime64(0, 3, 'UTC')${where}
        GROUP BY attempt_id)
      GROUP BY fingerprint ${having} ORDER BY last_acted_ms DESC LIMIT {limit:UInt32}`,
    query_params: {
      company: companyId,
      limit,
      ...(asked === undefined ? {} : { fingerprints: asked.fingerprints, since_ms: asked.sinceMs }),
    },
  };
}

/**
 * All companies: the matcher keeps them apart. No lower bound on the timestamp, because an error may come in as late as
 * the retention; the index of `received_at` leaves little to read at the end.
 */
export function selectForHealing(
  { receivedAtMs, id }: { readonly receivedAtMs: number; readonly id: string },
  limit: number,
  only?: OnlySuch,
): Query {
  const params: Record<string, unknown> = { after_ms: receivedAtMs, after_id: id, limit };
  const where = [`received_at >= ${AT('after_ms')}`, `(received_at, id) > (${AT('after_ms')}, {after_id:UUID})`];
  if (only !== undefined) {
    where.push(`received_at <= ${AT('until_ms')}`);
    params['until_ms'] = only.untilMs;
    if (only.filter !== undefined) where.push(prefilter(only.filter, params));
  }
  return {
    query: `SELECT company_id, toString(id) AS id_text, ${MS('timestamp')} AS timestamp_ms, ${MS('received_at')} AS received_at_ms,
        service, toString(severity) AS severity_text, error_type, exception_type, message, details, handled, environment, release,
        host, container_id, trace_id, source, toString(fingerprint) AS fingerprint_text
      FROM errors WHERE ${where.join(' AND ')}
      ORDER BY received_at, id LIMIT {limit:UInt32}
      SETTINGS query_plan_max_limit_for_lazy_materialization = 20000`,
    query_params: params,
  };
}

/** Values go into `params`; the columns are those of the type. */
function prefilter(filter: PreFilter, params: Record<string, unknown>): string {
  let count = 0;
  const name = (value: unknown) => {
    const key = `only_${(count += 1)}`;
    params[key] = value;
    return key;
  };
  const test = ({ column, op, values }: ColumnTest) => {
    // Compared as text: a rule may name a severity that there is not.
    if (op === 'in') return `toString(${column}) IN ({${name(values)}:Array(String)})`;
    const holds = values.map((value) =>
      op === 'regex' ? `match(${column}, {${name(value)}:String})` : `position(${column}, {${name(value)}:String}) > 0`,
    );
    return `(${holds.join(' OR ')})`;
  };
  const every = (tests: PreFilter[number]) =>
    `(${tests.map((some) => `(${some.map(test).join(' OR ')})`).join(' AND ')})`;
  return filter.length === 0 ? '1 = 0' : `(${filter.map(every).join(' OR ')})`;
}

export function countForVerification(query: Parameters<AttemptStore['countForVerification']>[0]): Query {
  return {
    query: `SELECT countIf(fingerprint IN ({fingerprints:Array(FixedString(32))})) AS of_groups,
        countIf(service = {service:String}) AS of_service
      FROM errors WHERE company_id = {company:UInt32} AND timestamp >= ${AT('from_ms')} AND timestamp < ${AT('to_ms')} LIMIT 1`,
    query_params: {
      company: query.companyId,
      fingerprints: query.fingerprints,
      service: query.service,
      from_ms: query.fromMs,
      to_ms: query.toMs,
    },
  };
}

/** Of the installation, not of a company. */
export function selectSetting(name: string): Query {
  return {
    query: 'SELECT value FROM settings FINAL WHERE name = {name:String} LIMIT 1',
    query_params: { name },
  };
}
