// What every panel must answer: company 1 in the 24 hours before NOW, in bars of six hours. Written from seed.ts, not from what
// the panels said. In the range there are, by bar (UTC):
//   23rd 12:00  16:00 1 info of search (group 4, no environment, a minute late)
//   23rd 18:00  nothing
//   24th 00:00  02:00 4 warnings of checkout (group 3), 04:00 2 errors of search (group 6); both resolved later
//   24th 06:00  09:00 and 09:01 6 errors of checkout each (group 1), 11:00 3 critical ones of billing (group 2, resolved before)
// A day before: 5 errors at 09:00; a week before: 10 at 09:00.
import { outcomes, suppressions } from '../../src/healing/attempt.ts';
import type { Row } from './ask.ts';

export interface Expected {
  readonly columns: readonly string[];
  readonly rows?: readonly Row[];
  /** Of long tables: how many rows, and some of them. */
  readonly count?: number;
  readonly some?: readonly Row[];
}

const A = '2026-11-23 12:00:00';
const B = '2026-11-23 18:00:00';
const C = '2026-11-24 00:00:00';
const D = '2026-11-24 06:00:00';

/** Of a bar of 360 minutes, as rounded by the test. */
const perMinute = (count: number): number => Number((count / 360).toFixed(6));
const id = (n: number): string => `00000000-0000-8000-8000-00000000${n}`;

const rates = (...rows: readonly (readonly [string, string, number])[]): Expected => ({
  columns: ['time', 'series', 'per_minute'],
  rows: rows.map(([time, series, count]) => [time, series, perMinute(count)]),
});

const bySeverity = rates([A, 'info', 1], [C, 'error', 2], [C, 'warning', 4], [D, 'critical', 3], [D, 'error', 12]);

/** Names in the order of the alphabet, once each. */
const once = (names: readonly string[], without: readonly string[]): readonly Row[] =>
  names
    .filter((name) => !without.includes(name))
    .toSorted()
    .map((name) => [name, 1]);

const healthTrends: Readonly<Record<string, Expected>> = {
  'Errors against before': { columns: ['now', 'day before', 'week before'], rows: [[22, 5, 10]] },
  // 22 / 5 - 1
  'Change against the day before': { columns: ['change'], rows: [[3.4]] },
  // Seen 1, 2, 3, 4, 6; open 1, 2, 4; first seen in the range 3, 4, 6; back after its resolution 2.
  Groups: { columns: ['seen', 'open', 'new', 'regressed'], rows: [[5, 3, 3, 1]] },
  'Error rate against the day and the week before': {
    columns: ['time', 'now', 'day before', 'week before'],
    rows: [
      [A, perMinute(1), 0, 0],
      [B, 0, 0, 0],
      [C, perMinute(6), 0, 0],
      [D, perMinute(15), perMinute(5), perMinute(10)],
    ],
  },
  'Error rate by service': rates(
    [A, 'search', 1],
    [C, 'checkout', 4],
    [C, 'search', 2],
    [D, 'billing', 3],
    [D, 'checkout', 12],
  ),
  'Error rate by severity': bySeverity,
  'Error rate by type': rates(
    [A, 'other', 1],
    [C, 'dns_failed', 2],
    [C, 'rate_limited', 4],
    [D, 'database_error', 3],
    [D, 'timeout', 12],
  ),
  'New and regressed groups': {
    columns: ['time', 'series', 'groups'],
    rows: [
      [A, 'new', 1],
      [C, 'new', 2],
      [D, 'regressed', 1],
    ],
  },
  // Group 3: 02:00 to 03:00; group 6: 04:00 to 07:00. Of two the exact median is the upper one.
  'Time to recovery': { columns: ['mean', 'median', 'groups'], rows: [[(3_600 + 10_800) / 2, 10_800, '2']] },
  // 1 % of 1,440 minutes may be bad. Checkout has two with errors (its warnings do not count), the others one.
  'Error budget by service': {
    columns: ['Service', 'Bad minutes', 'Allowed minutes', 'Budget left'],
    rows: [
      ['checkout', 2, 14.4, 0.861111],
      ['billing', 1, 14.4, 0.930556],
      ['search', 1, 14.4, 0.930556],
    ],
  },
  'Groups with the most errors': {
    columns: ['Errors', 'Service', 'Severity', 'Type', 'Message', 'Last seen', 'State', 'Error id'],
    rows: [
      [12, 'checkout', 'error', 'timeout', 'trouble 1392', '2026-11-24 09:01:00.005', 'open', id(1392)],
      [4, 'checkout', 'warning', 'rate_limited', 'trouble 1378', '2026-11-24 02:00:00.003', 'resolved', id(1378)],
      [3, 'billing', 'critical', 'database_error', 'deadlock found', '2026-11-24 11:00:00.002', 'regressed', id(1465)],
      [2, 'search', 'error', 'dns_failed', 'trouble 1380', '2026-11-24 04:00:00.001', 'resolved', id(1380)],
      [1, 'search', 'info', 'other', 'trouble 1374', '2026-11-23 16:00:00.000', 'open', id(1374)],
    ],
  },
};

