// An operation on an attempt that is not where it must be.
import { Failure } from '../failure.ts';
import type { Attempt } from './attempt.ts';

/** `because`: "does not wait for approval". */
export function conflict({ state, outcome }: Attempt, because: string): Failure {
  const where = outcome === undefined ? state : `${state}, ${outcome}`;
  return new Failure('CONFLICT', `the attempt ${because}: it is ${where.replaceAll('_', ' ')}`);
}
