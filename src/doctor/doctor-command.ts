// `errata doctor`: what was looked at, what is wrong, and what to do about it.
import { parseArgs } from 'node:util';
import type { Logger } from 'pino';
import { toFailure } from '../failure.ts';
import { examine } from './examine.ts';
import type { DoctorSettings } from './examine.ts';
import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';

interface DoctorCommandParts {
  /** Throws CONFIG_INVALID with a line for each fault. `serving` as a start has it. */
  readonly load: (serving: boolean) => DoctorSettings;
  readonly out: (line: string) => void;
  readonly now: () => number;
  readonly logger: Logger;
}

const USAGE = `errata doctor [--collector URL] [--json]

  --collector URL   base URL of the collector's OTLP/HTTP port
  --json            {"healthy": ..., "findings": [...]}

Looks only. Ends with 1 when something is bad; a warning is not.`;

const SIGNS = { good: 'ok  ', warning: 'warn', bad: 'BAD ' } as const;

/** Exit code: 0 nothing bad, 1 something is, 2 asked wrongly. */
export async function runDoctorCommand(argv: readonly string[], parts: DoctorCommandParts): Promise<number> {
  const { out } = parts;
  const options = readOptions(argv);
  if (options === undefined) {
    out(USAGE);
    return argv.includes('--help') ? 0 : 2;
  }
  const findings = await findAll(options.collector, parts);
  const isHealthy = findings.every(({ kind }) => kind !== 'bad');
  if (options.json) out(JSON.stringify({ healthy: isHealthy, findings }));
  else for (const finding of findings) tell(finding, out);
  return isHealthy ? 0 : 1;
}

function readOptions(argv: readonly string[]): { json: boolean; collector: string | undefined } | undefined {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { json: { type: 'boolean', default: false }, collector: { type: 'string' } },
    });
    if (values.collector !== undefined && !URL.canParse(values.collector)) return undefined;
    return { json: values.json, collector: values.collector };
  } catch {
    return undefined;
  }
}

async function findAll(
  collector: string | undefined,
  { load, now, logger }: DoctorCommandParts,
): Promise<readonly Finding[]> {
  const { settings, findings } = loadAll(load);
  return settings === undefined ? findings : [...findings, ...(await examine(settings, { collector, now, logger }))];
}

const configuration = findingsOf('configuration');

/** Without tokens for an address that needs them the rest can be looked at all the same; with other faults it can't. */
function loadAll(load: DoctorCommandParts['load']): {
  readonly settings: DoctorSettings | undefined;
  readonly findings: readonly Finding[];
} {
  try {
    return { settings: load(true), findings: [configuration.good('is sound')] };
  } catch (cause) {
    const [, ...faults] = toFailure(cause).message.split('\n');
    const findings = faults.map((fault) =>
      configuration.bad(fault, 'docs/configuration.md has all keys and variables'),
    );
    try {
      return { settings: load(false), findings };
    } catch {
      return { settings: undefined, findings };
    }
  }
}

function tell(finding: Finding, out: (line: string) => void): void {
  out(`${SIGNS[finding.kind]}  ${finding.check.padEnd(13)}  ${finding.found}`);
  if (finding.kind !== 'good') out(`${' '.repeat(21)}→ ${finding.todo}`);
}
