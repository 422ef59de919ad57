// The seed's second example: a service whose Redis pool leaks, in a container, and Morgan who has it fixed.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect } from 'vitest';
import { freePort } from '../collector/collector-process.ts';
import { openAgentStage } from '../e2e/agents-stage.ts';
import type { AgentStage } from '../e2e/agents-stage.ts';
import { runCart } from '../e2e/healing/run-cart.ts';
import { missing, startEngine } from '../healing/docker/engine.ts';
import type { RealEngine } from '../healing/docker/engine.ts';
import { serversMissing, startRedis } from '../healing/servers.ts';
import type { Server } from '../healing/servers.ts';
import { requirement } from '../require.ts';
import { runExample } from './agents-run.ts';
import type { Ran } from './agents-run.ts';

const notHere = missing ?? (await serversMissing());
const test = await requirement('docker', async () => notHere);

const SECRET = randomUUID();

let engine: RealEngine;
let redis: Server;
let stage: AgentStage;
let fixPort: number;

beforeAll(async () => {
  if (notHere !== undefined) return;
  engine = await startEngine();
  await engine.importBusybox();
  redis = await startRedis();
  fixPort = await freePort();
  stage = await openAgentStage({
    config: {
      healing: { mode: 'auto', deploy_grace: '0ms' },
      services: [
        {
          name: 'cart',
          container: { labels: { 'errata.service': 'cart' } },
          fix_endpoint: { url: `http://127.0.0.1:${fixPort}/errata/fix`, secret: 'env:FIX_SECRET' },
        },
      ],
    },
    env: { DOCKER_HOST: engine.host, FIX_SECRET: SECRET },
    tokens: { cart: 'ingest', morgan: 'read,write,fix' },
  });
});
afterAll(async () => {
  await stage?.stop();
  await redis?.stop();
  await engine?.stop();
});

test('Morgan has an exhausted Redis pool reset, waits until that is proven, and the error is resolved', async () => {
  const running = runExample('morgan.js', { ERRATA_URL: stage.url, ERRATA_TOKEN: stage.tokenOf('morgan') });
  const id = await runCart(engine.docker, {
    name: 'cart',
    leaks: 'until reset',
    redisPort: redis.port,
    fixPort,
    secret: SECRET,
    otlp: stage.otlp,
    token: stage.tokenOf('cart'),
  });
  const { code, output } = await Promise.race([running, endOf(id)]);
  console.info(output);
  expect(output.split('\n')).toEqual([
    'devops.errors.list     cart: "Redis connection pool exhausted: 3 of 3 in use"',
    // On a busy machine the answer comes before the diagnosis is done.
    expect.stringMatching(/^devops.errors.fix {6}running: Under way\. \((?:CLIENT_POOL_EXHAUSTED|no finding yet)\)$/),
    'devops.fixes.history   applied: Fixed, and proven to help.',
    expect.stringMatching(/^devops.errors.resolve  was resolved by the proof: /),
    '',
  ]);
  expect(code).toBe(0);
  const { fixes } = await stage.get<{ fixes: readonly { readonly state: string }[] }>('morgan', '/api/fixes');
  // Whether the rule fired before she asked or not: it is one fix.
  expect(fixes.filter(({ state }) => state === 'ended')).toMatchObject([
    { outcome: 'succeeded', finding: 'CLIENT_POOL_EXHAUSTED', target: 'cart' },
  ]);
});

/** What the service said last: without it there is nothing to wait for. */
async function endOf(id: string): Promise<Ran> {
  const container = engine.docker.getContainer(id);
  try {
    await container.wait();
    return { code: null, output: String(await container.logs({ stdout: true, stderr: true })) };
  } catch (cause) {
    return { code: null, output: String(cause) };
  }
}
