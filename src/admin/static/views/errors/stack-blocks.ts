// A stack trace in the order in which it was written, cut where its frames change between the application's own and those of
// libraries and the runtime. Read by the same parsers that make fingerprints. Pure.
import { ownerOf } from '../../../../errors/stack-in-app.ts';
import { parseStack } from '../../../../errors/stack-parse.ts';
import type { ParsedStack } from '../../../../errors/stack-parse.ts';

/** text: messages and what is no frame; own: the application's frames; foreign: all others. */
export interface StackBlock {
  readonly kind: 'text' | 'own' | 'foreign';
  readonly lines: readonly string[];
  readonly frames: number;
}

interface Line {
  readonly kind: StackBlock['kind'];
  readonly lines: readonly string[];
}

type Runtime = ParsedStack['runtime'];

/** What the parsers call the language of a runtime. */
const LANGUAGES: Readonly<Record<Runtime, string>> = {
  java: 'java',
  v8: 'nodejs',
  gecko: 'webjs',
  python: 'python',
  dotnet: 'dotnet',
  go: 'go',
  php: 'php',
  ruby: 'ruby',
  rust: 'rust',
};

/** More is recursion; the rest is text. */
const MAX_LINES = 2_000;

/** One text block when no line has the shape of a frame. */
export function stackBlocks(stack: string): readonly StackBlock[] {
  const lines = stack.replace(/\s+$/, '').split('\n');
  const runtime = parseStack(stack, '')?.runtime;
  if (runtime === undefined || lines.length > MAX_LINES) return [{ kind: 'text', lines, frames: 0 }];
  const blocks: { kind: StackBlock['kind']; lines: string[]; frames: number }[] = [];
  for (const { kind, lines: own } of readLines(lines, runtime)) {
    const last = blocks.at(-1);
    const frames = kind === 'text' ? 0 : 1;
    if (last?.kind === kind) {
      last.lines.push(...own);
      last.frames += frames;
    } else blocks.push({ kind, lines: [...own], frames });
  }
  return blocks;
}

function readLines(lines: readonly string[], runtime: Runtime): readonly Line[] {
  const read: { kind: StackBlock['kind']; lines: string[] }[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const next = lines[index + 1];
    const last = read.at(-1);
    const alone = frameKind([line], runtime);
    // Go writes a frame on two lines.
    const both = alone === undefined && next !== undefined ? frameKind([line, next], runtime) : undefined;
    if (alone !== undefined) read.push({ kind: alone, lines: [line] });
    else if (both !== undefined && frameKind([next ?? ''], runtime) === undefined) {
      read.push({ kind: both, lines: [line, next ?? ''] });
      index += 1;
    } else if (last !== undefined && last.kind !== 'text' && indentOf(line) > indentOf(last.lines[0] ?? '')) {
      // Source code below a frame, as Python and Rust show it.
      last.lines.push(line);
    } else read.push({ kind: 'text', lines: [line] });
  }
  return read;
}

function frameKind(lines: readonly string[], runtime: Runtime): 'own' | 'foreign' | undefined {
  // Node opens a brace behind the last frame when properties or a cause follow.
  const parsed = parseStack(lines.join('\n').replace(/ \{$/, ''), LANGUAGES[runtime]);
  const frame = parsed?.sections.flatMap(({ frames }) => frames)[0];
  if (frame === undefined) return undefined;
  return ownerOf(frame, runtime) === 'app' ? 'own' : 'foreign';
}

function indentOf(line: string): number {
  return /^\s*/.exec(line)?.[0].length ?? 0;
}
