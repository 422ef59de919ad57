// `errata rules backtest`: what the rules would have done over the errors in the store. Changes nothing.
import { parseArgs } from 'node:util';
import { Failure } from '../failure.ts';
import type { AttemptStore, HealingError } from '../store/attempt-store.ts';
import { actions } from './actions/catalogue.ts';
import type { Attempt, Mode } from './attempt.ts';
import { backtest } from './backtest.ts';
import type { BacktestInput } from './backtest.ts';
import { backtestTable } from './backtest-table.ts';
import { parseDuration } from './durations.ts';
import { findTarget } from './find-target.ts';
import type { Firing } from './firing.ts';
import { lookbackMs } from './matcher.ts';
import { probes } from './probes/catalogue.ts';
import type { ReadRules } from './read-rules.ts';
import { hasSteps } from './rule-steps.ts';
import type { Rule } from './rule.ts';
import type { CatalogueService } from './target.ts';
import { unavailableOf } from './unavailable.ts';

export interface BacktestParts {
  readonly config: BacktestInput['settings'] & {
    /** Taken when no folder is named. */
    readonly folder: string;
    /** The ceiling of all modes. */
    readonly mode: Mode;
    /** A Docker engine is configured. It is not asked. */
    readonly hasEngine: boolean;
    readonly services: readonly CatalogueService[];
  };
  readonly readRules: (folder: string) => ReadRules;
  /** Not started. An embedded store's folder belongs to one process. */
  readonly openStore: () => Pick<AttemptStore, 'listForHealing' | 'listAttempts'> & {
    start(): Promise<void>;
    stop(deadlineMs: number): Promise<void>;
  };
  /** One line of output. */
  readonly out: (line: string) => void;
  /** Progress and complaints. */
  readonly err: { readonly isTTY?: boolean; write(text: string): unknown };
  readonly now: () => number;
}

const USAGE = `errata rules backtest [FOLDER] [--since 7d] [--until 1h] [--rule ID] [--json]

What the rules would have done over the errors in the store, and what the limits would have stopped. --since, --until: a
time before now (30m, 12h, 7d) or a date (2026-11-24T12:00:00Z). --rule shows one rule; the others are decided with it.`;

const TAKEN_ADVICE =
  '; stop the processor that runs on it, test against a copy of the folder, or keep the errors in a ClickHouse server, which many can read';

const PAGE = 10_000;
/** Before all others of its moment. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const MAX_ATTEMPTS = 100_000;
const STOP_DEADLINE_MS = 5_000;
const BAR_WIDTH = 30;

interface Asked {
  readonly folder: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly ruleId: string | undefined;
  readonly json: boolean;
}

/** Exit code: 0 done, 1 could not be done, 2 asked wrongly. */
export async function runBacktest(argv: readonly string[], parts: BacktestParts): Promise<number> {
  const { out, err } = parts;
  const asked = argv.includes('--help') ? undefined : parse(argv, parts);
  if (typeof asked !== 'object') {
    if (asked === undefined) out(USAGE);
    else err.write(`${asked}\n\n${USAGE}\n`);
    return asked === undefined ? 0 : 2;
  }
  const { rules, faults } = parts.readRules(asked.folder);
  if (faults.length > 0) {
    err.write(`${faults.join('\n')}\n`);
    return 1;
  }
  if (asked.ruleId !== undefined && rules.every(({ id }) => id !== asked.ruleId)) {
    err.write(`there is no rule ${asked.ruleId} in ${asked.folder}\n`);
    return 1;
  }
  try {
    await overStore(asked, rules, parts);
    return 0;
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    err.write(`${cause.message}${cause.code === 'STORE_TAKEN' ? TAKEN_ADVICE : ''}\n`);
    return 1;
  }
}

