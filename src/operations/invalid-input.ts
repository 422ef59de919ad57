// INVALID_INPUT with every fault at once, so that a caller mends all of them in one go.
import { Failure } from '../failure.ts';

export interface Fault {
  /** As the caller wrote it: `severity`, `details.port`. Empty: the input as a whole. */
  readonly field: string;
  readonly message: string;
}

/** A caller learns enough from this many; a body of a million unknown keys must not become an answer as long. */
const MAX_FAULTS = 20;
const MAX_FIELD_LENGTH = 100;

export class InvalidInput extends Failure {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const shown = faults.slice(0, MAX_FAULTS).map(({ field, message }) => ({ field: shorten(field), message }));
    const [first] = shown;
    const text = first === undefined ? 'the input is not valid' : `${first.field || 'the input'}: ${first.message}`;
    super('INVALID_INPUT', text, first === undefined ? {} : { field: first.field });
    this.faults = shown;
  }
}

function shorten(field: string): string {
  return field.length <= MAX_FIELD_LENGTH ? field : `${field.slice(0, MAX_FIELD_LENGTH)}…`;
}
