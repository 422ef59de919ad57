// The checks: files in, complaints out; none means that the rules hold. Pure, so that they can be shown wrong samples.
import { MAX_CODE_LINES, composition, emptyNames, flow, foundation, library, textRules } from './rules.ts';
import { type SourceFile, codeLines, importsOf } from './source-files.ts';

export function checkImports(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) =>
    importsOf(file)
      .map((target) => refusal(placeOf(file.path), placeOf(target)))
      .filter((reason) => reason !== undefined)
      .map((reason) => `${file.path}: ${reason}`),
  );
}

/** The folder under src, or the file's name when it stands in src itself. */
function placeOf(path: string): string {
  return path.split('/')[1] ?? path;
}

function refusal(from: string, to: string): string | undefined {
  if (from === to) return undefined;
  if (from === library) return `${library} imports nothing of the rest, yet ${to}`;
  if (composition.includes(from)) return undefined;
  if (composition.includes(to)) return `only the process entry imports ${to}`;
  if (foundation.includes(to)) return undefined;
  if (foundation.includes(from)) return `${from} is seen by everyone and may not import ${to}`;
  const [fromRow, toRow] = [rowOf(from), rowOf(to)];
  if (fromRow === -1) return `${from} has no place in the flow (test/architecture/rules.ts)`;
  if (toRow === -1) return `${to} has no place in the flow`;
  return toRow < fromRow ? undefined : `${from} may not import ${to}, which comes later in the flow`;
}

function rowOf(folder: string): number {
  return flow.findIndex((row) => row.includes(folder));
}

export function checkText(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) =>
    textRules
      .filter((rule) => !rule.allowed.test(file.path))
      .flatMap((rule) =>
        codeLines(file.text)
          .filter((line) => rule.pattern.test(line))
          .map((line) => `${file.path}: ${rule.name}: ${line.trim()}`),
      ),
  );
}

export function checkNames(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) =>
    file.path
      .split('/')
      .map((part) => part.replace(/\.[a-z.]+$/, ''))
      .filter((part) => emptyNames.includes((part.split('-').at(-1) ?? '').replace(/s$/, '')))
      .map((part) => `${file.path}: "${part}" does not say what is inside`),
  );
}

export function checkLength(files: readonly SourceFile[]): readonly string[] {
  return files
    .map((file) => ({ path: file.path, lines: codeLines(file.text).length }))
    .filter(({ lines }) => lines > MAX_CODE_LINES)
    .map(({ path, lines }) => `${path}: ${lines} code lines, ${MAX_CODE_LINES} at most`);
}
