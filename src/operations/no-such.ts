// One answer for an unknown id, a malformed id and another company's id: it names none, so it gives nothing away.
import { Failure } from '../failure.ts';

export function noSuchError(): Failure {
  return new Failure('NOT_FOUND', 'there is no such error');
}

export function noSuchGroup(): Failure {
  return new Failure('NOT_FOUND', 'there is no such group');
}

export function noSuchFix(): Failure {
  return new Failure('NOT_FOUND', 'there is no such fix');
}

export function noSuchDelegation(): Failure {
  return new Failure('NOT_FOUND', 'there is no such delegation');
}
