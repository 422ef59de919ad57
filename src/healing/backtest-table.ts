// A backtest as lines for people: the newest decisions, then each rule's counts.
import type { BacktestResult, BacktestVerdict, Decision, RuleCounts } from './backtest.ts';

export interface ShownBacktest extends BacktestResult {
  readonly since: string;
  readonly until: string;
  readonly tookMs: number;
  /** What is taken for granted: see backtest.ts. */
  readonly assumes: string;
}

/** More than a screen or two nobody reads; --json has them all. */
const MAX_DECISIONS = 50;

/** A key holds text from outside. */
const MAX_CELL = 100;

export function backtestTable({
  since,
  until,
  tookMs,
  assumes,
  errors,
  decisions,
  rules,
}: ShownBacktest): readonly string[] {
  const shown = decisions.slice(-MAX_DECISIONS);
  const left = decisions.length - shown.length;
  return [
    ...(shown.length === 0
      ? ['no rule would have fired']
      : table(['AT', 'RULE', 'KEY', 'TARGET', 'VERDICT', 'ON RECORD'], shown.map(decisionCells))),
    ...(left === 0 ? [] : [`${left} earlier ones are left out; --json has them all`]),
    '',
    ...table(RULE_HEAD, rules.map(ruleCells)),
    '',
    ...unableLines(decisions),
    assumes,
    `${errors} errors from ${since} to ${until} in ${(tookMs / 1_000).toFixed(1)} s`,
  ];
}

const RULE_HEAD = ['RULE', 'FIRED', 'ACTS', 'HANDED OVER', 'NOT HERE', 'SUPPRESSED', 'ON RECORD', 'CAME BACK'];

/** Each reason once, with how often. */
function unableLines(decisions: readonly Decision[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { ruleId, unable } of decisions) {
    if (unable === undefined) continue;
    const line = `NOT HERE: ${ruleId}: ${visible(unable)}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([line, count]) => `${line} (${count})`);
}

function decisionCells({ atMs, ruleId, key, target, verdict, unable, recorded }: Decision): readonly string[] {
  const back = recorded?.cameBack === undefined ? '' : `, came back (${recorded.cameBack})`;
  const onRecord = recorded === undefined ? '-' : `${recorded.end}${back}`;
  return [
    new Date(atMs).toISOString(),
    ruleId,
    key,
    target,
    `${toldVerdict(verdict)}${unable === undefined ? '' : ', not here'}`,
    onRecord,
  ];
}

function toldVerdict(verdict: BacktestVerdict): string {
  switch (verdict.kind) {
    case 'act':
      return 'acts';
    case 'hand_over':
      return 'hands over';
    case 'suppressed':
      return verdict.reason;
  }
}

function ruleCells({
  ruleId,
  fired,
  acts,
  handedOver,
  unable,
  suppressed,
  recorded,
  cameBack,
}: RuleCounts): readonly string[] {
  const reasons = Object.entries(suppressed).map(([reason, count]) => `${reason} ${count}`);
  const told = reasons.length === 0 ? '-' : reasons.join(', ');
  return [ruleId, ...[fired, acts, handedOver, unable].map(String), told, String(recorded), String(cameBack)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const cells = [head, ...rows.map((row) => row.map(printable))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function printable(text: string): string {
  return visible(text).slice(0, MAX_CELL);
}

/** A control character from a message must not reach the terminal. */
function visible(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}
