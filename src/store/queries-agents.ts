// SQL over cases, notifications and activity. Of the first two the event of the highest seq holds how it is; what one is
// born with (company, opening, error, key) is the same in all its events, and its groups and delegations only grow.
import type { AgentStore } from './agent-store.ts';
import { AT } from './queries.ts';
import type { Query } from './queries.ts';

export const CASE_COLUMNS = [
  'company_id',
  'case_id',
  'seq',
  'at',
  'state',
  'opened_at',
  'attempt_id',
  'error_id',
  'fingerprints',
  'delegation_ids',
  'delegation_agents',
  'delegation_states',
  'case_json',
] as const;

type Condition = readonly [name: string, value: unknown, condition: string];

/** The conditions whose value was given, and the values. */
function given(conditions: readonly Condition[], params: Record<string, unknown>): string {
  const asked = conditions.filter(([, value]) => value !== undefined);
  for (const [name, value] of asked) params[name] = value;
  return asked.length === 0 ? '1 = 1' : asked.map(([, , condition]) => condition).join(' AND ');
}

/**
 * The newest event of each case is found first, without the column that holds all of it. Not bound to a company only where
 * none was given: the desk's own look at what it left open before a restart.
 */
export function selectCases(filter: Parameters<AgentStore['listCases']>[0]): Query {
  const params: Record<string, unknown> = { limit: filter.limit };
  const company: Condition = ['company', filter.companyId, 'company_id = {company:UInt32}'];
  const born = given(
    [
      company,
      ['since_ms', filter.openedSinceMs, `opened_at >= ${AT('since_ms')}`],
      ['fingerprints', filter.fingerprints, 'hasAny(fingerprints, {fingerprints:Array(FixedString(32))})'],
    ],
    params,
  );
  const now = given(
    [
      ['state', filter.state, 'argMax(state, seq) IN ({state:Array(String)})'],
      ['attempt', filter.attemptId, 'argMax(attempt_id, seq) = {attempt:String}'],
    ],
    params,
  );
  return {
    query: `SELECT case_json FROM case_events
      WHERE ${given([company], params)} AND (company_id, case_id, seq) GLOBAL IN (
        SELECT company_id, case_id, max(seq) FROM case_events WHERE ${born}
        GROUP BY company_id, case_id HAVING ${now}
        ORDER BY max(opened_at) DESC, case_id DESC LIMIT {limit:UInt32})
      ORDER BY opened_at DESC, case_id DESC LIMIT 1 BY company_id, case_id LIMIT {limit:UInt32}`,
    query_params: params,
  };
}

/** As above, one row a delegation. */
export function selectDelegations(filter: Parameters<AgentStore['listDelegations']>[0]): Query {
  const params: Record<string, unknown> = { company: filter.companyId, limit: filter.limit };
  const born = given(
    [
      ['since_ms', filter.openedSinceMs, `opened_at >= ${AT('since_ms')}`],
      ['after_ms', filter.after?.openedAtMs, `opened_at <= ${AT('after_ms')}`],
      ['error', filter.errorId, 'error_id = {error:String}'],
      ['agent', filter.agent, 'has(delegation_agents, {agent:String})'],
    ],
    params,
  );
  const now = given(
    [
      ['agent', filter.agent, 'task.2 = {agent:String}'],
      ['state', filter.state, 'task.3 IN ({state:Array(String)})'],
      ['after_id', filter.after?.id, `(opened, task.1) < (${AT('after_ms')}, {after_id:String})`],
    ],
    params,
  );
  return {
    query: `SELECT delegation_id, case_json FROM case_events ARRAY JOIN delegation_ids AS delegation_id
      WHERE company_id = {company:UInt32} AND (case_id, seq, delegation_id) GLOBAL IN (
        SELECT case_id, newest, task.1 FROM (
          SELECT case_id, max(seq) AS newest, max(opened_at) AS opened,
            argMax(arrayZip(delegation_ids, delegation_agents, delegation_states), seq) AS tasks
          FROM case_events WHERE company_id = {company:UInt32} AND ${born} GROUP BY case_id)
        ARRAY JOIN tasks AS task WHERE ${now}
        ORDER BY opened DESC, task.1 DESC LIMIT {limit:UInt32})
      ORDER BY opened_at DESC, delegation_id DESC LIMIT 1 BY case_id, delegation_id LIMIT {limit:UInt32}`,
    query_params: params,
  };
}

