// The same firing has the same id: what a start reads again is met as known.
import { createHash } from 'node:crypto';
import type { Firing } from './firing.ts';

/** A UUID of version 8. */
export function attemptIdOf({ rule, cause }: Firing): string {
  const digest = createHash('sha256').update(JSON.stringify([rule.id, cause.companyId, cause.key, cause.errorId]));
  const hex = digest.digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