async function overStore(asked: Asked, rules: readonly Rule[], parts: BacktestParts): Promise<void> {
  const { sinceMs, untilMs, ruleId } = asked;
  const store = parts.openStore();
  try {
    await store.start();
    const startedMs = performance.now();
    const attempts = (await store.listAttempts({ sinceMs, limit: MAX_ATTEMPTS })).map(
      (text) => JSON.parse(text) as Attempt,
    );
    const fromMs = sinceMs - lookbackMs(rules);
    const bar = createBar(fromMs, untilMs, parts.err);
    bar.show(fromMs);
    const errors = readErrors({ store, fromMs, untilMs, onPage: bar.show });
    const unable = (firing: Firing) => unableHere(firing, parts.config);
    const result = await backtest({ rules, errors, fromMs: sinceMs, settings: parts.config, attempts, unable }).finally(
      bar.clear,
    );
    const shown = {
      since: new Date(sinceMs).toISOString(),
      until: new Date(untilMs).toISOString(),
      tookMs: Math.round(performance.now() - startedMs),
      assumes: assumptionOf(parts.config),
      errors: result.errors,
      rules: result.rules.filter((rule) => ruleId === undefined || rule.ruleId === ruleId),
      decisions: result.decisions.filter((decision) => ruleId === undefined || decision.ruleId === ruleId),
    };
    if (asked.json) parts.out(JSON.stringify(shown, undefined, 2));
    else for (const line of backtestTable(shown)) parts.out(line);
  } finally {
    await store.stop(STOP_DEADLINE_MS);
  }
}

/** With an engine nothing is said: which containers there are, and what their labels tell, is not asked. */
async function unableHere({ rule, error }: Firing, { hasEngine, services }: BacktestParts['config']): Promise<string> {
  if (hasEngine) return '';
  const unavailable = unavailableOf(rule, { engine: 'none', probes, actions });
  if (unavailable !== '' || !hasSteps(rule)) return unavailable;
  const catalogue = { services: () => services, containers: () => [] };
  const found = await findTarget(rule, error, { catalogue, engine: undefined });
  return found.kind === 'found' ? '' : found.note;
}

function assumptionOf({ mode, hasEngine }: BacktestParts['config']): string {
  const engine = hasEngine ? ', the Docker engine answers' : '';
  return `taken for granted: the target is found${engine}, what is done helps, and the mode is auto (here: ${mode})`;
}

interface ReadSettings {
  readonly store: Pick<AttemptStore, 'listForHealing'>;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly onPage: (atMs: number) => void;
}

async function* readErrors({ store, fromMs, untilMs, onPage }: ReadSettings): AsyncGenerator<HealingError> {
  let position = { receivedAtMs: fromMs, id: FIRST_ID };
  for (;;) {
    const page = await store.listForHealing(position, PAGE);
    for (const error of page) {
      if (error.receivedAtMs > untilMs) return;
      yield error;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    position = { receivedAtMs: last.receivedAtMs, id: last.id };
    onPage(last.receivedAtMs);
  }
}

/** What is asked; a text: what is wrong with it. */
function parse(argv: readonly string[], { config, now }: BacktestParts): Asked | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        since: { type: 'string', default: '7d' },
        until: { type: 'string', default: '0s' },
        rule: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    if (positionals.length > 1) return 'one folder at most';
    const [sinceMs, untilMs] = [momentOf(values.since, now()), momentOf(values.until, now())];
    if (sinceMs === undefined) return `--since ${values.since}: not a time`;
    if (untilMs === undefined) return `--until ${values.until}: not a time`;
    if (sinceMs >= untilMs) return '--since must be before --until';
    return { folder: positionals[0] ?? config.folder, sinceMs, untilMs, ruleId: values.rule, json: values.json };
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

function momentOf(text: string, nowMs: number): number | undefined {
  const agoMs = parseDuration(text);
  if (agoMs !== undefined) return nowMs - agoMs;
  const atMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** By time, since how many errors there are is not known. Only where somebody watches. */
function createBar(fromMs: number, untilMs: number, err: BacktestParts['err']) {
  const isShown = err.isTTY === true;
  return {
    show: (atMs: number) => {
      if (!isShown) return;
      const share = Math.min(1, Math.max(0, (atMs - fromMs) / (untilMs - fromMs)));
      const full = Math.round(share * BAR_WIDTH);
      const bar = `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}`;
      err.write(`\r${bar} ${String(Math.round(share * 100)).padStart(3)} %  ${new Date(atMs).toISOString()}`);
    },
    clear: () => {
      if (isShown) err.write('\r\u001b[K');
    },
  };
}
