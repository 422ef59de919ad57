// Who is told what, from what changed in a case, and from attempts. Titles are ours; what came from errors and agents stands
// in `message` and in values of fields.
import type { Attempt } from '../healing/attempt.ts';
import type { StoredError } from '../store/error-store.ts';
import type { CaseRecord } from './case-log.ts';
import type { Delegation } from './case.ts';
import type { Notice } from './notice.ts';

/** Where on the admin page an error, or an attempt on it, is shown. */
export type AdminPath = (of: { readonly errorId: string; readonly attemptId: string }) => string;

interface Told {
  readonly nowMs: number;
  readonly adminPath: AdminPath;
}

/** `before`: undefined when it was just opened. */
export function noticesOf(before: CaseRecord | undefined, after: CaseRecord, told: Told): readonly Notice[] {
  const opened = before === undefined ? openingNotice(after, told) : undefined;
  const closed = after.state === 'escalated' && before?.state !== 'escalated' ? [escalatedNotice(after, told)] : [];
  const overdue = after.delegations.filter(
    ({ id }) => after.overdue.includes(id) && before?.overdue.includes(id) !== true,
  );
  const offered = after.delegations.filter((delegation) => {
    const known = before?.delegations.find(({ id }) => id === delegation.id);
    return delegation.state === 'open' && delegation.offers > (known?.offers ?? 0);
  });
  return [
    ...(opened === undefined ? [] : [opened]),
    ...overdue.map((delegation) => overdueNotice(after, delegation, told)),
    ...offered.map((delegation) => offerNotice(after, delegation, told)),
    ...closed,
  ];
}

/** undefined: people need not know that it was opened. */
export function openingNotice(record: CaseRecord, told: Told): Notice | undefined {
  const { kind } = record;
  if (kind !== 'critical_error' && kind !== 'fix_failed') return undefined;
  const title = kind === 'critical_error' ? 'A critical error was handed to agents' : 'A fix did not help';
  return {
    ...aboutCase(record, told),
    kind,
    key: keyOf(kind, record.fingerprints, record.finding || record.errorType),
    title,
    fields: [...fieldsOf(record), ['asked', record.delegations.map(({ agent }) => agent).join(', ')]],
  };
}

export function approvalNotice(attempt: Attempt, error: StoredError | undefined, told: Told): Notice {
  const due = attempt.dueAtMs === undefined ? [] : [['until', timeOf(attempt.dueAtMs)] as const];
  return {
    ...aboutAttempt(attempt, error, told),
    kind: 'approval_needed',
    // Each is a decision of its own.
    key: keyOf('approval_needed', attempt.cause.fingerprints, attempt.id),
    title: `The fix of rule ${attempt.ruleId} waits for approval`,
    // Its note names the actions: words of ours.
    fields: [...attemptFields(attempt), ['plan', attempt.note], ...due],
  };
}

export function breakerNotice(attempt: Attempt, error: StoredError | undefined, told: Told): Notice {
  return {
    ...aboutAttempt(attempt, error, told),
    kind: 'breaker_open',
    key: keyOf('breaker_open', attempt.cause.fingerprints, `${attempt.ruleId}/${attempt.targetKey}`),
    title: `Rule ${attempt.ruleId} failed too often and is stopped for a while`,
    fields: [...attemptFields(attempt), ['why', attempt.note]],
  };
}

/** Of one company: an attempt whose case was not opened, as the first of many. */
export function fullNotice({ id, cause }: Attempt, openCases: number, { nowMs, adminPath }: Told): Notice {
  return {
    companyId: cause.companyId,
    kind: 'case_escalated',
    key: 'case_escalated/too_many_open_cases',
    severity: 'critical',
    title: 'Too many cases are open: nothing new is handed to agents',
    service: '',
    message: '',
    fields: [['open_cases', String(openCases)]],
    path: adminPath({ errorId: cause.errorId, attemptId: id }),
    atMs: nowMs,
    agent: '',
  };
}

function offerNotice(record: CaseRecord, delegation: Delegation, told: Told): Notice {
  const { id, agent, questions, offers, dueAtMs } = delegation;
  return {
    ...aboutCase(record, told),
    kind: 'delegation_opened',
    // Each offer reaches its agent.
    key: `delegation_opened/${id}/${offers}`,
    title: offers === 1 ? `${agent} is asked to see to an error` : `${agent} is asked again`,
    fields: [
      ['delegation_id', id],
      ...fieldsOf(record),
      ['priority', record.priority],
      ...(dueAtMs === undefined ? [] : [['acknowledge_by', timeOf(dueAtMs)] as const]),
      ['report_by', timeOf(record.deadlineAtMs)],
      ['offer', String(offers)],
      ...questions.map((question) => ['question', question] as const),
    ],
    agent,
  };
}

function overdueNotice(record: CaseRecord, { id, agent }: Delegation, told: Told): Notice {
  return {
    ...aboutCase(record, told),
    kind: 'delegation_overdue',
    key: keyOf('delegation_overdue', record.fingerprints, agent),
    title: `${agent} did not acknowledge a delegation in time`,
    fields: [['delegation_id', id], ...fieldsOf(record)],
  };
}

function escalatedNotice(record: CaseRecord, told: Told): Notice {
  return {
    ...aboutCase(record, told),
    kind: 'case_escalated',
    key: keyOf('case_escalated', record.fingerprints, record.finding || record.errorType),
    title: 'The agents could not resolve it: people must see to it',
    // A line each: of a long text only the beginning is shown.
    fields: [...fieldsOf(record), ...record.summary.split('\n').map((line) => ['summary', line] as const)],
  };
}

function aboutCase(record: CaseRecord, { nowMs, adminPath }: Told) {
  const { companyId, service, message, errorId, attemptId } = record;
  return {
    companyId,
    severity: severityOf(record.severity),
    service,
    message,
    path: adminPath({ errorId, attemptId }),
    atMs: nowMs,
    agent: '',
  };
}

function aboutAttempt({ id, cause }: Attempt, error: StoredError | undefined, { nowMs, adminPath }: Told) {
  return {
    companyId: cause.companyId,
    severity: error?.severity ?? 'error',
    service: cause.service,
    message: error?.message ?? '',
    path: adminPath({ errorId: cause.errorId, attemptId: id }),
    atMs: nowMs,
    agent: '',
  } as const;
}

function fieldsOf({ id, errorId, attemptId, finding, reason, joined }: CaseRecord): Notice['fields'] {
  const given: Notice['fields'] = [
    ['case_id', id],
    ['error_id', errorId],
    ['fix_id', attemptId],
    ['finding', finding],
    ['reason', reason],
    ['joined', joined === 0 ? '' : String(joined)],
  ];
  return given.filter(([, value]) => value !== '');
}

function attemptFields({ id, cause, ruleId, targetName, finding }: Attempt): Notice['fields'] {
  const given: Notice['fields'] = [
    ['fix_id', id],
    ['error_id', cause.errorId],
    ['rule', ruleId],
    ['target', targetName],
    ['finding', finding],
  ];
  return given.filter(([, value]) => value !== '');
}

/** Group and cause. */
function keyOf(kind: Notice['kind'], fingerprints: readonly string[], cause: string): string {
  return `${kind}/${fingerprints[0] ?? ''}/${cause}`;
}

function severityOf(text: string): Notice['severity'] {
  return text === 'critical' || text === 'warning' || text === 'info' ? text : 'error';
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
