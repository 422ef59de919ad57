// Must show 5, Redis: the pool of a service is reset through its signed endpoint; when that does not help its container is
// restarted; when that does not help either, people are told. The services are real ones, in containers of their own.
import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import { afterAll, beforeAll, expect } from 'vitest';
import { freePort } from '../../collector/collector-process.ts';
import { requirement } from '../../require.ts';
import { missing } from '../../healing/docker/engine.ts';
import { serversMissing, startRedis } from '../../healing/servers.ts';
import type { Server } from '../../healing/servers.ts';
import { runCart } from './run-cart.ts';
import { openStage } from './stage.ts';
import type { AttemptView, Stage } from './stage.ts';

const notHere = missing ?? (await serversMissing());
const test = await requirement('docker', async () => notHere);

const SECRET = randomUUID();
/** By service: how long its connections leak. */
const LEAKS = { cart: 'until reset', basket: 'until restart', wishlist: 'for ever', ledger: 'until restart' } as const;
type Service = keyof typeof LEAKS;
/** What a probe can ask how it is: of the others errors alone tell, which is no reason for a restart. */
const PROBED: readonly Service[] = ['basket', 'wishlist'];

let redis: Server;
let client: ReturnType<typeof createClient>;
let stage: Stage;
const ports = new Map<string, number>();

beforeAll(async () => {
  if (notHere !== undefined) return;
  redis = await startRedis();
  client = createClient({ socket: { host: '127.0.0.1', port: redis.port } });
  await client.connect();
  for (const name of Object.keys(LEAKS)) ports.set(name, await freePort());
  stage = await openStage({
    config: {
      services: [...ports].map(([name, port]) => ({
        name,
        container: { labels: { 'errata.service': name } },
        ...(PROBED.some((one) => one === name)
          ? { address: `127.0.0.1:${port}`, health_check: { protocol: 'http', path: '/healthz' } }
          : {}),
        fix_endpoint: { url: `http://127.0.0.1:${port}/errata/fix`, secret: 'env:FIX_SECRET' },
      })),
    },
    env: { FIX_SECRET: SECRET },
    // A restarted service must have had the time to fail again.
    soak: '5s',
  });
}, 60_000);
afterAll(async () => {
  await stage?.stop();
  client?.destroy();
  await redis?.stop();
}, 60_000);

test('an exhausted pool is reset through the signed endpoint, verified, and its errors are resolved', async () => {
  const id = await run('cart');
  const attempt = await ended('cart');
  expect(attempt).toMatchObject({
    outcome: 'succeeded',
    finding: 'CLIENT_POOL_EXHAUSTED',
    steps: [{ action: 'pool.reset', state: 'done', after: { applied: true, result: '{"closed":3}' } }],
  });
  expect(await client.mGet(['cart:resets', 'cart:starts'])).toEqual(['1', '1']);
  expect(mutationsOf(id)).toEqual([]);
  expect(await stage.get(`/api/errors/${attempt.error_id}`)).toMatchObject({
    service: 'cart',
    error_type: 'pool_exhausted',
    resolved: true,
    auto_fix_attempted: true,
    auto_fix_successful: true,
  });
  expect(await stage.get('/api/errors?service=cart&resolved=false')).toMatchObject({ total: 0 });
  tell('a reset helped', attempt);
});

test('a reset that does not help is followed by one restart of the container', async () => {
  const id = await run('basket');
  const attempt = await ended('basket');
  expect(attempt).toMatchObject({
    outcome: 'succeeded',
    finding: 'CLIENT_POOL_EXHAUSTED',
    steps: [
      { action: 'pool.reset', state: 'done' },
      { action: 'container.restart', state: 'done' },
    ],
  });
  expect(await client.mGet(['basket:resets', 'basket:starts'])).toEqual(['1', '2']);
  expect(mutationsOf(id)).toEqual([expect.stringContaining('/restart')]);
  tell('a reset did not help, a restart did', attempt);
});

test('what no probe sees failing is not restarted: when the reset does not help, people are told', async () => {
  const id = await run('ledger');
  expect(await ended('ledger')).toMatchObject({
    outcome: 'ineffective',
    finding: 'CLIENT_POOL_EXHAUSTED',
    escalated_to: 'morgan',
    steps: [{ action: 'pool.reset', state: 'done' }],
  });
  expect(mutationsOf(id)).toEqual([]);
});

test('when neither helps it is ineffective, and people are told', async () => {
  const id = await run('wishlist');
  const attempt = await ended('wishlist');
  expect(attempt).toMatchObject({
    outcome: 'ineffective',
    finding: 'CLIENT_POOL_EXHAUSTED',
    escalated_to: 'morgan',
    note: expect.stringMatching(/^container\.restart did not help: \d+ errors of the same groups came after it$/),
    steps: [
      { action: 'pool.reset', state: 'done' },
      { action: 'container.restart', state: 'done' },
    ],
  });
  expect(await client.mGet(['wishlist:resets', 'wishlist:starts'])).toEqual(['1', '2']);
  expect(mutationsOf(id)).toEqual([expect.stringContaining('/restart')]);
  expect(await stage.get(`/api/errors/${attempt.error_id}`)).toMatchObject({
    resolved: false,
    auto_fix_attempted: true,
    auto_fix_successful: false,
  });
  tell('nothing helped', attempt);
});

function run(service: Service): Promise<string> {
  return runCart(stage.real.docker, {
    name: service,
    leaks: LEAKS[service],
    redisPort: redis.port,
    fixPort: ports.get(service) ?? 0,
    secret: SECRET,
    otlp: stage.processor().otlp,
  });
}

function ended(target: Service): Promise<AttemptView> {
  return stage.attempt((one) => one.target === target && (one.state === 'ended' || one.state === 'suppressed'), 40_000);
}

function mutationsOf(id: string): readonly string[] {
  return stage.proxy.mutations().filter((call) => call.includes(id));
}

function tell(what: string, { timings_ms: { fired, acted, ended: over } }: AttemptView): void {
  console.info(`${what}: after the first error fired ${fired} ms, last action ${acted} ms, end ${over} ms`);
}
