// Ids for the record of who did what about which thing.
import { isUuid } from './cursor.ts';

/** As it is kept; '' for what is no id: callers send what they like, and none of it is to be kept. */
export function idOf(value: unknown): string {
  const id = typeof value === 'string' ? value.toLowerCase() : '';
  return isUuid(id) ? id : '';
}
