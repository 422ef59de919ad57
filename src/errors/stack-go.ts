// Go: runtime.Stack, panics and pkg/errors' %+v: a function line, then an indented `file.go:12`.
import { collectSections } from './stack-sections.ts';
import type { StackRuntime } from './stack-sections.ts';

const place = /^\s+(\S.*\.(?:go|s)):\d+(?: \+0x[0-9a-f]+)?\s*$/;

export const goStack: StackRuntime = {
  name: 'go',
  languages: ['go'],
  parse(lines) {
    let goroutines = 0;
    return collectSections(lines, (line, index) => {
      // Only the goroutine that failed; the others are bystanders.
      if (/^goroutine \d+ \[/.test(line)) goroutines += 1;
      if (goroutines > 1) return { kind: 'end' };
      const file = place.exec(lines[index + 1] ?? '')?.[1];
      if (file === undefined || line === '' || line.startsWith('created by ') || place.test(line)) return undefined;
      return { kind: 'frame', frame: { file, func: withoutArguments(line.trim()) } };
    });
  },
};

/** `main.(*Shop).buy(0xc0000, 0x1)` → `main.(*Shop).buy`. */
function withoutArguments(call: string): string {
  return call.endsWith(')') ? call.slice(0, call.lastIndexOf('(')) : call;
}
