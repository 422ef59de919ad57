// errata.yaml as keys and values, and where each key stands, so that a fault can be told with its line and column.
import { existsSync, readFileSync } from 'node:fs';
import { LineCounter, isMap, isNode, parseDocument } from 'yaml';
import type { Document } from 'yaml';

/** Read when no ERRATA_CONFIG names another; may be missing. */
const DEFAULT_FILE = 'errata.yaml';

export interface FileLines {
  readonly faults: readonly string[];
  /** `errata.yaml:12:3` of a key, as far down its path as the file goes. */
  readonly at: (path: readonly PropertyKey[]) => string | undefined;
}

export function readConfigFile(named: string | undefined): {
  path: string;
  values: Record<string, unknown>;
  lines: FileLines;
} {
  const path = named ?? DEFAULT_FILE;
  const none = { path, values: {}, lines: { faults: [], at: () => undefined } };
  if (!existsSync(path)) {
    return path === named
      ? { ...none, lines: { ...none.lines, faults: [`ERRATA_CONFIG: there is no file ${path}`] } }
      : none;
  }
  const unreadable = (cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { ...none, lines: { ...none.lines, faults: [`${path}: ${reason}`] } };
  };
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    return unreadable(cause);
  }
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true });
  const place = (offset: number) => {
    const { line, col } = counter.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const faults = document.errors.map((error) => `${place(error.pos[0])}: ${error.message.split('\n')[0]}`);
  let contents: unknown;
  try {
    contents = document.toJS();
  } catch (cause) {
    return unreadable(cause);
  }
  if (faults.length === 0 && contents !== null && !isMap(document.contents))
    faults.push(`${path}:1:1: must hold keys and values`);
  const values =
    faults.length === 0 && typeof contents === 'object' && contents !== null
      ? (contents as Record<string, unknown>)
      : {};
  return { path, values, lines: { faults, at: (keys) => placeOf(document, keys, place) } };
}

function placeOf(
  document: Document,
  keys: readonly PropertyKey[],
  place: (offset: number) => string,
): string | undefined {
  for (let depth = keys.length; depth > 0; depth -= 1) {
    const parent = depth === 1 ? document.contents : document.getIn(keys.slice(0, depth - 1), true);
    const key = keys[depth - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => String(item.key) === key);
      if (pair !== undefined && isNode(pair.key) && pair.key.range) return place(pair.key.range[0]);
    }
    const node = document.getIn(keys.slice(0, depth), true);
    if (isNode(node) && node.range) return place(node.range[0]);
  }
  return undefined;
}
