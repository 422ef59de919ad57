import { afterAll, beforeAll, expect, test } from 'vitest';
import { runBacktest } from '../../src/healing/backtest-command.ts';
import type { BacktestParts } from '../../src/healing/backtest-command.ts';
import { eventOf, openStore } from '../store/open-store.ts';
import { serviceOf } from './open-healing.ts';
import { attemptOf, restartPlan, ruleOf, whenOf } from './rule-of.ts';

const MIN = 60_000;
const NOW = Date.UTC(2026, 10, 24, 12, 0, 0);
const rules = [
  ruleOf({ plan: restartPlan }),
  ruleOf({ id: 'told', when: whenOf({ groupBy: ['message'], count: 1, withinMs: MIN }) }),
];
const config: BacktestParts['config'] = {
  folder: 'rules',
  mode: 'observe',
  hasEngine: true,
  services: [],
  deployGraceMs: 3 * MIN,
  budget: { actionsPerHour: 20, concurrent: 3 },
  commonCause: { targets: 4, withinMs: MIN },
};

let opened: Awaited<ReturnType<typeof openStore>>;
let nowMs = NOW - 61 * MIN;

/** Four errors of checkout, an hour ago, 10 s apart. */
beforeAll(async () => {
  opened = await openStore(() => nowMs);
  for (const n of [1, 2, 3, 4]) {
    nowMs = NOW - 60 * MIN + n * 10_000;
    const message = n === 4 ? 'told \u001b[31m loudly' : 'no answer';
    await opened.store.insert([eventOf(n, { timestampMs: nowMs, message })]);
  }
  const firedAtMs = NOW - 60 * MIN + 30_000;
  const attempt = attemptOf('11111111-1111-4111-8111-111111111111', {
    cause: { firedAtMs, fingerprints: ['0'.repeat(31) + '1'] },
    startedAtMs: firedAtMs,
    actedAtMs: firedAtMs + 1_000,
    endedAtMs: firedAtMs + 5_000,
  });
  await opened.store.appendAttempt({
    attemptId: attempt.id,
    seq: 1,
    atMs: firedAtMs,
    companyId: 1,
    state: 'ended',
    ruleId: 'restart',
    targetKey: 'service/checkout',
    outcome: 'succeeded',
    suppression: '',
    startedAtMs: firedAtMs,
    actedAtMs: firedAtMs + 1_000,
    errorId: '00000000-0000-8000-8000-000000000003',
    fingerprints: attempt.cause.fingerprints,
    attempt: JSON.stringify(attempt),
  });
  nowMs = NOW;
});
afterAll(() => opened.close());

async function run(argv: readonly string[], change: Partial<BacktestParts> = {}, isTTY = false) {
  const out: string[] = [];
  const err: string[] = [];
  const { store } = opened;
  const code = await runBacktest(argv, {
    config,
    readRules: () => ({ rules, faults: [] }),
    // The store of this process is open already, and stays so.
    openStore: () => ({
      listForHealing: (...given) => store.listForHealing(...given),
      listAttempts: (...given) => store.listAttempts(...given),
      start: async () => undefined,
      stop: async () => undefined,
    }),
    out: (line) => void out.push(line),
    err: { isTTY, write: (text) => void err.push(text) },
    now: () => NOW,
    ...change,
  });
  return { code, out: out.join('\n'), err: err.join('') };
}

test('decisions, what is on record beside them and what came back are told as JSON', async () => {
  const { code, out, err } = await run(['--since', '2h', '--rule', 'restart', '--json']);
  expect([code, err]).toEqual([0, '']);
  expect(JSON.parse(out)).toEqual({
    since: '2026-11-24T10:00:00.000Z',
    until: '2026-11-24T12:00:00.000Z',
    tookMs: expect.any(Number),
    assumes:
      'taken for granted: the target is found, the Docker engine answers, what is done helps, and the mode is auto (here: observe)',
    errors: 4,
    rules: [
      { ruleId: 'restart', fired: 1, acts: 1, handedOver: 0, unable: 0, suppressed: {}, recorded: 1, cameBack: 1 },
    ],
    decisions: [
      {
        ruleId: 'restart',
        companyId: 1,
        key: 'checkout',
        atMs: NOW - 60 * MIN + 30_000,
        errorId: '00000000-0000-8000-8000-000000000003',
        count: 3,
        target: 'service/checkout',
        verdict: { kind: 'act' },
        recorded: { attemptId: '11111111-1111-4111-8111-111111111111', end: 'succeeded', cameBack: 1 },
      },
    ],
  });
});

