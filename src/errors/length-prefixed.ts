// Texts of unknown content are hashed together with their lengths, so that ('ab','c') and ('a','bc') never meet.
import { hash } from 'node:crypto';

export function joinPrefixed(parts: readonly string[]): string {
  let joined = '';
  for (const part of parts) joined += `${part.length}:${part}`;
  return joined;
}

/** The first 16 bytes of SHA-256 over the parts, as 32 hex characters. */
export function digestOf(parts: readonly string[]): string {
  return hash('sha256', joinPrefixed(parts), 'hex').slice(0, 32);
}
