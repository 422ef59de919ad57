// How much two groups look alike, from what their fingerprints were made of. Pure.
import type { Grouping } from '../errors/error-event.ts';

export type Inputs = Pick<Grouping, 'rootType' | 'outerType' | 'frames' | 'template'>;

/** Where it happened tells most; what was thrown and what it said are worth the same. */
export const WEIGHTS = { type: 0.3, frames: 0.4, words: 0.3 } as const;

/** The same root; or one's root is what the other was wrapped in. */
const SAME_TYPE = 1;
const RELATED_TYPE = 0.5;

/** Says nothing about what went wrong: as if there were no type. */
const GENERIC_TYPES: ReadonlySet<string> = new Set(['Error', 'Exception', '']);

const MIN_WORD_CHARS = 3;

/** Stand in every second message. */
const COMMON_WORDS: ReadonlySet<string> = new Set(['the', 'and', 'for', 'with', 'from', 'was', 'has', 'are', 'that']);

/**
 * 0: nothing in common, to 1: the same type, frames and words. What neither has does not count; what only one has counts as
 * not shared.
 */
export function similarity(one: Inputs, other: Inputs): number {
  const types = [typesOf(one), typesOf(other)] as const;
  const parts = [
    [WEIGHTS.type, types[0].length + types[1].length === 0 ? undefined : sharedType(...types)],
    [WEIGHTS.frames, jaccard(one.frames, other.frames)],
    [WEIGHTS.words, jaccard(wordsOf(one.template), wordsOf(other.template))],
  ] as const;
  let total = 0;
  let counted = 0;
  for (const [weight, share] of parts) {
    if (share === undefined) continue;
    total += weight * share;
    counted += weight;
  }
  // Two digits: more would claim to know more.
  return counted === 0 ? 0 : Math.round((total / counted) * 100) / 100;
}

/** Root first; without those that say nothing. */
export function typesOf({ rootType, outerType }: Pick<Inputs, 'rootType' | 'outerType'>): readonly string[] {
  return [rootType, outerType].filter((type) => !GENERIC_TYPES.has(type));
}

/** Of a template, lower-case, each once, without placeholders and what stands everywhere; cut as the text index does. */
export function wordsOf(template: string): readonly string[] {
  const words = template
    .replaceAll(/<[a-z]+>/g, ' ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}\u0080-\u{10ffff}]+/u)
    .filter((word) => word.length >= MIN_WORD_CHARS && !COMMON_WORDS.has(word));
  return [...new Set(words)];
}

function sharedType(one: readonly string[], other: readonly string[]): number {
  if (one[0] === other[0]) return SAME_TYPE;
  return one.some((type) => other.includes(type)) ? RELATED_TYPE : 0;
}

/** undefined: there is nothing on either side. */
function jaccard(one: readonly string[], other: readonly string[]): number | undefined {
  const all = new Set([...one, ...other]);
  if (all.size === 0) return undefined;
  const others = new Set(other);
  return new Set(one.filter((item) => others.has(item))).size / all.size;
}
