// PHP: `#0 /srv/app/Shop.php(12): Shop->buy(1)`; of a chain the root cause comes first, then `Next Outer: …`.
import { collectSections, headerType } from './stack-sections.ts';
import type { StackLine, StackRuntime } from './stack-sections.ts';

const frame = /^#\d+ (?:([^(\s][^(]*)\(\d+\)|\[internal function\]): ([^(]+)/;
/** Ends the header: where it was thrown. */
const thrownAt = / in ((?:\/|[A-Za-z]:\\)[^:]+\.php):\d+$/;

export const phpStack: StackRuntime = {
  name: 'php',
  languages: ['php'],
  parse: (lines) => collectSections(expandHeaders(lines), readLine).toReversed(),
};

/** A header tells the type and the innermost place: two facts, two lines. */
function expandHeaders(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const place = line.startsWith('#') ? null : thrownAt.exec(line);
    return place === null ? [line] : [line.slice(0, place.index), `#0 ${place[1] ?? ''}(0): `];
  });
}

function readLine(line: string, index: number): StackLine {
  const next = /^Next ([\w\\]+)/.exec(line);
  if (next !== null) return { kind: 'section', type: next[1] ?? '' };
  const match = /^#0 ([^(]+)\(0\): $/.exec(line) ?? frame.exec(line);
  if (match !== null) return { kind: 'frame', frame: { file: match[1] ?? '[internal]', func: match[2] ?? '' } };
  const header = line.replace(/^(?:PHP )?Fatal error: {1,2}Uncaught /, '');
  return index === 0 ? { kind: 'type', type: headerType(header) } : undefined;
}
