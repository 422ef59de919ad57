// Rust: `   3: shop::cart::buy::h0123456789abcdef`, mostly followed by `             at ./src/cart.rs:12:9`.
import { collectSections } from './stack-sections.ts';
import type { StackRuntime } from './stack-sections.ts';

const func = /^\s*\d+:\s+(?:0x[0-9a-f]+ - )?(\S.*)$/;
const place = /^\s+at (\S.*?):\d+(?::\d+)?$/;

export const rustStack: StackRuntime = {
  name: 'rust',
  languages: ['rust'],
  parse: (lines) =>
    collectSections(lines, (line, index) => {
      const name = func.exec(line)?.[1];
      if (name === undefined) return undefined;
      const file = place.exec(lines[index + 1] ?? '')?.[1];
      // A numbered list of causes (anyhow) looks like functions without a place.
      if (file === undefined && !/^[\w<{][\w<>{}$ ]*::\S*$/.test(name)) return undefined;
      return { kind: 'frame', frame: { file: file ?? '', func: name } };
    }),
};
