// Where the rules are: the folder that was named, else ./rules, else those that Errata ships.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The default of `rules`; where it is missing nobody asked for it. */
const DEFAULT_FOLDER = './rules';

/** Beside src/ and dist/ alike. */
const SHIPPED = fileURLToPath(new URL('../../rules', import.meta.url));

export function rulesFolder(configured: string): string {
  return configured === DEFAULT_FOLDER && !existsSync(configured) ? SHIPPED : configured;
}