const errorFeed: Readonly<Record<string, Expected>> = {
  // Open: 11 of checkout's 12 (one was resolved by itself), 3 of billing, 1 of search.
  'Errors in the time range': { columns: ['errors', 'critical', 'open', 'services'], rows: [[22, 3, 15, 3]] },
  'Errors per minute by severity': bySeverity,
  'Errors by type': {
    columns: ['Type', 'Errors'],
    rows: [
      ['timeout', 12],
      ['rate_limited', 4],
      ['database_error', 3],
      ['dns_failed', 2],
      ['other', 1],
    ],
  },
  'Errors, newest first': {
    columns: ['Time', 'Severity', 'Service', 'Type', 'Message', 'Environment', 'Release', 'State', 'Trace', 'Error id'],
    count: 22,
    some: [
      [
        '2026-11-24 11:00:00.002',
        'critical',
        'billing',
        'database_error',
        'Error: deadlock found',
        'production',
        '1.0.0',
        'open',
        '',
        id(1465),
      ],
      [
        '2026-11-24 09:01:00.005',
        'error',
        'checkout',
        'timeout',
        'Error: trouble 1392',
        'production',
        '1.1.0',
        'resolved',
        '',
        id(1392),
      ],
      [
        '2026-11-24 09:00:00.005',
        'error',
        'checkout',
        'timeout',
        'Error: trouble 1386',
        'production',
        '1.0.0',
        'open',
        'a'.repeat(32),
        id(1386),
      ],
      [
        '2026-11-24 02:00:00.000',
        'warning',
        'checkout',
        'rate_limited',
        'Error: trouble 1375',
        'staging',
        '1.0.0',
        'resolved',
        '',
        id(1375),
      ],
      ['2026-11-23 16:00:00.000', 'info', 'search', 'other', 'Error: trouble 1374', '', '1.0.0', 'open', '', id(1374)],
    ],
  },
};

