// Rules that follow their files. A folder with a fault in it changes nothing: the rules that were in force stay, and the
// faults are told once for each state of the files. Events of the file system come early and in bursts, and some mounts
// send none: so a look is cheap, and is taken at intervals as well.
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { Failure } from '../failure.ts';
import type { Catalogue } from './check-rule.ts';
import { readRules, readTexts } from './read-rules.ts';
import type { Rule } from './rule.ts';

export interface RuleWatchParts {
  readonly folder: string;
  readonly catalogue: Catalogue;
  /** Other rules are in force from now on. */
  readonly onRules?: (rules: readonly Rule[]) => void;
  /** The files are faulty; the old rules stay in force. */
  readonly onFaults: (faults: readonly string[]) => void;
  readonly pollMs?: number;
}

export interface RuleWatch {
  /** The rules in force, in the order of their files. */
  rules(): readonly Rule[];
  start(): void;
  stop(): void;
}

const POLL_MS = 5_000;
/** An editor writes a file in several steps. */
const CALM_MS = 100;

/** Throws CONFIG_INVALID when the files are faulty at the start. */
export function createRuleWatch(parts: RuleWatchParts): RuleWatch {
  const { folder, catalogue, onRules, onFaults, pollMs = POLL_MS } = parts;
  let seen = stateOf(folder);
  const first = readRules(folder, catalogue);
  if (first.faults.length > 0) {
    throw new Failure(
      'CONFIG_INVALID',
      `the rules have ${first.faults.length === 1 ? 'a fault' : `${first.faults.length} faults`}:\n${first.faults.join('\n')}`,
    );
  }
  let { rules } = first;
  let watcher: FSWatcher | undefined;
  let polling: NodeJS.Timeout | undefined;
  let calming: NodeJS.Timeout | undefined;

  function look(): void {
    const state = stateOf(folder);
    if (state === seen) return;
    seen = state;
    const read = readRules(folder, catalogue);
    if (read.faults.length > 0) return onFaults(read.faults);
    rules = read.rules;
    onRules?.(rules);
  }

  function lookSoon(): void {
    clearTimeout(calming);
    calming = setTimeout(look, CALM_MS).unref();
  }

  return {
    rules: () => rules,
    start: () => {
      polling ??= setInterval(look, pollMs).unref();
      try {
        watcher ??= watch(folder, { persistent: false }, lookSoon).on('error', () => watcher?.close());
      } catch {
        // No events here (too many watches, or a mount without them): the intervals remain.
      }
    },
    stop: () => {
      watcher?.close();
      clearInterval(polling);
      clearTimeout(calming);
    },
  };
}

/** Whatever differs in it asks for a new reading. */
function stateOf(folder: string): string {
  try {
    return JSON.stringify(readTexts(folder));
  } catch (cause) {
    return String(cause);
  }
}
