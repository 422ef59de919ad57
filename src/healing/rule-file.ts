// One YAML file as a value, and where each of its keys stands.
import { LineCounter, isMap, isNode, parseDocument } from 'yaml';
import type { Document } from 'yaml';

export interface RuleFile {
  /** undefined: it is not YAML, `faults` tells why. */
  readonly value: unknown;
  readonly faults: readonly string[];
  /** `restart.yaml:12:3` of a key, as far down its path as the file goes. */
  readonly at: (path: readonly PropertyKey[]) => string;
}

export function readRuleFile(name: string, text: string): RuleFile {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true });
  const place = (offset: number) => {
    const { line, col } = counter.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const at = (path: readonly PropertyKey[]) => place(offsetOf(document, path));
  const faults = document.errors.map((error) => `${place(error.pos[0])}: ${messageOf(error.message)}`);
  if (faults.length > 0) return { value: undefined, faults, at };
  try {
    return { value: document.toJS(), faults, at };
  } catch (cause) {
    // Aliases within aliases, as they grow a small file to gigabytes.
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { value: undefined, faults: [`${place(0)}: ${reason}`], at };
  }
}

/** Its first line, without the place that we tell ourselves. */
function messageOf(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:$/, '');
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    if (isMap(parent)) {
      const pair = parent.items.find((item) => String(item.key) === path[depth - 1]);
      if (pair !== undefined && isNode(pair.key) && pair.key.range) return pair.key.range[0];
    }
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
