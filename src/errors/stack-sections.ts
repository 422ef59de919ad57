// What a stack trace is to grouping: sections, one for each exception of a chain of causes, each with its frames.
// Frames are recognised by their shape, never by "has a number": rows of values and SQL must not pass for frames.

/** As written in the stack; '' where the runtime does not tell. */
export interface RawFrame {
  readonly file: string;
  readonly func: string;
}

/** One exception of the chain, frames innermost first. */
export interface StackSection {
  readonly type: string;
  readonly frames: readonly RawFrame[];
}

export interface StackRuntime {
  readonly name: 'java' | 'v8' | 'python' | 'dotnet' | 'go' | 'ruby' | 'php' | 'rust' | 'gecko';
  /** Values of telemetry.sdk.language that write this format. */
  readonly languages: readonly string[];
  /** Outermost exception first, the root cause last. */
  readonly parse: (lines: readonly string[]) => readonly StackSection[];
}

/** What one line says. */
export type StackLine =
  | { readonly kind: 'frame'; readonly frame: RawFrame }
  /** Begins the section of another exception. */
  | { readonly kind: 'section'; readonly type: string }
  /** The type of the section that is being read. */
  | { readonly kind: 'type'; readonly type: string }
  | { readonly kind: 'end' }
  | undefined;

/** Reads lines in order into sections; `read` may look at the lines around. */
export function collectSections(
  lines: readonly string[],
  read: (line: string, index: number) => StackLine,
): StackSection[] {
  const sections = [newSection('')];
  for (const [index, line] of lines.entries()) {
    const said = read(line, index);
    if (said === undefined) continue;
    if (said.kind === 'end') break;
    const current = sections[sections.length - 1];
    if (said.kind === 'section') sections.push(newSection(said.type));
    else if (said.kind === 'frame') current?.frames.push(said.frame);
    else if (current?.type === '') current.type = said.type;
  }
  return sections;
}

function newSection(type: string): { type: string; frames: RawFrame[] } {
  return { type, frames: [] };
}

/** `com.acme.NotFound: no such row` → `com.acme.NotFound`; '' when the line begins like prose. */
export function headerType(line: string): string {
  return /^([A-Za-z_$][\w.$\\]{0,200})(?:\[[^\]]{0,80}\])?(?:: |:?$)/.exec(line)?.[1] ?? '';
}
