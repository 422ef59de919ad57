// Python: the most recent call last, and of a chain the root cause first:
// `Traceback (most recent call last):` · `  File "app.py", line 3, in buy` · `ValueError: …` ·
// `The above exception was the direct cause of the following exception:` · the next block.
import { collectSections, headerType } from './stack-sections.ts';
import type { StackLine, StackRuntime } from './stack-sections.ts';

const frame = /^[\s|+]*File "([^"]+)", line \d+(?:, in (.+))?$/;
const nextInChain =
  /^[\s|]*(?:The above exception was the direct cause of|During handling of the above exception, another)/;
/** Exception groups (3.11): below this line are the members, not the chain. */
const groupMembers = /^\s*\+-\+?-{4,}/;

export const pythonStack: StackRuntime = {
  name: 'python',
  languages: ['python'],
  parse(lines) {
    let hasFrames = false;
    const blocks = collectSections(lines, (line): StackLine => {
      const match = frame.exec(line);
      if (match !== null) {
        hasFrames = true;
        return { kind: 'frame', frame: { file: match[1] ?? '', func: match[2] ?? '' } };
      }
      if (groupMembers.test(line)) return { kind: 'end' };
      if (nextInChain.test(line)) {
        hasFrames = false;
        return { kind: 'section', type: '' };
      }
      // The first line that is not indented after the frames is the exception.
      const plain = line.replace(/^\s*\| /, '');
      return hasFrames && /^\S/.test(plain) ? { kind: 'type', type: headerType(plain) } : undefined;
    });
    return blocks.map(({ type, frames }) => ({ type, frames: frames.toReversed() })).toReversed();
  },
};
