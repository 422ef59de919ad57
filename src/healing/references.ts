// `${...}` in parameters and condition values: always the whole value, replaced by one typed value. There is no
// composing of texts, so nothing that a sender wrote can become a part of something else.
import type { HealingError } from '../store/attempt-store.ts';
import { fieldOf } from './error-fields.ts';
import type { Facts } from './facts.ts';
import type { Params, Scalar } from './rule.ts';
import type { Target } from './target.ts';

/** What references can see. */
export interface Known {
  readonly error: HealingError | undefined;
  readonly facts: Facts;
  readonly target: Pick<Target, 'name' | 'container'> | undefined;
}

const WHOLE = /^\$\{([^${}]+)\}$/;

/** `facts.wire.protocol` of `${facts.wire.protocol}`; undefined: a literal. */
export function referenceIn(value: unknown): string | undefined {
  return typeof value === 'string' ? WHOLE.exec(value)?.[1] : undefined;
}

/** undefined: a reference has no value, and what needs it can't be done. Never a part of the parameters: the rest may mean more. */
export function resolveParams(params: Params, known: Known): Params | undefined {
  const resolved: Record<string, Scalar | readonly Scalar[]> = {};
  for (const [name, value] of Object.entries(params)) {
    const path = referenceIn(value);
    const found = path === undefined ? value : lookUp(path, known);
    if (found === undefined) return undefined;
    resolved[name] = found;
  }
  return resolved;
}

function lookUp(path: string, { error, facts, target }: Known): Scalar | undefined {
  if (path.startsWith('facts.')) return facts[path.slice('facts.'.length)];
  if (path.startsWith('error.')) return error && fieldOf(error, path.slice('error.'.length));
  if (path === 'target.name') return target?.name;
  return path === 'target.container' ? target?.container?.id : undefined;
}