const autoFixLog: Readonly<Record<string, Expected>> = {
  // 14 outcomes, 16 reasons and 9 more. Acted: 10 of the outcomes (not self_healed, undiagnosed, rejected, expired) and 5 more.
  Attempts: {
    columns: ['attempts', 'acted', 'succeeded', 'suppressed', 'to approve'],
    rows: [[14 + 16 + 9, 15, 3, 19, 1]],
  },
  // Of the 15 that acted 3 are superseded or abandoned; 3 of 12.
  Efficacy: { columns: ['efficacy'], rows: [[0.25]] },
  // 30, 60 and 120 s
  'Time to verified': { columns: ['median'], rows: [[60_000]] },
  'Attempts by outcome': {
    columns: ['time', 'series', 'attempts'],
    rows: [
      [B, 'suppressed', 16],
      ...[...outcomes].sort().map((outcome) => [C, outcome, outcome === 'superseded' ? 2 : 1]),
      [D, 'awaiting_approval', 1],
      [D, 'ineffective', 1],
      [D, 'relapsed', 1],
      [D, 'succeeded', 2],
      [D, 'suppressed', 3],
    ],
  },
  'Time to verified over time': {
    columns: ['time', 'median', 'slowest tenth'],
    rows: [
      [C, 30_000, 30_000],
      [D, 120_000, 120_000],
    ],
  },
  Outcomes: {
    columns: ['Outcome', 'Attempts'],
    rows: [
      ['succeeded', 3],
      ['ineffective', 2],
      ['relapsed', 2],
      ['superseded', 2],
      ...once(outcomes, ['succeeded', 'ineffective', 'relapsed', 'superseded']),
    ],
  },
  'Held back, by reason': {
    columns: ['Reason', 'Attempts'],
    rows: [['breaker_open', 3], ['cooldown', 2], ...once(suppressions, ['breaker_open', 'cooldown'])],
  },
  // every-outcome: of 10 that acted, superseded and abandoned prove nothing. restart-db: succeeded twice, ineffective once.
  'Efficacy of each rule': {
    columns: ['Rule', 'Attempts', 'Judged', 'Succeeded', 'Relapsed', 'Suppressed', 'Efficacy', 'Time to verified'],
    rows: [
      ['every-reason', 16, 0, 0, 0, 16, null, null],
      ['every-outcome', 14, 8, 1, 1, 0, 0.125, 30_000],
      ['restart-db', 5, 3, 2, 0, 0, 0.666667, 120_000],
      ['raise-memory', 4, 1, 0, 1, 3, 0, null],
    ],
  },
  'Attempts, newest first': {
    columns: [
      'Started',
      'Rule',
      'Service',
      'Target',
      'Outcome',
      'Held back',
      'Finding',
      'Note',
      'Mode',
      'Handed to',
      'Took',
      'Attempt id',
      'Error id',
    ],
    count: 39,
    some: [
      [
        '2026-11-24 11:50:00.000',
        'restart-db',
        'checkout',
        'checkout',
        'awaiting_approval',
        '',
        'POOL_FULL',
        'it is awaiting_approval',
        'auto',
        '',
        null,
        'attempt-38',
        id(1381),
      ],
      [
        '2026-11-24 11:30:00.000',
        'raise-memory',
        'checkout',
        'checkout',
        'suppressed',
        'breaker_open',
        '',
        'it is breaker_open',
        'auto',
        '',
        null,
        'attempt-37',
        id(1381),
      ],
      [
        '2026-11-24 11:00:00.000',
        'restart-db',
        'billing',
        'billing',
        'succeeded',
        '',
        'POOL_FULL',
        'it is succeeded',
        'auto',
        '',
        120_000,
        'attempt-31',
        id(1463),
      ],
      [
        '2026-11-24 00:00:00.000',
        'every-outcome',
        'checkout',
        'checkout',
        'succeeded',
        '',
        'POOL_FULL',
        'it is succeeded',
        'auto',
        '',
        30_000,
        'attempt-01',
        id(1381),
      ],
    ],
  },
};

