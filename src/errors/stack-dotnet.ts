// .NET, Exception.ToString(): `Outer: … ---> Inner: …`, the innermost's frames, `--- End of inner exception stack trace
// ---`, then the frames of the one around it: `at App.Shop.Buy(Int32 id) in /src/Shop.cs:line 12`.
import { headerType } from './stack-sections.ts';
import type { RawFrame, StackRuntime, StackSection } from './stack-sections.ts';

const frame = /^\s*at ([^(]*[^\s(])\((?:.*)\)(?: in (.+):line \d+)?\s*$/;
const innerEnd = '--- End of inner exception stack trace ---';

export const dotnetStack: StackRuntime = {
  name: 'dotnet',
  languages: ['dotnet'],
  parse(lines) {
    const types: string[] = [];
    const blocks: RawFrame[][] = [[]];
    for (const line of lines) {
      // An AggregateException repeats its members after the chain.
      if (line.trimStart().startsWith('---> (Inner Exception #')) break;
      if (line.trim() === innerEnd) blocks.push([]);
      const match = frame.exec(line);
      if (match !== null) blocks[blocks.length - 1]?.push({ file: match[2] ?? '', func: match[1] ?? '' });
      else if (types.length === 0 || line.includes('---> ')) types.push(...typesOf(line));
    }
    return blocks
      .map((frames, depth): StackSection => ({ type: types[blocks.length - 1 - depth] ?? '', frames }))
      .toReversed();
  },
};

function typesOf(line: string): readonly string[] {
  return line
    .split('---> ')
    .map((part) =>
      headerType(
        part
          .trim()
          .replace(/ \(0x[0-9A-F]{1,8}\)(?=:)/, '')
          .replace(/`\d+/, ''),
      ),
    )
    .filter((type) => type !== '');
}
