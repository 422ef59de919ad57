// Tests that need more than Node (Go, Docker, Chromium, Python's SDK) are skipped with the reason where that is missing. Where it is
// named in ERRATA_REQUIRE, as in CI, missing means failed: a test that never runs proves nothing.
import { test, type TestAPI } from 'vitest';

/** What tests may need today; other words in ERRATA_REQUIRE have no tests yet and are ignored. */
type Requirement = 'collector' | 'docker' | 'servers' | 'judges' | 'chromium' | 'haproxy' | 'python' | 'loop';

/** Vitest's `test`, or `test.skip` when `missing` gives a reason why the need is not met. */
export async function requirement(
  name: Requirement,
  missing: () => Promise<string | undefined>,
): Promise<TestAPI | TestAPI['skip']> {
  const reason = await missing();
  if (reason === undefined) return test;
  if (isRequired(name, process.env['ERRATA_REQUIRE'])) {
    test(`${name} is here, as ERRATA_REQUIRE demands`, () => {
      throw new Error(reason);
    });
  } else {
    console.warn(`skipped, needs ${name}: ${reason}`);
  }
  return test.skip;
}

export function isRequired(name: string, list: string | undefined): boolean {
  return (list ?? '').split(',').some((word) => word.trim() === name);
}