const agentActivity: Readonly<Record<string, Expected>> = {
  // Overdue: the expired one, and the open one that was due at 11:30.
  Delegations: { columns: ['given', 'open', 'in work', 'reported', 'overdue'], rows: [[4, 1, 1, 1, 2]] },
  // Asked at 10:00, answered at 11:00.
  'Time to report': { columns: ['median'], rows: [[3_600_000]] },
  Calls: { columns: ['calls', 'failed', 'agents'], rows: [[4, 1, 2]] },
  'Who is on what': {
    columns: [
      'Agent',
      'State',
      'Held by',
      'Service',
      'Severity',
      'Error',
      'First question',
      'Asked',
      'Due',
      'Error id',
    ],
    rows: [
      [
        'alex',
        'open',
        '',
        'billing',
        'critical',
        'deadlock found',
        'what does alex see?',
        '2026-11-24 10:00:00.000',
        '2026-11-24 11:30:00.000',
        id(1463),
      ],
      [
        'devon',
        'acknowledged',
        'devon-bot',
        'checkout',
        'error',
        'trouble 1381',
        'what does devon see?',
        '2026-11-24 11:00:00.000',
        '2026-11-24 13:00:00.000',
        id(1381),
      ],
    ],
  },
  'Answers of each agent': {
    columns: ['Agent', 'Asked', 'Reported', 'Resolved', 'Expired', 'Time to report'],
    rows: [
      ['morgan', 2, 1, 1, 1, 3_600_000],
      ['alex', 1, 0, 0, 0, null],
      ['devon', 1, 0, 0, 0, null],
    ],
  },
  'Reports, newest first': {
    columns: ['Reported', 'Agent', 'Status', 'Summary', 'Error id'],
    rows: [['2026-11-24 11:00:00.000', 'morgan', 'resolved', 'the disk was full', id(1463)]],
  },
  'Calls by agent': {
    columns: ['time', 'series', 'calls'],
    rows: [
      [D, 'alex', 1],
      [D, 'morgan', 2],
      [D, 'olga', 1],
    ],
  },
  // 5, 10, 20 and 40 ms
  'Time of a call': { columns: ['time', 'median', 'slowest twentieth'], rows: [[D, 20, 40]] },
  // 1,000 and 3,000 characters; the other two were not counted.
  'Calls by tool or operation': {
    columns: ['Call', 'Through', 'Calls', 'Failed', 'Characters', 'Cut'],
    rows: [
      ['errors_get', 'mcp', 2, 0, 2_000, 1],
      ['agents_report', 'mcp', 1, 1, 0, 0],
      ['resolve_error', 'rest', 1, 0, 0, 0],
    ],
  },
  'Notifications by channel and state': {
    columns: ['Channel', 'Notifications'],
    rows: [
      ['ops · sent', 2],
      ['mail · failed', 1],
    ],
  },
  'Calls, newest first': {
    columns: ['Time', 'Who', 'Through', 'Call', 'Outcome', 'Took', 'Error id', 'Trace'],
    rows: [
      ['2026-11-24 11:30:00.000', 'olga', 'rest', 'resolve_error', 'OK', 5, id(1392), ''],
      ['2026-11-24 11:00:00.000', 'alex', 'mcp', 'agents_report', 'NOT_FOUND', 10, '', ''],
      ['2026-11-24 10:00:00.000', 'morgan', 'mcp', 'errors_get', 'OK', 40, id(1463), ''],
      ['2026-11-24 09:00:00.000', 'morgan', 'mcp', 'errors_get', 'OK', 20, id(1381), 'b'.repeat(32)],
    ],
  },
};

