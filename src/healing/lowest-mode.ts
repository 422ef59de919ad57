import type { Mode } from './attempt.ts';

const MODES: readonly Mode[] = ['observe', 'approve', 'auto'];

/** What all of them allow. */
export function lowestMode(...modes: readonly Mode[]): Mode {
  return MODES.find((mode) => modes.includes(mode)) ?? 'observe';
}
