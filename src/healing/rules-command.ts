// `errata rules check|test|schema|backtest`: what is wrong with rules, without probing or changing anything.
import { actions } from './actions/catalogue.ts';
import type { Mode } from './attempt.ts';
import { lowestMode } from './lowest-mode.ts';
import { probes } from './probes/catalogue.ts';
import { readRules } from './read-rules.ts';
import { rulesJsonSchema } from './rule-schema.ts';
import { testRules } from './test-rules.ts';

interface RulesCommandParts {
  /** Taken when no folder is named. */
  readonly folder: string;
  /** The ceiling of all modes, as configured. */
  readonly mode: Mode;
  /** One line of output. */
  readonly out: (line: string) => void;
  /** `errata rules backtest`, which needs the store. */
  readonly backtest: (argv: readonly string[]) => Promise<number>;
}

const USAGE = `errata rules check [FOLDER]       are the rules sound? Every fault with file, line and column
errata rules test [FOLDER]        run the tests that stand in the rules
errata rules schema               the JSON Schema of a rules file, for editors
errata rules backtest [FOLDER]    what they would have done to the errors in the store (errata rules backtest --help)`;

/** Exit code: 0 all is well, 1 there are faults, 2 asked wrongly. */
export async function runRulesCommand(argv: readonly string[], parts: RulesCommandParts): Promise<number> {
  const { folder, out } = parts;
  const [command, named, ...rest] = argv;
  if (command === 'backtest') return parts.backtest(argv.slice(1));
  if (argv.includes('--help')) {
    out(USAGE);
    return 0;
  }
  if (command === 'schema' && named === undefined) {
    out(JSON.stringify(rulesJsonSchema(), undefined, 2));
    return 0;
  }
  if ((command !== 'check' && command !== 'test') || rest.length > 0 || named?.startsWith('-') === true) {
    out(USAGE);
    return 2;
  }
  const { rules, faults } = readRules(named ?? folder, { probes, actions });
  for (const fault of faults) out(fault);
  if (faults.length > 0) {
    out(counted(faults.length, 'fault'));
    return 1;
  }
  if (command === 'check') {
    const width = Math.max(0, ...rules.map(({ id }) => id.length));
    for (const { id, mode, priority, title } of rules) {
      const effective = lowestMode(parts.mode, mode);
      out(`${id.padEnd(width)}  ${effective.padEnd(7)}  ${String(priority).padStart(3)}  ${title}`);
    }
    out(`${counted(rules.length, 'rule')}, no faults; each in the mode that healing.mode (${parts.mode}) leaves it`);
    return 0;
  }
  const results = testRules(rules);
  const width = Math.max(0, ...results.map(({ ruleId }) => ruleId.length));
  for (const { ruleId, test, fault } of results) {
    out(
      `${fault === undefined ? 'ok    ' : 'FAILED'}  ${ruleId.padEnd(width)}  ${test}${fault === undefined ? '' : `: ${fault}`}`,
    );
  }
  const failed = results.filter(({ fault }) => fault !== undefined).length;
  out(`${counted(results.length, 'test')}, ${failed === 0 ? 'none' : failed} failed`);
  return failed === 0 ? 0 : 1;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
