// A stack trace of any runtime, read into sections.
import { dotnetStack } from './stack-dotnet.ts';
import { goStack } from './stack-go.ts';
import { javaStack } from './stack-java.ts';
import { geckoStack, v8Stack } from './stack-javascript.ts';
import { phpStack } from './stack-php.ts';
import { pythonStack } from './stack-python.ts';
import { rubyStack } from './stack-ruby.ts';
import { rustStack } from './stack-rust.ts';
import type { StackRuntime, StackSection } from './stack-sections.ts';

export interface ParsedStack {
  readonly runtime: StackRuntime['name'];
  /** Outermost exception first, the root cause last; frames innermost first. */
  readonly sections: readonly StackSection[];
}

/** Where two shapes hit equally often the earlier one is the stricter. */
const runtimes: readonly StackRuntime[] = [
  javaStack,
  v8Stack,
  pythonStack,
  dotnetStack,
  goStack,
  phpStack,
  rubyStack,
  rustStack,
  geckoStack,
];

/** No runtime writes longer lines that are frames; what is longer is data. */
const MAX_LINE_CHARS = 2_000;
/** Deeper stacks are recursion: both ends tell enough. */
const MAX_FRAMES = 250;
const KEPT_FRAMES_PER_END = 50;

/** undefined when no line has the shape of a frame. `language` is telemetry.sdk.language and may be wrong or ''. */
export function parseStack(stack: string, language: string): ParsedStack | undefined {
  const lines = stack.split('\n').filter((line) => line.length <= MAX_LINE_CHARS);
  const own = runtimes.filter((runtime) => runtime.languages.includes(language));
  return best(own, lines) ?? best(runtimes, lines);
}

function best(candidates: readonly StackRuntime[], lines: readonly string[]): ParsedStack | undefined {
  let found: ParsedStack | undefined;
  let mostHits = 0;
  for (const { name, parse } of candidates) {
    const sections = parse(lines);
    const hits = sections.reduce((sum, { frames }) => sum + frames.length, 0);
    if (hits <= mostHits) continue;
    mostHits = hits;
    found = { runtime: name, sections: sections.map(shortened) };
  }
  return found;
}

function shortened(section: StackSection): StackSection {
  const { type, frames } = section;
  if (frames.length <= MAX_FRAMES) return section;
  return { type, frames: [...frames.slice(0, KEPT_FRAMES_PER_END), ...frames.slice(-KEPT_FRAMES_PER_END)] };
}
