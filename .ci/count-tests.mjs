// Prints `N passed, N failed` from vitest's JSON report. A file that could not be loaded, a missing report and a run that
// failed for a reason of its own count as one failure: a red run never shows none. Exits 1 when something failed.
import { readFileSync } from 'node:fs';

const [report = '', exitCode = '1'] = process.argv.slice(2);
let passed = 0;
let failed = 0;
try {
  const { numPassedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  for (const file of testResults) {
    const failures = file.assertionResults.filter((result) => result.status === 'failed').length;
    failed += failures === 0 && file.status === 'failed' ? 1 : failures;
  }
  passed = numPassedTests;
} catch (cause) {
  console.error(`no test report at ${report}: ${cause.message}`);
  failed = 1;
}
if (exitCode !== '0' && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
