// Reads the tree that the rules are about: paths from the repository's root, with forward slashes.
import { readFileSync, readdirSync } from 'node:fs';
import { join, posix, relative } from 'node:path';

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export const root = new URL('../../', import.meta.url).pathname;

const NOT_OURS = new Set(['node_modules', 'dist', 'data', '.cache', '.git', 'coverage']);

export function readSources(folder: string, extension: string): readonly SourceFile[] {
  const files: SourceFile[] = [];
  const walk = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const full = join(path, entry.name);
      if (entry.isDirectory() && !NOT_OURS.has(entry.name)) walk(full);
      if (entry.isFile() && entry.name.endsWith(extension)) {
        files.push({ path: relative(root, full), text: readFileSync(full, 'utf8') });
      }
    }
  };
  walk(join(root, folder));
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Code lines without comments and blank lines. Good enough for text that oxfmt has laid out. */
export function codeLines(text: string): readonly string[] {
  let inBlock = false;
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (!inBlock && trimmed.startsWith('/*')) inBlock = true;
    if (inBlock) {
      if (trimmed.includes('*/')) inBlock = false;
      continue;
    }
    if (trimmed === '' || trimmed.startsWith('//')) continue;
    lines.push(line.replace(/\s\/\/ .*$/, ''));
  }
  return lines;
}

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]*)['"]/g;

/** Paths of the files that this one imports by a relative path. */
export function importsOf(file: SourceFile): readonly string[] {
  const code = codeLines(file.text).join('\n');
  return [...code.matchAll(IMPORT)].map((match) => posix.join(posix.dirname(file.path), match[1] ?? ''));
}
