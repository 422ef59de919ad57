// Must show 9: `errata rules backtest` over a million stored errors decides as the live engine did on the same stream.
//
// Live, a real processor takes a stream over OTLP, with the shipped rules and three of the test's own that need no Docker
// and act on a real fix endpoint. What is compared, for the span of the stream:
// 1. Firings, exactly and in order: each attempt on record is a decision of the backtest with the same rule, key, error,
//    time and count. What fired again and was joined to an attempt on record is counted there (`joined`), so that for each
//    rule and key the backtest has 1 + joined decisions.
// 2. Verdicts of the rules that can work without Docker: act, hand over, cooldown, attempts, busy, common cause. Without
//    Docker the shipped ones are `unavailable` or without a target live, which a backtest can't see: these verdicts are
//    left out, their firings are not.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setInterval as ticks, setTimeout as pass } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { fixHandler, onFix } from '../../../src/capture/capture.ts';
import { createClickHouseStore } from '../../../src/store/clickhouse-store.ts';
import { startProcessor } from '../../processor.ts';
import type { Processor } from '../../processor.ts';
import { badHour, fillOlder, send } from './backtest-stream.ts';
import type { Sent } from './backtest-stream.ts';

const ROWS = 1_000_000;
const HOUR = 3_600_000;
const SLOT_MS = 30_000;
/** Firings are gathered for 1.5 s, and targets that fail within 3 s of each other have a common cause. */
const APART_MS = 5_500;
const SECRET = 'between the two of them';

const own = (id: string, kinds: readonly string[], rest: object = {}) => ({
  id,
  title: 'A pool is empty',
  mode: 'auto',
  priority: 60,
  when: {
    match: { all: [{ field: 'details.try.kind', in: kinds }] },
    group_by: ['service'],
    count: 3,
    within: '1m',
  },
  target: 'subject',
  diagnose: [{ id: 'tcp', probe: 'tcp.connect' }],
  plan: [
    {
      branch: 'empty',
      finding: 'POOL_EMPTY',
      steps: [{ id: 'reset', action: 'pool.reset', with: { pool: 'default' } }],
      // oxlint-disable-next-line unicorn/no-thenable -- a word, never a function
      then: 'verify',
    },
  ],
  verify: {
    settle: '200ms',
    probes: [
      { id: 'tcp', probe: 'tcp.connect', expect: { all: [{ fact: 'ok', eq: true }] }, every: '100ms', within: '5s' },
    ],
    soak: '1s',
  },
  ...rest,
});

const OWN_RULES = [
  own('reset-pool', ['pool', 'both']),
  own('reset-once', ['once'], { limits: { cooldown: '0ms', attempts: { max: 1, within: '1h' } } }),
  own('also-sees', ['both'], { priority: 40 }),
];

/** More than may be acted on at once. */
const MANY = ['pool-c', 'pool-d', 'pool-e', 'pool-f', 'pool-g', 'pool-h'];

/** On targets of the test's own, in bursts that are well apart: what must have been decided, live and again. */
const VERDICTS = [
  ['also-sees', 'pool-b', 'busy'],
  ['payment-failure', 'desk', 'hand_over'],
  ['reset-once', 'once-a', 'act'],
  ['reset-pool', 'pool-a', 'act'],
  ['reset-pool', 'pool-b', 'act'],
  ...MANY.map((name) => ['reset-pool', name, 'common_cause']),
  ['payment-failure', 'desk', 'cooldown'],
  ['reset-once', 'once-a', 'attempts'],
  ['reset-pool', 'pool-a', 'cooldown'],
  // Alone by now, but still failing since it was stopped with the others.
  ['reset-pool', 'pool-c', 'common_cause'],
];

/** What comes again while it lasts joins its record: the second hand-over, and the last of pool-c. */
const ON_RECORD = VERDICTS.slice(0, -1).filter(
  ([rule, , verdict]) => rule !== 'payment-failure' || verdict !== 'cooldown',
);

interface Told {
  readonly ruleId: string;
  readonly key: string;
  readonly errorId: string;
  readonly atMs: number;
  readonly count: number;
}

interface Decision extends Told {
  readonly verdict: { readonly kind: string; readonly reason?: string };
}

interface OnRecord extends Told {
  readonly verdict: string;
  readonly joined: number;
}

const directory = await mkdtemp(join(tmpdir(), 'errata-backtest-'));
const dataDir = join(directory, 'data');
const closers: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
}, 60_000);

