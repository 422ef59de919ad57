// The protocol's own test suite on our server: the real one, and the same mount with the tools that the suite brings wishes for.
import Fastify from 'fastify';
import { afterAll, beforeAll, expect } from 'vitest';
import { createAuthenticator } from '../../src/access/authenticate.ts';
import { createRateLimiter } from '../../src/access/rate-limit.ts';
import { mountMcp } from '../../src/mcp/mount-mcp.ts';
import { surface } from '../../src/mcp/surface.ts';
import { tokenOf } from '../api/open-test-api.ts';
import { requirement } from '../require.ts';
import { createFixture } from './fixture/fixture-server.ts';
import { addToken, inspect, judge, missingJudges } from './judges.ts';
import type { Proxy } from './judges.ts';
import { openTestMcp } from './open-test-mcp.ts';
import type { TestMcp } from './open-test-mcp.ts';

const judged = await requirement('judges', missingJudges);

let mcp: TestMcp;
let real: Proxy;
const token = 'judge';

beforeAll(async () => {
  mcp = await openTestMcp({ tokens: [tokenOf(1, token)], surface });
  real = await addToken(mcp.url, token);
});
afterAll(async () => {
  await real.close();
  await mcp.close();
});

/** The mount of production, with the fixture's servers and a token. */
async function openFixture({ legacySessions }: { legacySessions: boolean }): Promise<Proxy> {
  const app = Fastify();
  const fixture = createFixture();
  await mountMcp(
    app,
    { host: '127.0.0.1', toolNames: 'dotted', legacySessions, allowedHosts: [], allowedOrigins: [] },
    {
      authenticate: createAuthenticator({ records: () => [tokenOf(1, token)], now: Date.now }),
      rateLimiter: createRateLimiter({ perSecond: 1_000, burst: 1_000, now: Date.now }),
      createServer: fixture.createServer,
      events: fixture.events,
      now: Date.now,
    },
  );
  const proxy = await addToken(`${await app.listen({ port: 0, host: '127.0.0.1' })}/mcp`, token);
  return {
    url: proxy.url,
    async close() {
      await proxy.close();
      await app.close();
    },
  };
}

/** An extension that the SDK's servers do not have, and that does not count. */
const TASKS = /^tasks-/;
const needed = (scenarios: readonly string[]) => scenarios.filter((scenario) => !TASKS.test(scenario));

judged.each([
  { revision: '2025-11-25', scenarios: 33 },
  { revision: '2026-07-28', scenarios: 40 },
])('the mount passes all that $revision requires', async ({ revision, scenarios }) => {
  const fixture = await openFixture({ legacySessions: true });
  try {
    const verdict = await judge(fixture.url, ['--requirements', revision]);
    expect([needed(verdict.failed), needed(verdict.skipped)]).toEqual([[], []]);
    expect(needed(verdict.passed)).toHaveLength(scenarios);
    expect(verdict.code).toBe(0);
  } finally {
    await fixture.close();
  }
});

judged('without sessions 2025-11-25 lacks only what needs the server to ask', async () => {
  const fixture = await openFixture({ legacySessions: false });
  try {
    const verdict = await judge(fixture.url, ['--requirements', '2025-11-25']);
    expect(verdict.failed).toEqual([
      'elicitation-sep1034-defaults',
      'elicitation-sep1330-enums',
      'tools-call-elicitation',
      'tools-call-sampling',
    ]);
  } finally {
    await fixture.close();
  }
});

judged.each([
  ['2025-11-25', 'server-initialize'],
  ['2025-11-25', 'ping'],
  ['2025-11-25', 'tools-list'],
  ['2025-11-25', 'resources-list'],
  ['2025-11-25', 'prompts-list'],
  ['2025-11-25', 'dns-rebinding-protection'],
  ['2026-07-28', 'tools-list'],
  ['2026-07-28', 'resources-list'],
  ['2026-07-28', 'prompts-list'],
  ['2026-07-28', 'sep-2164-resource-not-found'],
  ['2026-07-28', 'dns-rebinding-protection'],
  ['2026-07-28', 'caching'],
  ['2026-07-28', 'http-header-validation'],
  ['2026-07-28', 'server-sse-multiple-streams'],
])('the real server passes, of %s, %s', async (revision, scenario) => {
  const verdict = await judge(real.url, ['--spec-version', revision, '--scenario', scenario]);
  expect(verdict).toEqual({ code: 0, passed: [scenario], failed: [], skipped: [] });
});

judged('the real server is as stateless as 2026-07-28 wants it', async () => {
  const baseline = ['--expected-failures', 'test/mcp/judges/real.yml'];
  const args = ['--spec-version', '2026-07-28', '--scenario', 'server-stateless', ...baseline];
  expect((await judge(real.url, args)).code).toBe(0);
});

judged('the inspector lists and calls', async () => {
  const { tools } = (await inspect(mcp.url, token, ['--method', 'tools/list'])) as { tools: { name: string }[] };
  expect(tools.map(({ name }) => name)).toContain('devops.errors.list');
  const call = ['--method', 'tools/call', '--tool-name', 'devops.errors.list', '--tool-arg', 'severity=error'];
  expect(await inspect(mcp.url, token, call)).toMatchObject({ structuredContent: { errors: [], returned: 0 } });
  const { resources } = (await inspect(mcp.url, token, ['--method', 'resources/list'])) as { resources: object[] };
  expect(resources).toContainEqual(expect.objectContaining({ uri: 'errors://summary' }));
  const { prompts } = (await inspect(mcp.url, token, ['--method', 'prompts/list'])) as { prompts: object[] };
  expect(prompts).toHaveLength(4);
});
