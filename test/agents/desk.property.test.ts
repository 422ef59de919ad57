// Whatever agents do and whenever they do it: one holder at most, nothing open in a closed case, no report lost, and an
// end by the deadline.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CaseRecord } from '../../src/agents/case-log.ts';
import { followDeadlines } from '../../src/agents/follow-deadlines.ts';
import { joinReports } from '../../src/agents/join-reports.ts';
import { acknowledge, isPending, release, report } from '../../src/agents/move-delegation.ts';
import type { Moment } from '../../src/agents/move-delegation.ts';
import type { Delegation } from '../../src/agents/case.ts';
import { openForAttempt } from '../../src/agents/open-case.ts';
import { reportStatuses } from '../../src/agents/case.ts';
import { Failure } from '../../src/failure.ts';
import { START_MS, attemptOf, settings } from './desk-setup.ts';

const DEADLINE_MS = START_MS + 7_200_000;

const step = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2_000_000 }) }),
  fc.record({
    kind: fc.constantFrom('acknowledge' as const, 'release' as const, 'report' as const),
    index: fc.nat(2),
    caller: fc.constantFrom(
      { name: 'morgan', isOperator: false },
      { name: 'alex', isOperator: false },
      { name: 'devon', isOperator: false },
      { name: 'olga', isOperator: true },
    ),
    status: fc.constantFrom(...reportStatuses),
  }),
);

test('any sequence of calls and pauses keeps a case sound', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom('all' as const, 'any' as const), (steps, join) => {
      let n = 0;
      const opening = { settings, nowMs: START_MS, newId: () => String((n += 1)) };
      const attempt = attemptOf(1, { escalatedTo: 'ada', finding: 'PAYMENTS_FAILING' });
      let record: CaseRecord = { ...openForAttempt(attempt, undefined, opening), join };
      let nowMs = START_MS;
      const bringOn = (changed: CaseRecord) => joinReports(followDeadlines(changed, nowMs, settings), nowMs);
      for (const one of steps) {
        const before = record;
        if (one.kind === 'wait') {
          nowMs += one.ms;
          record = bringOn(record);
        } else {
          record = bringOn(moved(record, one, { nowMs, settings, deadlineAtMs: record.deadlineAtMs }));
        }
        checkSound(before, record, nowMs);
      }
      nowMs = Math.max(nowMs, DEADLINE_MS);
      expect(bringOn(record).state).not.toBe('open');
    }),
    { numRuns: 500 },
  );
});

type Call = Exclude<typeof step extends fc.Arbitrary<infer Value> ? Value : never, { kind: 'wait' }>;

function moved(record: CaseRecord, { kind, index, caller, status }: Call, moment: Moment): CaseRecord {
  const delegation = record.delegations[index];
  if (delegation === undefined) return record;
  try {
    const next = moveOf(kind, delegation);
    return { ...record, delegations: record.delegations.map((one) => (one === delegation ? next : one)) };
  } catch (cause) {
    if (cause instanceof Failure && (cause.code === 'CONFLICT' || cause.code === 'FORBIDDEN')) return record;
    throw cause;
  }

  function moveOf(what: Call['kind'], one: Delegation): Delegation {
    if (what === 'acknowledge') return acknowledge(one, caller, moment);
    if (what === 'release') return release(one, { caller, reason: 'no access' }, moment);
    return report(one, caller, { status, summary: 'done', evidence: [], atMs: moment.nowMs });
  }
}

function checkSound(before: CaseRecord, after: CaseRecord, nowMs: number): void {
  for (const delegation of after.delegations) {
    const { state, heldBy, dueAtMs, offers } = delegation;
    expect(heldBy !== '').toBe(state === 'acknowledged');
    expect(dueAtMs !== undefined).toBe(isPending(delegation));
    expect(delegation.report !== undefined).toBe(state === 'reported');
    expect(offers).toBeLessThanOrEqual(3);
    if (dueAtMs !== undefined) expect(dueAtMs).toBeLessThanOrEqual(DEADLINE_MS);
    const known = before.delegations.find(({ id }) => id === delegation.id);
    // One holder gives way to nobody but by its own move or by the clock.
    if (known?.state === 'acknowledged' && state === 'acknowledged') expect(heldBy).toBe(known.heldBy);
    if (known !== undefined && !isPending(known)) expect(delegation).toBe(known);
  }
  const isOpen = after.state === 'open';
  expect(after.delegations.some(isPending)).toBe(isOpen);
  expect(after.closedAtMs === undefined).toBe(isOpen);
  if (nowMs >= DEADLINE_MS) expect(isOpen).toBe(false);
  const isResolved = after.delegations.some(({ report: given }) => given?.status === 'resolved');
  if (!isOpen) expect(after.state).toBe(isResolved ? 'resolved' : 'escalated');
}
