// Java, Kotlin, Scala, Groovy; also OpenTelemetry PHP, which writes its traces in Java's manner.
// `at com.acme.Shop.buy(Shop.java:12)`, `Caused by: …` (the last one is the root), `Suppressed: …` (not part of the chain).
import { collectSections, headerType } from './stack-sections.ts';
import type { StackLine, StackRuntime } from './stack-sections.ts';

const frame = /^\s*at ([^()\s][^()]*)\(([^()]+)\)/;
const place =
  /^(?:(?:[^:]+\.(?:java|kt|kts|scala|sc|groovy|clj|php)|SourceFile|Unknown Source|Native Method|<[^>]+>)(?::\d+)?)$/;
/** `java.base/`, `app//`, `loader/module@1.2/`. */
const modulePrefix = /^[\w.@-]*\/(?:[\w.@-]*\/)?/;

export const javaStack: StackRuntime = {
  name: 'java',
  languages: ['java', 'kotlin', 'php'],
  parse(lines) {
    let suppressedIndent = -1;
    return collectSections(lines, (line, index) => {
      if (suppressedIndent >= 0 && indentOf(line) >= suppressedIndent) return undefined;
      suppressedIndent = /^\s+Suppressed: /.test(line) ? indentOf(line) : -1;
      return suppressedIndent >= 0 ? undefined : readLine(line, index);
    });
  },
};

function readLine(line: string, index: number): StackLine {
  const cause = /^\s*(?:Caused by|Wrapped by): (.*)$/.exec(line);
  if (cause !== null) return { kind: 'section', type: headerType(cause[1] ?? '') };
  const match = frame.exec(line);
  if (match === null || !place.test(match[2] ?? '')) {
    const header = line.replace(/^Exception in thread "[^"]*" /, '');
    return index === 0 ? { kind: 'type', type: headerType(header) } : undefined;
  }
  const file = /^[^:<]+\.\w+/.exec(match[2] ?? '')?.[0] ?? '';
  return { kind: 'frame', frame: { file, func: withoutModule(match[1] ?? '') } };
}

/** Hidden classes have a slash as well (`Shop$$Lambda/0x00007f`): only a prefix without `$` is a module. */
function withoutModule(func: string): string {
  return func.replace(modulePrefix, '');
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
