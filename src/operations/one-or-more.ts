// A filter that takes one word of a list or several.
import * as z from 'zod';

/** More than any of the lists has. */
const MAX_WORDS = 20;

export function oneOrMore<Value extends z.ZodEnum>(value: Value) {
  return z.union([value, z.array(value).min(1).max(MAX_WORDS)], {
    error: `must be one or several of ${value.options.join(', ')}`,
  });
}