test('over a million errors a backtest decides as the live engine did', async () => {
  await fill();
  const env = await prepare();
  const processor = await startProcessor(dataDir, { env });
  closers.push(() => processor.kill().catch(() => undefined));
  const startedMs = Date.now();
  const sent = await stream(processor);
  const records = await recordsOf(processor);
  expect(await processor.stop()).toBe(0);

  const { errors, tookMs, decisions: all } = await backtest(env);
  const decisions = all.filter(({ atMs }) => atMs >= startedMs).toSorted(byTime);
  console.info(
    `${errors} errors in ${tookMs} ms, ${all.length} firings; live ${sent} errors, ${decisions.length} firings, ${records.length} records`,
  );
  expect(errors).toBe(ROWS + sent);
  expect(sent).toBeGreaterThan(1_500);

  const recorded = new Set(records.map((record) => idOf(record)));
  expect(records.map(toldOf)).toEqual(decisions.filter((one) => recorded.has(idOf(one))).map(toldOf));
  expect(firings(decisions, () => 1)).toEqual(firings(records, ({ joined }) => 1 + joined));
  expect(new Set(decisions.map(({ ruleId }) => ruleId))).toEqual(
    new Set([
      'service-not-responding',
      'database-connection',
      'database-credentials',
      'redis-pool-exhausted',
      'out-of-memory',
      'payment-failure',
      'unmatched-critical',
      'reset-pool',
      'reset-once',
      'also-sees',
    ]),
  );

  const ofBursts = ({ key }: Told) => /^(?:pool|once)-|^desk$/.test(key);
  expect(
    decisions.filter(ofBursts).map(({ ruleId, key, verdict }) => [ruleId, key, verdict.reason ?? verdict.kind]),
  ).toEqual(VERDICTS);
  expect(records.filter(ofBursts).map(({ ruleId, key, verdict }) => [ruleId, key, verdict])).toEqual(ON_RECORD);
}, 170_000);

async function fill(): Promise<void> {
  const store = createClickHouseStore(
    { target: { kind: 'embedded', dataDir }, cluster: undefined, retentionDays: 30 },
    { now: Date.now, logger: { warn: () => undefined } },
  );
  await store.start();
  await store.stop(5_000);
  await fillOlder(dataDir, { rows: ROWS, fromMs: Date.now() - 150 * HOUR, toMs: Date.now() - 3 * HOUR });
}

