// What grouping takes from a stack trace: the root cause and the few frames that tell this bug from others.
// reference: error-tracking (d), steps 3 to 6.
import { normaliseFile } from './stack-file.ts';
import { normaliseFunction } from './stack-function.ts';
import { ownerOf } from './stack-in-app.ts';
import type { Owner } from './stack-in-app.ts';
import { parseStack } from './stack-parse.ts';
import type { RawFrame, StackRuntime } from './stack-sections.ts';

export interface StackDigest {
  /** Types as the stack's headers tell them, '' where they don't. */
  readonly rootType: string;
  readonly outerType: string;
  /** true when the stack shows a chain: then `rootType` is known better than from the attributes. */
  readonly isChain: boolean;
  /** Normalised `file|function`, innermost first; [] when there is no stack. */
  readonly frames: readonly string[];
}

/** The innermost in-app frames: more would split a bug by who called, fewer would merge bugs of one wrapper. */
const KEPT_APP_FRAMES = 5;
/** Where there is no in-app frame at all. */
const KEPT_LIBRARY_FRAMES = 3;

/** Two files of one name in different folders are two files. */
const KEPT_SEGMENTS = 3;
/** These runtimes qualify the function: the folder adds nothing but the build machine's checkout. */
const qualifying: ReadonlySet<StackRuntime['name']> = new Set(['java', 'dotnet', 'go', 'rust']);

const nothing: StackDigest = { rootType: '', outerType: '', isChain: false, frames: [] };

export function digestStack(stack: string, language: string): StackDigest {
  const parsed = stack === '' ? undefined : parseStack(stack, language);
  if (parsed === undefined) return nothing;
  const { sections, runtime } = parsed;
  return {
    rootType: sections[sections.length - 1]?.type ?? '',
    outerType: sections[0]?.type ?? '',
    isChain: sections.length > 1,
    frames: chooseFrames(
      sections.map(({ frames }) => frames),
      runtime,
    ),
  };
}

/**
 * The root cause's in-app frames. A driver's root cause often has none ("... 12 more"): then those of the exception around it.
 */
function chooseFrames(
  framesBySection: readonly (readonly RawFrame[])[],
  runtime: StackRuntime['name'],
): readonly string[] {
  for (const frames of framesBySection.toReversed()) {
    const own = keep(frames, runtime, { owners: ['app'], limit: KEPT_APP_FRAMES });
    if (own.length > 0) return own;
  }
  for (const frames of framesBySection.toReversed()) {
    const libraries = keep(frames, runtime, { owners: ['library'], limit: KEPT_LIBRARY_FRAMES });
    if (libraries.length > 0) return libraries;
  }
  return [];
}

function keep(
  frames: readonly RawFrame[],
  runtime: StackRuntime['name'],
  wanted: { owners: readonly Owner[]; limit: number },
): readonly string[] {
  const keptSegments = qualifying.has(runtime) ? 1 : KEPT_SEGMENTS;
  const kept: string[] = [];
  for (const frame of frames) {
    if (!wanted.owners.includes(ownerOf(frame, runtime))) continue;
    const text = `${normaliseFile(frame.file, keptSegments)}|${normaliseFunction(frame.func, runtime)}`;
    // Recursion: its depth is chance.
    if (text !== '|' && text !== kept[kept.length - 1]) kept.push(text);
    if (kept.length === wanted.limit) break;
  }
  return kept;
}
