// The shipped rules, with seconds in place of minutes: what they decide stays the same.
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface QuickRules {
  /** Files of rules/ that are in force; all of them unless told. */
  readonly rules?: readonly string[];
  /** More of the test's own, by file name. */
  readonly ownRules?: Readonly<Record<string, string>>;
  /** How long verification waits for errors: `2s` unless told. */
  readonly soak?: string;
}

export async function writeQuickRules(
  folder: string,
  { rules, ownRules = {}, soak = '2s' }: QuickRules = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir('rules')) {
    if (!name.endsWith('.yaml') || (rules !== undefined && !rules.includes(name))) continue;
    await writeFile(join(folder, name), quicken(await readFile(join('rules', name), 'utf8'), soak));
  }
  for (const [name, text] of Object.entries(ownRules)) await writeFile(join(folder, name), text);
}

function quicken(text: string, soak: string): string {
  return text
    .replace(/\bsettle: \w+/g, 'settle: 500ms')
    .replace(/\bsoak: \w+/g, `soak: ${soak}`)
    .replace(/\bevery: \w+/g, 'every: 500ms')
    .replace(/\bcooldown: \w+/g, 'cooldown: 1s')
    .replace(/\bidle_for: \w+/g, 'idle_for: 1s')
    .replace(/fact: box.age_s, lt: \d+/g, 'fact: box.age_s, lt: 0')
    .replace(/\bstop_timeout: \w+/g, 'stop_timeout: 1s');
}
