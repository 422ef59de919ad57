// The same attempt opens the same case: a repetition after a crash meets itself.
import { createHash } from 'node:crypto';

/** A UUID of version 8. */
export function caseIdOf(attemptId: string): string {
  const hex = createHash('sha256').update(`attempt:${attemptId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
