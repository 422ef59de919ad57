// What the documents claim, as data that can be held against the code.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type SourceFile, root } from './source-files.ts';

const LINK = /\]\(([^)\s]+)\)/g;
const FENCE = /^```[\s\S]*?^```/gm;

/** Relative links that lead nowhere. */
export function deadLinks(documents: readonly SourceFile[], exists = existsOnDisk): readonly string[] {
  return documents.flatMap((document) =>
    [...document.text.replace(FENCE, '').matchAll(LINK)]
      .map((match) => match[1] ?? '')
      .filter((link) => !/^(?:[a-z]+:|#)/.test(link))
      .filter((link) => !exists(join(dirname(document.path), link.replace(/#.*$/, ''))))
      .map((link) => `${document.path}: ${link}`),
  );
}

function existsOnDisk(path: string): boolean {
  return existsSync(join(root, path));
}

export interface TableRow {
  readonly variable: string | undefined;
  readonly key: string | undefined;
  readonly defaultText: string | undefined;
}

/** Rows of the tables `variable | key | default | meaning` in a document; backticks stripped, empty cells undefined. */
export function settingRows(text: string): readonly TableRow[] {
  return text
    .split('\n')
    .filter((line) => /^\| (?:`[A-Z_]+`)? ?\|/.test(line) && line.split('|').length === 6)
    .map((line) => {
      const [variable, key, defaultText] = line.split('|').slice(1, 4).map(plain);
      return { variable, key, defaultText };
    });
}

/** `name` → default of a table `variable | default | meaning`. */
export function variableDefaults(text: string): ReadonlyMap<string, string> {
  const rows = text.split('\n').filter((line) => /^\| `[A-Z_]+` \|/.test(line) && line.split('|').length === 5);
  return new Map(rows.map((line) => [plain(line.split('|')[1]) ?? '', plain(line.split('|')[2]) ?? '']));
}

/** `${env:NAME:-default}` → default. */
export function collectorDefaults(config: string): ReadonlyMap<string, string> {
  return new Map(
    [...config.matchAll(/\$\{env:([A-Z_]+):-([^}]*)\}/g)].map((match) => [match[1] ?? '', match[2] ?? '']),
  );
}

function plain(cell: string | undefined): string | undefined {
  const text = (cell ?? '').trim().replace(/^`(.*)`$/, '$1');
  return text === '' ? undefined : text;
}
