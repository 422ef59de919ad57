// CI believes the last line of .ci/run: it must never show a red run as green.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const script = new URL('../../.ci/count-tests.mjs', import.meta.url).pathname;

test.each([
  ['a green run', report(3, []), '0', '3 passed, 0 failed'],
  ['two failed tests', report(3, ['failed', 'failed']), '1', '3 passed, 2 failed'],
  [
    'a file that could not be loaded',
    { ...report(3, []), testResults: [file('failed', [])] },
    '1',
    '3 passed, 1 failed',
  ],
  ['a failure outside any test', report(3, []), '1', '3 passed, 1 failed'],
  ['no report', undefined, '1', '0 passed, 1 failed'],
  ['a report that is none', 'oops', '0', '0 passed, 1 failed'],
])('%s', (_name, content, exitCode, line) => {
  const folder = mkdtempSync(join(tmpdir(), 'errata-ci-'));
  try {
    const path = join(folder, 'report.json');
    if (content !== undefined) writeFileSync(path, JSON.stringify(content));
    const { stdout, status } = spawnSync('node', [script, path, exitCode], { encoding: 'utf8' });
    expect(stdout).toBe(`${line}\n`);
    expect(status).toBe(line.endsWith(', 0 failed') ? 0 : 1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function report(numPassedTests: number, statuses: readonly string[]): object {
  return { numPassedTests, testResults: [file(statuses.includes('failed') ? 'failed' : 'passed', statuses)] };
}

function file(status: string, statuses: readonly string[]): object {
  return { status, assertionResults: statuses.map((each) => ({ status: each })) };
}
