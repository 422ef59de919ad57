// How many attributes of one record, resource or event are kept. A service that sends 100,000 of them is mistaken, and no
// reader looks at more; but what names the error and its service is kept wherever it stands.
import type { AttributeValue } from './candidate.ts';
import { isExceptionKey } from './exception-names.ts';

const MAX_ATTRIBUTES = 256;

/** Members of an array or map within one value. */
export const MAX_MEMBERS = 256;

/** Nesting of values within one attribute; what lies deeper is replaced by the cut mark. */
export const MAX_DEPTH = 32;

const ALWAYS_KEPT = new Set([
  'company.id',
  'deployment.environment.name',
  'error.type',
  'event.name',
  'host.name',
  'service.name',
  'service.version',
]);

/** Whether there is room for the key; a repeated key takes the place of the earlier one. */
export function isKept(attributes: ReadonlyMap<string, AttributeValue>, key: string): boolean {
  if (attributes.size < MAX_ATTRIBUTES || attributes.has(key)) return true;
  return isExceptionKey(key) || ALWAYS_KEPT.has(key);
}
