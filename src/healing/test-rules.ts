// Runs the tests that stand in rules: the real matcher over the errors they name, the real choice of a branch over the
// facts they name. Nothing is probed and nothing is done.
import type { HealingError } from '../store/attempt-store.ts';
import { chooseBranch } from './choose-branch.ts';
import { createMatcher } from './matcher.ts';
import type { Rule, RuleTest, Scalar } from './rule.ts';

export interface RuleTestResult {
  readonly ruleId: string;
  readonly test: string;
  /** undefined: passed. */
  readonly fault: string | undefined;
}

export function testRules(rules: readonly Rule[]): readonly RuleTestResult[] {
  return rules.flatMap((rule) =>
    rule.tests.map((test) => ({ ruleId: rule.id, test: test.name, fault: faultOf(rule, test) })),
  );
}

function faultOf(rule: Rule, { errors, facts, expect }: RuleTest): string | undefined {
  const matcher = createMatcher([rule]);
  const fires = errors
    .flatMap(spread)
    .sort((a, b) => a.receivedAtMs - b.receivedAtMs)
    .some((error) => matcher.observe(error).length > 0);
  if (fires !== expect.fires) return fires ? 'fires, and should not' : 'does not fire';
  if (!fires) return undefined;
  const branch = chooseBranch(rule.plan, facts);
  const finding = branch?.finding ?? 'UNDIAGNOSED';
  if (expect.branch !== undefined && branch?.name !== expect.branch) {
    return `takes the branch ${branch?.name ?? 'of none'}, not ${expect.branch}`;
  }
  return expect.finding === undefined || finding === expect.finding
    ? undefined
    : `finds ${finding}, not ${expect.finding}`;
}

/** Any whole minute will do. */
const START_MS = Date.UTC(2026, 0, 1);

function spread({ fields, times, overMs }: RuleTest['errors'][number], kind: number): HealingError[] {
  return Array.from({ length: times }, (_, index) => {
    const atMs = START_MS + Math.floor((index * overMs) / times);
    return errorOf(fields, { id: `${kind}-${index}`, atMs });
  });
}

function errorOf(fields: Readonly<Record<string, Scalar>>, { id, atMs }: { id: string; atMs: number }): HealingError {
  const text = (name: string, otherwise = '') => String(fields[name] ?? otherwise);
  const details = Object.entries(fields)
    .filter(([name]) => name.startsWith('details.'))
    .map(([name, value]) => [name.slice('details.'.length), value] as const);
  return {
    id,
    companyId: 1,
    timestampMs: atMs,
    receivedAtMs: atMs,
    service: text('service', 'a-service'),
    severity: text('severity', 'error'),
    errorType: text('error_type', 'other'),
    exceptionType: text('exception_type'),
    message: text('message'),
    details: Object.fromEntries(details),
    handled: fields['handled'] === true,
    environment: text('environment'),
    release: text('release'),
    host: text('host'),
    containerId: text('container_id'),
    traceId: text('trace_id', id),
    source: text('source', 'log'),
    fingerprint: text('fingerprint', 'a-group'),
  };
}
