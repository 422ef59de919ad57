// A service whose pool is exhausted until it is reset, at a fix endpoint that takes signed requests only; the rule that
// resets it; and the errata.yaml that knows both. Nothing here needs a container.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { fixHandler, onFix } from '../../src/capture/capture.ts';

const RULE = `
apiVersion: errata/v1
rules:
  - id: pool-exhausted
    title: A service has no free connection
    mode: auto
    when:
      match: { all: [{ field: error_type, eq: pool_exhausted }] }
      count: 3
      within: 5m
    target: subject
    diagnose:
      - { id: tcp, probe: tcp.connect }
      - { id: http, probe: http.get, with: { path: /healthz } }
      - { id: rate, probe: errors.rate }
    plan:
      - branch: recovered
        if: { all: [{ fact: http.ok, eq: true }] }
        finding: SELF_HEALED
        then: resolve
      - branch: leaked
        if: { all: [{ fact: http.status, gte: 500 }] }
        finding: CLIENT_POOL_EXHAUSTED
        steps: [{ id: pool, action: pool.reset, with: { pool: redis } }]
        then: verify
      - branch: gone
        finding: NOT_ANSWERING
        then: escalate
    verify:
      settle: 300ms
      probes:
        - { id: http, probe: http.get, with: { path: /healthz }, expect: { all: [{ fact: ok, eq: true }] }, every: 500ms, within: 5s }
      soak: 2s
    limits: { cooldown: 1s }
    escalate: { to: morgan, ask: [Is the pool leaking or too small?, What changed with the last release?] }
`;

/** Port 9 discards, where anything is there at all. */
const NOBODY = '127.0.0.1:9';

export interface PoolService {
  readonly env: Record<string, string>;
  /** Whether its health check fails. */
  fails(): boolean;
  stop(): Promise<void>;
}

interface PoolOptions {
  /** Names under which it is known, each with its mode. */
  readonly services: Readonly<Record<string, 'observe' | 'approve' | 'auto'>>;
  /** Those of them at whose address nothing answers. */
  readonly gone?: readonly string[];
  /** Those whose health check is made in the wrong protocol. */
  readonly wronglyChecked?: readonly string[];
  /** More of errata.yaml. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** More rules, by file name. */
  readonly rules?: Readonly<Record<string, string>>;
}

export async function startPoolService({
  services,
  gone = [],
  wronglyChecked = [],
  config = {},
  rules = {},
}: PoolOptions): Promise<PoolService> {
  const secret = randomUUID();
  let fails = true;
  onFix('pool.reset', async () => {
    fails = false;
    return { closed: 3 };
  });
  const fixes = fixHandler({ secret });
  const server = createServer((request, response) => {
    if (request.url === '/healthz') response.writeHead(fails ? 503 : 200).end();
    else fixes(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await mkdtemp(join(tmpdir(), 'errata-pool-'));
  await writeFile(join(folder, 'pool.yaml'), RULE);
  for (const [name, text] of Object.entries(rules)) await writeFile(join(folder, name), text);
  await writeFile(
    join(folder, 'errata.config'),
    stringify({
      healing: { mode: 'auto', deploy_grace: '0ms', common_cause_targets: 20 },
      services: Object.entries(services).map(([name, mode]) => ({
        name,
        mode,
        address: gone.includes(name) ? NOBODY : address,
        health_check: wronglyChecked.includes(name)
          ? { protocol: 'postgresql' }
          : { protocol: 'http', path: '/healthz' },
        fix_endpoint: { url: `http://${address}/errata/fix`, secret: 'env:FIX_SECRET' },
      })),
      ...config,
    }),
  );
  return {
    env: { ERRATA_CONFIG: join(folder, 'errata.config'), ERRATA_RULES: folder, FIX_SECRET: secret },
    fails: () => fails,
    stop: async () => {
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
