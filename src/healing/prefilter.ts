// What no rule can match need not leave the store: the columns' part of the rules' conditions, as a filter that lets
// through all that may match and more. The matcher decides as if it had seen everything.
import type { ColumnTest, PreFilter } from '../store/attempt-store.ts';
import type { Condition, Rule } from './rule.ts';

const COLUMNS = [
  'error_type',
  'severity',
  'service',
  'environment',
  'exception_type',
  'message',
  'host',
  'release',
] as const;
const DETAILS = 'details.';

/** undefined: some rule needs to see all errors. */
export function prefilterOf(rules: readonly Rule[]): PreFilter | undefined {
  const filters = rules.map(testsOf);
  return filters.some((tests) => tests.length === 0) ? undefined : filters;
}

/** All must hold, each through one of its tests. */
function testsOf({ when: { match, ratio } }: Rule): readonly (readonly ColumnTest[])[] {
  // A share counts also the errors that do not match.
  if (ratio !== undefined) return [];
  const all = match.all.map((condition) => [testOf(condition)]);
  const any = match.any.length === 0 ? [] : [match.any.map(testOf)];
  return [...all, ...any].flatMap((tests) => {
    const known = tests.filter((test) => test !== undefined);
    return known.length === tests.length ? [known] : [];
  });
}

/** undefined: it can't be told from a column. */
function testOf({ name, op, value }: Condition): ColumnTest | undefined {
  const values = (typeof value === 'object' ? value : [value]).map(String);
  // A reference is resolved where facts are known.
  if (values.some((one) => one.includes('${'))) return undefined;
  // The key's beginning stands in the JSON, flat or nested.
  if (name.startsWith(DETAILS)) {
    const [key = ''] = name.slice(DETAILS.length).split('.');
    return op === 'exists' && value === false ? undefined : { column: 'details', op: 'contains', values: [`"${key}`] };
  }
  const column = COLUMNS.find((one) => one === name);
  if (column === undefined) return undefined;
  if (op === 'eq' || op === 'in') return { column, op: 'in', values };
  return op === 'regex' || op === 'contains' ? { column, op, values } : undefined;
}
