// JavaScript in its two dialects. V8 (Node, Chromium): `at fn (file:1:2)`, `at async file:1:2`, `[cause]: …`.
// Gecko and JavaScriptCore (Firefox, Safari): `fn@file:1:2`.
import { collectSections, headerType } from './stack-sections.ts';
import type { RawFrame, StackLine, StackRuntime } from './stack-sections.ts';

const position = /:\d+(?::\d+)?$/;
const unplaced = /^(?:native|<anonymous>|index \d+|\[native code\]|wasm:.*)$/;

export const v8Stack: StackRuntime = {
  name: 'v8',
  languages: ['nodejs', 'webjs'],
  parse: (lines) => collectSections(lines, readV8),
};

function readV8(line: string, index: number): StackLine {
  const trimmed = line.trim();
  if (trimmed.startsWith('at ')) {
    const frame = v8Frame(trimmed.slice(3));
    return frame === undefined ? undefined : { kind: 'frame', frame };
  }
  const cause = /^(?:\[cause\]|Caused by|caused by): (.*)$/.exec(trimmed);
  if (cause !== null) return { kind: 'section', type: headerType(cause[1] ?? '') };
  if (trimmed.startsWith('[errors]:')) return { kind: 'end' };
  return index === 0 ? { kind: 'type', type: headerType(trimmed.replace(/^Uncaught /, '')) } : undefined;
}

/** By hand: the pattern for it takes quadratic time on long lines. */
function v8Frame(text: string): RawFrame | undefined {
  const call = text.startsWith('async ') ? text.slice(6) : text;
  const open = call.endsWith(')') ? call.indexOf(' (') : -1;
  const place = open < 0 ? call : call.slice(open + 2, -1);
  const func = open < 0 ? '' : call.slice(0, open);
  if (unplaced.test(place)) return { file: place, func };
  // Code made by eval has the place of the eval in it: `eval at run (file.js:1:2), <anonymous>:1:1`.
  if (place.startsWith('eval at ')) return { file: '<anonymous>', func };
  return position.test(place) ? { file: place.replace(position, ''), func } : undefined;
}

const geckoFrame = /^([^@\s]*)@(\S+)$/;

export const geckoStack: StackRuntime = {
  name: 'gecko',
  languages: ['webjs'],
  parse: (lines) => collectSections(lines, readGecko),
};

function readGecko(line: string, index: number): StackLine {
  const match = geckoFrame.exec(line.trim());
  const place = match?.[2] ?? '';
  if (place === '[native') return undefined;
  if (match !== null && (position.test(place) || unplaced.test(place))) {
    return { kind: 'frame', frame: { file: place.replace(position, ''), func: match[1] ?? '' } };
  }
  const cause = /^Caused by: (.*)$/.exec(line);
  if (cause !== null) return { kind: 'section', type: headerType(cause[1] ?? '') };
  return index === 0 ? { kind: 'type', type: headerType(line) } : undefined;
}