export function selectCaseOf(companyId: number, delegationId: string): Query {
  return {
    query: `SELECT case_json FROM case_events
      WHERE company_id = {company:UInt32} AND has(delegation_ids, {delegation:String}) ORDER BY seq DESC LIMIT 1`,
    query_params: { company: companyId, delegation: delegationId },
  };
}

export const NOTIFICATION_COLUMNS = [
  'company_id',
  'notification_id',
  'seq',
  'at',
  'created_at',
  'state',
  'channel',
  'kind',
  'key',
  'notification',
] as const;

/** As selectCases; of all companies for the sender's look at what it left unsent before a restart. */
export function selectNotifications(filter: Parameters<AgentStore['listNotifications']>[0]): Query {
  const params: Record<string, unknown> = { limit: filter.limit };
  const company: Condition = ['company', filter.companyId, 'company_id = {company:UInt32}'];
  const born = given([company, ['since_ms', filter.createdSinceMs, `created_at >= ${AT('since_ms')}`]], params);
  const now = given([['state', filter.state, 'argMax(state, seq) IN ({state:Array(String)})']], params);
  return {
    query: `SELECT notification FROM notification_events
      WHERE ${given([company], params)} AND (company_id, notification_id, seq) GLOBAL IN (
        SELECT company_id, notification_id, max(seq) FROM notification_events WHERE ${born}
        GROUP BY company_id, notification_id HAVING ${now}
        ORDER BY max(created_at) DESC, notification_id DESC LIMIT {limit:UInt32})
      ORDER BY created_at DESC, notification_id DESC LIMIT 1 BY company_id, notification_id LIMIT {limit:UInt32}`,
    query_params: params,
  };
}

export const ACTIVITY_COLUMNS = [
  'company_id',
  'at',
  'n',
  'actor',
  'agent',
  'via',
  'call',
  'error_id',
  'attempt_id',
  'delegation_id',
  'outcome',
  'took_ms',
  'chars',
  'truncated',
  'trace_id',
] as const;

/** In the order of the table, from its end: reads little however many rows there are, which a LIMIT BY would undo. */
export function selectActivity(filter: Parameters<AgentStore['listActivity']>[0]): Query {
  const params: Record<string, unknown> = { company: filter.companyId, limit: filter.limit };
  const where = given(
    [
      ['agent', filter.agent, 'agent = {agent:String}'],
      ['actor', filter.actor, 'actor = {actor:String}'],
      ['error', filter.errorId, 'error_id = {error:String}'],
      ['since_ms', filter.sinceMs, `at >= ${AT('since_ms')}`],
      ['after_ms', filter.after?.atMs, `at <= ${AT('after_ms')}`],
      // What is no number comes before all: callers bring it back from outside.
      ['after_n', filter.after?.n, `(at, n) < (${AT('after_ms')}, toUInt64OrZero({after_n:String}))`],
    ],
    params,
  );
  return {
    query: `SELECT company_id, toUnixTimestamp64Milli(at) AS at_ms, toString(n) AS n_text, actor, agent, via, call, error_id, attempt_id,
        delegation_id, outcome, took_ms, chars, truncated, trace_id
      FROM activity WHERE company_id = {company:UInt32} AND ${where}
      ORDER BY at DESC, n DESC LIMIT {limit:UInt32}`,
    query_params: params,
  };
}

/** The roster has some dozens at most. */
const MAX_AGENTS = 1_000;

export function selectLastCalls(companyId: number, sinceMs: number): Query {
  return {
    query: `SELECT agent, toUnixTimestamp64Milli(max(at)) AS at_ms FROM activity
      WHERE company_id = {company:UInt32} AND at >= ${AT('since_ms')} AND agent != '' GROUP BY agent LIMIT {limit:UInt32}`,
    query_params: { company: companyId, since_ms: sinceMs, limit: MAX_AGENTS },
  };
}