const pipeline: Readonly<Record<string, Expected>> = {
  // 4 + 1 + 2 + 1 at 02:00, 12 + 5 at 09:00, 3 + 2 at 11:00
  Records: {
    columns: ['received', 'stored', 'duplicate', 'folded', 'refused'],
    rows: [[30, 4 + 12 + 3, 2, 5, 1 + 2 + 1]],
  },
  'Refused share': { columns: ['refused'], rows: [[0.133333]] },
  // A batch is stored a second after its first error (billing's two, the info's sixty); each further error is a millisecond
  // younger. In order: 995 995 996 996 997 997 997 998 998 998 999 *999* 999 999 1000 1000 1000 1000 1998 1999 2000 60000.
  Lag: { columns: ['median', 'slowest hundredth'], rows: [[999, 60_000]] },
  'Silent for': { columns: ['silent'], rows: [[3_600]] },
  'Records by outcome': rates(
    [C, 'limited', 2],
    [C, 'oversized', 1],
    [C, 'rejected', 1],
    [C, 'stored', 4],
    [D, 'duplicate', 2],
    [D, 'folded', 5],
    [D, 'stored', 15],
  ),
  'Records by signal': rates([C, 'api', 1], [C, 'logs', 6], [C, 'traces', 1], [D, 'logs', 2], [D, 'traces', 20]),
  'Refused, by reason': {
    columns: ['Reason', 'Records'],
    rows: [
      ['limited · rate_limited', 2],
      ['oversized', 1],
      ['rejected · undecodable', 1],
    ],
  },
  // 02:00 and 04:00: 997 998 999 *999* 1000 1000. 09:00, 09:01 and 11:00: twice 995 to 1000, then 1998 1999 2000; the eighth is 998.
  'Lag over time': {
    columns: ['time', 'median', 'slowest twentieth', 'slowest'],
    rows: [
      [A, 60_000, 60_000, 60_000],
      [C, 999, 1_000, 1_000],
      [D, 998, 2_000, 2_000],
    ],
  },
  'Arrivals by service': {
    columns: ['Service', 'Errors', 'Last arrival', 'Median lag', 'Longest lag'],
    rows: [
      ['checkout', 16, '2026-11-24 09:01:01.000', 998, 1_000],
      ['billing', 3, '2026-11-24 11:00:02.000', 1_999, 2_000],
      ['search', 3, '2026-11-24 04:00:01.000', 1_000, 60_000],
    ],
  },
  'Stored errors': {
    columns: ['time', 'stored per minute'],
    rows: [
      [A, perMinute(1)],
      [C, perMinute(6)],
      [D, perMinute(15)],
    ],
  },
};

export const expected: Readonly<Record<string, Readonly<Record<string, Expected>>>> = {
  'health-trends': healthTrends,
  'error-feed': errorFeed,
  'auto-fix-log': autoFixLog,
  'agent-activity': agentActivity,
  pipeline,
};

const deploys: readonly Row[] = [
  ['2026-11-23 16:00:00.000', 'search 1.0.0 was first seen', 'search,1.0.0'],
  ['2026-11-24 02:00:00.000', 'checkout 1.0.0 was first seen in staging', 'checkout,1.0.0,staging'],
  ['2026-11-24 09:01:00.000', 'checkout 1.1.0 was first seen in production', 'checkout,1.1.0,production'],
];
const helped: readonly Row[] = [
  ['2026-11-24 00:00:01.000', 'every-outcome on checkout: succeeded', 'checkout,every-outcome'],
  ['2026-11-24 10:00:01.000', 'restart-db on checkout: succeeded', 'checkout,restart-db'],
  ['2026-11-24 11:00:01.000', 'restart-db on billing: succeeded', 'billing,restart-db'],
];
/** Not what was overtaken or given up, which proves nothing, and not what never acted. */
const didNotHelp: readonly Row[] = [
  ...['escalated', 'failed', 'inconclusive', 'ineffective', 'relapsed', 'rolled back', 'worse'].map((outcome) => [
    '2026-11-24 00:00:01.000',
    `every-outcome on checkout: ${outcome}`,
    'checkout,every-outcome',
  ]),
  ['2026-11-24 08:00:01.000', 'raise-memory on checkout: relapsed', 'checkout,raise-memory'],
  ['2026-11-24 09:00:01.000', 'restart-db on checkout: ineffective', 'checkout,restart-db'],
];
const marks = { Deploys: deploys, 'Fixes that helped': helped, 'Fixes that did not help': didNotHelp };

/** Columns time, text, tags. */
export const expectedAnnotations: Readonly<Record<string, Readonly<Record<string, readonly Row[]>>>> = {
  'health-trends': marks,
  'auto-fix-log': marks,
};
