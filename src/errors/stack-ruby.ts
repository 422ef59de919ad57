// Ruby, full_message and backtraces: `app.rb:3:in 'Shop#buy': message (KeyError)` · `\tfrom app.rb:9:in …`.
// Causes follow with a line of their own without `from`; the last one is the root.
import { collectSections } from './stack-sections.ts';
import type { StackLine, StackRuntime } from './stack-sections.ts';

const frame = /^\s*(?:\d+: )?(from )?(\S[^:]*(?::\/[^:]*)?):\d+:in [`'](.+?)'(?:: (.*))?$/;

export const rubyStack: StackRuntime = {
  name: 'ruby',
  languages: ['ruby'],
  parse(lines) {
    // Ruby 2.5 to 2.7 on a terminal print the other way round.
    const ordered = lines[0]?.startsWith('Traceback (most recent call last)') === true ? lines.toReversed() : lines;
    let sawFrom = false;
    let pending: StackLine;
    const readable = ordered.flatMap((line): readonly StackLine[] => {
      const match = frame.exec(line);
      if (match === null) return [];
      const startsCause = match[1] === undefined && sawFrom;
      sawFrom = match[1] !== undefined;
      const type = /\(([A-Z][\w:]*)\)$/.exec(match[4] ?? '')?.[1] ?? '';
      pending = { kind: 'frame', frame: { file: match[2] ?? '', func: match[3] ?? '' } };
      if (startsCause) return [{ kind: 'section', type }, pending];
      return type === '' ? [pending] : [{ kind: 'type', type }, pending];
    });
    return collectSections(
      readable.map(() => ''),
      (_, index) => readable[index],
    );
  },
};
