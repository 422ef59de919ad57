// All rules of a folder, or all that is wrong with them: file, line and column of every fault at once.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import { checkRule } from './check-rule.ts';
import type { Catalogue, Fault } from './check-rule.ts';
import { readRuleFile } from './rule-file.ts';
import type { RuleFile } from './rule-file.ts';
import { ruleFromFile } from './rule-from-file.ts';
import { fileSchema, ruleSchema } from './rule-schema.ts';
import type { Rule } from './rule.ts';

export interface ReadRules {
  /** In the order of file names; those that are sound, also when others are not. */
  readonly rules: readonly Rule[];
  /** `file:line:column: key: what is wrong`. With any of them none of the rules should come into force. */
  readonly faults: readonly string[];
}

export function readRules(folder: string, catalogue: Catalogue): ReadRules {
  if (!existsSync(folder)) return { rules: [], faults: [`${folder}: there is no such folder`] };
  let texts: ReturnType<typeof readTexts>;
  try {
    texts = readTexts(folder);
  } catch (cause) {
    // Not a folder, not ours to read, or a file that vanished between the listing and the reading.
    return { rules: [], faults: [`${folder}: ${cause instanceof Error ? cause.message : String(cause)}`] };
  }
  const rules: Rule[] = [];
  const faults: string[] = [];
  for (const [name, text] of texts) {
    const read = rulesOf(readRuleFile(join(folder, name), text), catalogue);
    faults.push(...read.faults);
    for (const rule of read.rules) {
      const twin = rules.find(({ id }) => id === rule.id);
      if (twin === undefined) rules.push(rule);
      else faults.push(`${rule.place}: id: ${rule.id} is the id of the rule at ${twin.place} too`);
    }
  }
  return { rules, faults };
}

/** File name and content, sorted by name. */
export function readTexts(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(folder)
    .filter((name) => /^[^.].*\.ya?ml$/.test(name))
    .sort()
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
}

function rulesOf(file: RuleFile, catalogue: Catalogue): ReadRules {
  if (file.faults.length > 0) return { rules: [], faults: file.faults };
  const told = (path: readonly PropertyKey[], { path: within, message }: Fault) => {
    const shown = within.length === 0 ? '' : `${within.map(String).join('.')}: `;
    return `${file.at([...path, ...within])}: ${shown}${message}`;
  };
  const parsed = fileSchema.safeParse(file.value);
  if (!parsed.success) return { rules: [], faults: faultsOf(parsed.error).map((fault) => told([], fault)) };
  const rules: Rule[] = [];
  const faults: string[] = [];
  for (const [index, value] of parsed.data.rules.entries()) {
    const path = ['rules', index];
    const written = ruleSchema.safeParse(value);
    const found = written.success ? checkRule(written.data, catalogue) : faultsOf(written.error);
    faults.push(...found.map((fault) => told(path, fault)));
    if (written.success && found.length === 0) {
      // The column is of no use in a list of rules.
      rules.push(ruleFromFile(written.data, catalogue, file.at([...path, 'id']).replace(/:\d+$/, '')));
    }
  }
  return { rules, faults };
}

function faultsOf(error: z.ZodError): readonly Fault[] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not a key of a rules file' }))
      : [{ path: issue.path, message: issue.message }],
  );
}