/** Rules, a service with a fix endpoint, and the catalogue. */
async function prepare(): Promise<Record<string, string>> {
  const rules = join(directory, 'rules');
  await cp('rules', rules, { recursive: true });
  await writeFile(join(rules, 'own.yaml'), stringify({ apiVersion: 'errata/v1', rules: OWN_RULES }));
  onFix('pool.reset', async () => undefined);
  const server = createServer(fixHandler({ secret: SECRET }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fixEndpoint = { url: `http://${address}/errata/fix`, secret: 'env:TEST_FIX_SECRET' };
  const pools = ['pool-a', 'pool-b', 'once-a', ...MANY];
  const others = ['inventory', 'orders', 'ledger', 'cart', 'render', 'till', 'desk', 'jobs', 'end'];
  const config = join(directory, 'errata.yaml');
  await writeFile(
    config,
    stringify({
      healing: { mode: 'auto', common_cause_within: '3s', actions_per_hour: 1_000, concurrent: 100 },
      services: [
        ...pools.map((name) => ({ name, address, fix_endpoint: fixEndpoint })),
        ...others.map((name) => ({ name })),
      ],
    }),
  );
  return { ERRATA_CONFIG: config, ERRATA_RULES: rules, TEST_FIX_SECRET: SECRET };
}

/** Returns how many different errors it sent. Ends when all of it is decided. */
async function stream(processor: Processor): Promise<number> {
  let sent = 0;
  const source = badHour(Date.now);
  const report = async (errors: readonly Sent[]) => {
    sent += errors.length;
    await send(processor, errors);
  };
  const storm = async (forMs: number) => {
    const untilMs = Date.now() + forMs;
    for await (const _ of ticks(80)) {
      const batch = Array.from({ length: 25 }, () => source.next().value as Sent);
      await report(batch);
      // A sender that did not hear the answer sends it again.
      if (sent % 4 === 0) await send(processor, batch);
      // A busy machine sends less in the same time.
      if (Date.now() > untilMs && sent >= 1_500) return;
    }
  };
  const decided = (ends: number) =>
    vi.waitFor(
      async () => {
        const own = (await fixesOf(processor)).filter(({ rule_id: rule, target }) => isOwn(rule) || target === 'desk');
        expect(own.filter(({ ended_at: at }) => at !== null)).toHaveLength(ends);
      },
      { timeout: 30_000, interval: 100 },
    );

  await storm(6_000);
  await pass(APART_MS);
  await report([
    ...burst('pool-a', 'pool'),
    ...burst('pool-b', 'both'),
    ...burst('once-a', 'once'),
    ...burst('desk', 'payment'),
  ]);
  await decided(5);
  await pass(APART_MS);
  const slot = Math.floor(Date.now() / SLOT_MS);
  await report(MANY.flatMap((name) => burst(name, 'pool')));
  await decided(11);
  await pass(Math.max(APART_MS, (slot + 1) * SLOT_MS - Date.now() + 10));
  await report([
    ...burst('pool-a', 'pool'),
    ...burst('pool-c', 'pool'),
    ...burst('once-a', 'once'),
    ...burst('desk', 'payment'),
  ]);
  await decided(ON_RECORD.length);
  await storm(4_000);
  await report([{ service: 'end', message: 'the last one', atMs: Date.now(), critical: true }]);
  await vi.waitFor(
    async () =>
      expect((await fixesOf(processor)).some(({ target, ended_at: at }) => target === 'end' && at)).toBe(true),
    { timeout: 30_000, interval: 100 },
  );
  return sent;
}

let burstErrors = 0;

/** Three of one service at once: enough for one firing. */
function burst(service: string, kind: string): readonly Sent[] {
  return [1, 2, 3].map(() => {
    burstErrors += 1;
    return {
      service,
      message: kind === 'payment' ? `payment ${burstErrors} failed` : `no connection in the pool ${burstErrors}`,
      atMs: Date.now(),
      attributes: { 'try.kind': kind, 'errata.error_type': 'api_error' },
    };
  });
}

interface Fix {
  readonly id: string;
  readonly rule_id: string;
  readonly target: string;
  readonly error_id: string;
  readonly suppression: string | null;
  readonly acted_at: string | null;
  readonly ended_at: string | null;
  readonly joined: number;
  readonly cause: { readonly key: string; readonly count: number; readonly fired_at: string };
}

async function fixesOf({ api }: Processor): Promise<readonly Fix[]> {
  const answer = await fetch(`${api}/api/fixes?limit=200`);
  return ((await answer.json()) as { fixes: readonly Fix[] }).fixes;
}

async function recordsOf(processor: Processor): Promise<readonly OnRecord[]> {
  const fixes = await fixesOf(processor);
  const whole = await Promise.all(
    fixes.map(async ({ id }) => (await (await fetch(`${processor.api}/api/fixes/${id}`)).json()) as Fix),
  );
  const records = whole.map((fix) => ({
    ruleId: fix.rule_id,
    key: fix.cause.key,
    errorId: fix.error_id,
    atMs: Date.parse(fix.cause.fired_at),
    count: fix.cause.count,
    verdict: fix.suppression ?? (fix.acted_at === null ? 'hand_over' : 'act'),
    joined: fix.joined,
  }));
  return records.toSorted(byTime);
}

/** Errors of one commit have one time. */
function byTime(a: Told, b: Told): number {
  return a.atMs - b.atMs || (`${a.ruleId} ${a.key}` < `${b.ruleId} ${b.key}` ? -1 : 1);
}

async function backtest(env: Record<string, string>) {
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/main.js', 'rules', 'backtest', '--json'], {
    env: { PATH: process.env['PATH'], ERRATA_DATA_DIR: dataDir, ...env },
    maxBuffer: 256 * 1_048_576,
  });
  return JSON.parse(stdout) as {
    readonly errors: number;
    readonly tookMs: number;
    readonly decisions: readonly Decision[];
  };
}

function isOwn(ruleId: string): boolean {
  return OWN_RULES.some(({ id }) => id === ruleId);
}

function idOf({ ruleId, key, errorId }: Told): string {
  return `${ruleId} ${key} ${errorId}`;
}

function toldOf({ ruleId, key, errorId, atMs, count }: Told): Told {
  return { ruleId, key, errorId, atMs, count };
}

/** For each rule and key. */
function firings<One extends Told>(all: readonly One[], count: (one: One) => number): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const one of all) {
    const id = `${one.ruleId} ${one.key}`;
    sums[id] = (sums[id] ?? 0) + count(one);
  }
  return sums;
}
