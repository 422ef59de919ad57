// The seed's third example: payments fail, ADA asks Morgan, Alex and Devon, each reports, and the case closes.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openAgentStage } from '../e2e/agents-stage.ts';
import type { AgentStage } from '../e2e/agents-stage.ts';
import { runExample } from './agents-run.ts';

const agents = ['morgan', 'alex', 'devon'] as const;

let stage: AgentStage;
beforeAll(async () => {
  stage = await openAgentStage({
    tokens: {
      'payments-api': 'ingest,write',
      ada: 'read',
      morgan: 'read,write,fix',
      alex: 'read,write',
      devon: 'read,write',
    },
  });
});
afterAll(() => stage?.stop());

async function fail(service: string): Promise<void> {
  const { status } = await stage.post('payments-api', '/api/errors/log', {
    service,
    severity: 'critical',
    error_type: 'api_error',
    message: 'payment processing failed: gateway answered 502',
  });
  expect(status).toBe(201);
}

const runAda = () =>
  runExample('ada.js', {
    ERRATA_URL: stage.url,
    ERRATA_TOKEN: stage.tokenOf('ada'),
    ...Object.fromEntries(agents.map((name) => [`${name.toUpperCase()}_TOKEN`, stage.tokenOf(name)])),
  });

test('Morgan, Alex and Devon are asked, each looks and reports, and ADA closes the case with their summary', async () => {
  await Promise.all([1, 2, 3].map(() => fail('payments-api')));
  const { code, output } = await runAda();
  console.info(output);
  expect(code).toBe(0);
  const lines = output.split('\n');
  expect(lines[0]).toBe('devops.errors.list    payments-api: "payment processing failed: gateway answered 502"');
  expect(lines.slice(1, 4).toSorted()).toEqual([
    expect.stringMatching(/^devops.agents.inbox {3}PAYMENTS_\w+: alex is asked: which orders and amounts are affected/),
    expect.stringMatching(
      /^devops.agents.inbox {3}PAYMENTS_\w+: devon is asked: is it a rule of ours or of the provider/,
    ),
    expect.stringMatching(
      /^devops.agents.inbox {3}PAYMENTS_\w+: morgan is asked: .*are the provider and the way to it/,
    ),
  ]);
  expect(lines.slice(4, 7).toSorted()).toEqual([
    'devops.agents.report  alex (found): The orders of the last minutes were not charged; none was charged twice. [3 charges failed]',
    'devops.agents.report  devon (resolved): The provider refuses a currency since today; the rule now sends it through the second one. [0 groups like it before]',
    'devops.agents.report  morgan (no_fault): The payment API and the way to the provider are healthy; its keys are valid until March. [3 errors of payments-api within the hour]',
  ]);
  expect(lines.slice(7)).toEqual([
    '',
    'ADA: the case is resolved, the error too. Summary:',
    'morgan (no_fault): The payment API and the way to the provider are healthy; its keys are valid until March.',
    'alex (found): The orders of the last minutes were not charged; none was charged twice.',
    'devon (resolved): The provider refuses a currency since today; the rule now sends it through the second one.',
    '',
  ]);

  const { delegations } = await stage.get<{ delegations: readonly object[] }>('ada', '/api/delegations');
  expect(delegations).toHaveLength(3);
  for (const delegation of delegations) {
    expect(delegation).toMatchObject({ state: 'reported', case: { state: 'resolved', kind: 'critical_error' } });
  }
  // Who did what is on record, within a second.
  await vi.waitFor(async () => {
    const { activities } = await stage.get<{ activities: readonly object[] }>('ada', '/api/activity?agent=alex');
    expect(activities.toReversed()).toMatchObject([
      { actor: 'alex', via: 'mcp', call: 'devops.agents.inbox', outcome: 'OK' },
      { actor: 'alex', via: 'mcp', call: 'devops.agents.report', outcome: 'OK' },
      { actor: 'alex', via: 'mcp', call: 'devops.errors.search', outcome: 'OK' },
      { actor: 'alex', via: 'mcp', call: 'devops.agents.report', outcome: 'OK' },
    ]);
  });
});

test('a single failure is put to Morgan at once; when it goes on, Alex and Devon are asked as well', async () => {
  await fail('payments-eu');
  const running = runAda();
  await vi.waitFor(async () => {
    const { delegations } = await stage.get<{ delegations: readonly object[] }>('ada', '/api/delegations?state=open');
    expect(delegations).toMatchObject([{ agent: 'morgan', case: { finding: 'UNMATCHED_CRITICAL' } }]);
  }, 20_000);
  for (let count = 0; count < 2; count += 1) await fail('payments-eu');
  const { code, output } = await running;
  expect(output).toMatch(/PAYMENTS_\w+: morgan is asked: What is it, and who can see to it\? are the provider/);
  expect(output).toContain('ADA: the case is resolved, the error too.');
  expect(code).toBe(0);
});