test('people get a table, and no control character of a message reaches their terminal', async () => {
  const { code, out } = await run(['--since', '2026-11-24T10:30:00Z']);
  expect(code).toBe(0);
  const lines = out.replace(/in \d+\.\d s$/, 'in 0.1 s').split('\n');
  expect(lines).toEqual([
    'AT                        RULE     KEY                TARGET            VERDICT     ON RECORD',
    '2026-11-24T11:00:10.000Z  told     no answer          service/checkout  hands over  -',
    '2026-11-24T11:00:30.000Z  restart  checkout           service/checkout  acts        succeeded, came back (1)',
    '2026-11-24T11:00:30.000Z  told     no answer          service/checkout  busy        -',
    '2026-11-24T11:00:40.000Z  told     told ?[31m loudly  service/checkout  hands over  -',
    '',
    'RULE     FIRED  ACTS  HANDED OVER  NOT HERE  SUPPRESSED  ON RECORD  CAME BACK',
    'restart  1      1     0            0         -           1          1',
    'told     3      0     2            0         busy 1      0          0',
    '',
    'taken for granted: the target is found, the Docker engine answers, what is done helps, and the mode is auto (here: observe)',
    '4 errors from 2026-11-24T10:30:00.000Z to 2026-11-24T12:00:00.000Z in 0.1 s',
  ]);
});

const NO_ENGINE = 'no Docker engine is configured, and it is needed for container.restart';

test('what the configuration has no engine for is marked, with the reason', async () => {
  const bare = { config: { ...config, hasEngine: false } };
  const { out } = await run(['--since', '2h'], bare);
  expect(out).toContain('service/checkout  acts, not here  succeeded');
  expect(out).toContain('service/checkout  hands over      -');
  expect(out.split('\n').slice(-7, -1)).toEqual([
    'RULE     FIRED  ACTS  HANDED OVER  NOT HERE  SUPPRESSED  ON RECORD  CAME BACK',
    'restart  1      1     0            1         -           1          1',
    'told     3      0     2            0         busy 1      0          0',
    '',
    `NOT HERE: restart: ${NO_ENGINE} (1)`,
    'taken for granted: the target is found, what is done helps, and the mode is auto (here: observe)',
  ]);
  const { rules: told, decisions } = JSON.parse(
    (await run(['--since', '2h', '--rule', 'restart', '--json'], bare)).out,
  );
  expect([told, decisions]).toMatchObject([[{ acts: 1, unable: 1 }], [{ unable: NO_ENGINE }]]);
});

test('without an engine a service that the catalogue does not have can not be acted on', async () => {
  const [step] = restartPlan[0]?.steps ?? [];
  if (step === undefined) throw new Error('the plan has a step');
  const plan = restartPlan.map((branch) => ({ ...branch, steps: [{ ...step, action: 'pool.reset' }] }));
  const readRules = () => ({ rules: [ruleOf({ plan })], faults: [] });
  const unableWith = async (services: BacktestParts['config']['services']) => {
    const bare = { config: { ...config, hasEngine: false, services }, readRules };
    return JSON.parse((await run(['--since', '2h', '--json'], bare)).out).decisions[0].unable;
  };
  expect(await unableWith([])).toBe('no service or container is named checkout');
  expect(await unableWith([serviceOf('shop', { aliases: ['Checkout'] })])).toBeUndefined();
});

test('errors before the asked time fill the windows, and those after it are not read', async () => {
  const since = new Date(NOW - 60 * MIN + 25_000).toISOString();
  const until = new Date(NOW - 60 * MIN + 35_000).toISOString();
  const { out } = await run(['--since', since, '--until', until, '--json']);
  expect(JSON.parse(out)).toMatchObject({ errors: 1, rules: [{ ruleId: 'restart', fired: 1 }, { fired: 1 }] });
});

test('without firings it says so', async () => {
  expect((await run(['--since', '30m'])).out).toMatch(/^no rule would have fired\n/);
});

test('a bar is drawn only where somebody watches, and is gone afterwards', async () => {
  // From the look-back on: a minute of window and a slot of 30 s.
  expect((await run(['--since', '2h'], {}, true)).err).toBe(
    `\r${'░'.repeat(30)}   0 %  2026-11-24T09:58:30.000Z\r\u001b[K`,
  );
  expect((await run(['--since', '2h'])).err).toBe('');
});

test.each([
  [['--since', 'yesterday'], '--since yesterday: not a time'],
  [['--until', '7x'], '--until 7x: not a time'],
  [['--since', '1h', '--until', '2h'], '--since must be before --until'],
  [['a', 'b'], 'one folder at most'],
])('%j is asked wrongly', async (argv, complaint) => {
  const { code, err } = await run(argv);
  expect(code).toBe(2);
  expect(err).toMatch(new RegExp(`^${complaint}\n\nerrata rules backtest`));
});

test('an unknown option is asked wrongly, and --help is not', async () => {
  expect((await run(['--sinc', '1h'])).code).toBe(2);
  expect(await run(['--help'])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^errata rules backtest \[FOLDER\]/),
  });
});

test('faults of the rules and unknown rules end it before the store is opened', async () => {
  const openStore = () => {
    throw new Error('opened');
  };
  const faulty = { openStore, readRules: () => ({ rules: [], faults: ['rules/a.yaml:3:5: id: is missing'] }) };
  expect(await run([], faulty)).toEqual({ code: 1, out: '', err: 'rules/a.yaml:3:5: id: is missing\n' });
  expect(await run(['--rule', 'gone'], { openStore })).toEqual({
    code: 1,
    out: '',
    err: 'there is no rule gone in rules\n',
  });
});
