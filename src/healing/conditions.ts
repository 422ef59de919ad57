// Whether conditions hold, of an error's fields or of facts. A missing value never matches, also not `ne` and `not_in`:
// what was not found out must not lead to a change. `exists: false` alone sees that something is missing.
import { RE2JS } from 're2js';
import { referenceIn } from './references.ts';
import type { Condition, Conditions, Scalar } from './rule.ts';

/** undefined: missing. */
export type Lookup = (name: string) => Scalar | undefined;

export function holds({ all, any, none }: Conditions, lookup: Lookup): boolean {
  const meets = (condition: Condition) => compare(condition, lookup);
  return all.every(meets) && (any.length === 0 || any.some(meets)) && !none.some(meets);
}

/** Why they do not hold, as a sentence's part for people; undefined: they hold. */
export function mismatchOf(conditions: Conditions, lookup: Lookup): string | undefined {
  const { all, any, none } = conditions;
  const meets = (condition: Condition) => compare(condition, lookup);
  const missed = all.find((condition) => !meets(condition));
  if (missed !== undefined) return `not ${told(missed, lookup)}`;
  if (any.length > 0 && !any.some(meets)) return `none of: ${any.map((one) => told(one, lookup)).join('; ')}`;
  const excluded = none.find(meets);
  return excluded === undefined ? undefined : `excluded by ${told(excluded, lookup)}`;
}

/** An untrusted text may be long, and it is shown to people. */
const MAX_SHOWN = 60;

function told({ name, op, value }: Condition, lookup: Lookup): string {
  const found = lookup(name);
  const shown = found === undefined ? 'missing' : JSON.stringify(found).slice(0, MAX_SHOWN);
  return `${name} ${op} ${JSON.stringify(value)} (it is ${shown})`;
}

function compare(condition: Condition, lookup: Lookup): boolean {
  const { name, op, value } = condition;
  const found = lookup(name);
  if (op === 'exists') return (found !== undefined) === value;
  if (found === undefined) return false;
  if (typeof value === 'object') return value.some((one) => same(found, one)) === (op === 'in');
  const wanted = wantedOf(value, lookup);
  if (wanted === undefined) return false;
  if (op === 'eq' || op === 'ne') return same(found, wanted) === (op === 'eq');
  if (typeof found === 'number' && typeof wanted === 'number') {
    if (op === 'gt') return found > wanted;
    if (op === 'gte') return found >= wanted;
    if (op === 'lt') return found < wanted;
    if (op === 'lte') return found <= wanted;
  }
  if (typeof wanted !== 'string') return false;
  // A code may come as a number from one SDK and as a text from another.
  const text = String(found);
  if (op === 'prefix') return text.startsWith(wanted);
  if (op === 'suffix') return text.endsWith(wanted);
  if (op === 'contains') return text.includes(wanted);
  return op === 'regex' && patternOf(condition, wanted).matcher(text).find();
}

/** One fact may be compared with another: `ne: ${facts.wire.protocol}`. */
function wantedOf(value: Scalar, lookup: Lookup): Scalar | undefined {
  const path = referenceIn(value);
  return path === undefined ? value : lookup(path.slice('facts.'.length));
}

function same(found: Scalar, wanted: Scalar): boolean {
  if (typeof found === typeof wanted) return found === wanted;
  return typeof found !== 'boolean' && typeof wanted !== 'boolean' && String(found) === String(wanted);
}

/** Compiled at first use and kept as long as the rule. */
const patterns = new WeakMap<Condition, RE2JS>();

function patternOf(condition: Condition, source: string): RE2JS {
  let pattern = patterns.get(condition);
  if (pattern === undefined) {
    pattern = RE2JS.compile(source);
    patterns.set(condition, pattern);
  }
  return pattern;
}
